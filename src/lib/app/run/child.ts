/** Starts one of our processes with a message channel, in its own process group so that the terminal's ^C passes it by. */
import { type ChildProcess, fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processState } from '../../adapters/system/process-state.ts';
import { type ErrorCode, type ErrorDetails, isErrorCode, KmmError } from '../errors/errors.ts';
import type { SentError } from './messages.ts';

/** Compiled, the modules end in .js; in a clone Node runs the .ts files as they are. */
const SUFFIX = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

export function startChild(name: 'trader-process' | 'exchange-process'): ChildProcess {
  const child = fork(fileURLToPath(new URL(`./${name}${SUFFIX}`, import.meta.url)), {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...compiled() },
    serialization: 'json',
    // A small young generation: short-lived events fit in it, and the process stays under its memory budget.
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'],
  });
  // What is sent to one that has just died fails here; that it is dead is told by its exit.
  child.on('error', () => {});
  return child;
}

/** What is compiled is kept for our processes as it is for ourselves: half a second until each is there. */
function compiled(): NodeJS.ProcessEnv {
  // Our own folder in it is called by the version of Node, as theirs will be.
  const ours = getCompileCacheDir();
  return ours === undefined ? {} : { NODE_COMPILE_CACHE: dirname(ours) };
}

/** Nothing of it runs any more, and all that it had to say has been heard. */
export async function exited(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) await happened(child, 'exit');
  // The exit can be noticed before the last messages are read.
  if (child.connected) await happened(child, 'disconnect');
}

/** Unlike `once` of node:events this does not fail when something could not be sent to a child that is just leaving. */
function happened(child: ChildProcess, event: 'exit' | 'disconnect'): Promise<void> {
  return new Promise((resolve) => child.once(event, () => resolve()));
}

/** How it ended, in words. */
export function endOf({ signalCode, exitCode }: ChildProcess): string {
  return signalCode ?? `code ${exitCode}`;
}

/** What the system says of one that says nothing, as the end of a sentence. */
export function stateOf({ pid }: ChildProcess): string {
  const state = processState(pid ?? 0);
  return state === undefined ? '' : `, and the system says that it ${STATE_WORDS[state]}`;
}

const STATE_WORDS = {
  ...{
    stopped: 'is stopped by a signal',
    'waits for the disk': 'waits for the disk',
    computes: 'computes without end',
  },
  ...{ waits: 'waits for something', dead: 'is dead' },
} as const;

/** An error that was made in a child. */
export function received({ code, message }: SentError, details: ErrorDetails = {}): KmmError {
  const known: ErrorCode = isErrorCode(code) ? code : 'KMM_BUG';
  return new KmmError(known, message, details);
}
