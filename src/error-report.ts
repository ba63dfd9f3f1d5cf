/** Turns whatever ended a command into the three lines on stderr, or the object on stdout under --json, and an exit code. */
import { chalkStderr } from 'chalk';
import { failureText, glyphs, isAsciiWanted } from './format.ts';
import { errorJson, KmmError } from './lib/app/errors/errors.ts';
import { EXIT } from './lib/app/errors/exit-codes.ts';
import { scrub } from './lib/app/keys/secret.ts';
import { didYouMean } from './lib/app/markets/suggest.ts';

/** Prints the failure and returns the exit code it stands for. `commands` are the names there are, for did-you-mean. */
export function reportFailure(error: unknown, words: readonly string[], commands: readonly string[]): number {
  const wanted = wantedExit(error);
  if (wanted !== undefined) return wanted;
  const failure = toKmmError(error, commands);
  if (isJsonWanted(words)) process.stdout.write(`${scrub(JSON.stringify(errorJson(failure)))}\n`);
  else printFailure(failure);
  if (failure.exit === EXIT.bug && failure.cause instanceof Error)
    process.stderr.write(`${scrub(failure.cause.stack ?? '')}\n`);
  return failure.exit;
}

/** Everything that can be thrown, as the one kind of error the user sees. What nobody foresaw is our bug. */
export function toKmmError(error: unknown, commands: readonly string[] = []): KmmError {
  if (error instanceof KmmError) return error;
  if (isUsageError(error)) return usageError(error, commands);
  if (isMachineFault(error)) {
    const position =
      'what this command had not sent is not sent; a trader it had started cancels its orders and leaves';
    return new KmmError('KMM_HOME', oneLine(`the machine refuses: ${error.message}`), { position, cause: error });
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
  return new KmmError('KMM_BUG', oneLine(what), { cause: error });
}

/** A disk that is full, failing or read-only, or no descriptor left: mended by the operator, and met again by whoever starts again. */
function isMachineFault(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && MACHINE_FAULTS.test(String(error.code));
}

const MACHINE_FAULTS = /^(ENOSPC|EDQUOT|EROFS|EIO|EMFILE|ENFILE|SQLITE_FULL|SQLITE_READONLY|SQLITE_IOERR.*)$/;

/** oclif's own errors (unknown command, flag or argument) carry exit 2. */
export function isUsageError(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof KmmError) && oclifExit(error) === EXIT.usage;
}

/** Whether --json stands on the command line, before any `--`. */
function isJsonWanted(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).includes('--json');
}

function printFailure(failure: KmmError): void {
  const text = scrub(failureText(failure, glyphs(isAsciiWanted(process.env))));
  const [first = '', ...rest] = text.split('\n');
  process.stderr.write(`${[chalkStderr.red(first), ...rest].join('\n')}\n`);
}

/** oclif ends `--help` and `this.exit(n)` by throwing; nothing is printed then. */
function wantedExit(error: unknown): number | undefined {
  const isExit = error instanceof Error && 'code' in error && error.code === 'EEXIT';
  return isExit ? oclifExit(error) : undefined;
}

function oclifExit(error: Error): number | undefined {
  const oclif: unknown = 'oclif' in error ? error.oclif : undefined;
  if (typeof oclif !== 'object' || oclif === null || !('exit' in oclif)) return undefined;
  return typeof oclif.exit === 'number' ? oclif.exit : undefined;
}

/** oclif names an unknown command with colons, and takes its arguments for part of the name. */
function usageError(error: Error, commands: readonly string[]): KmmError {
  const said = saidBy(error.message.replace('See more help with --help', ''));
  const id = /^command (.+) not found$/.exec(said)?.[1];
  if (id === undefined) return new KmmError('KMM_USAGE', said);
  const typed = id.replaceAll(':', ' ');
  const first = typed.split(' ')[0] ?? typed;
  const hint = didYouMean(typed, commands) || didYouMean(first, commands);
  return new KmmError('KMM_USAGE', `there is no command "${typed}"${hint}`);
}

/** Before what it has to say. */
const OCLIF_PREAMBLE = /^\s*The following errors? occurred:\s*/;

/** Several errors come in lines of their own below the preamble; each keeps its own, and what a flag needs is said shortly. */
function saidBy(message: string): string {
  const isSeveral = OCLIF_PREAMBLE.test(message);
  const lines = message.replace(OCLIF_PREAMBLE, '').replaceAll(NEEDS, '$1 needs $2').trim();
  return isSeveral ? oneLine(lines.replaceAll(/([^:\s])\s*\n\s*/g, '$1; ')) : oneLine(lines);
}

const NEEDS = /All of the following must be provided when using (--\S+): (--.+)/g;

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
