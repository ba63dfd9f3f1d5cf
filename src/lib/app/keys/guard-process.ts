/**
 * What leaves a process other than by being printed on purpose (reliability.md S6, S7): whatever anybody writes to its
 * stdout and stderr goes through the scrubber, its crash leaves no memory and no variables behind, and what nobody caught
 * is told like everything else instead of by Node, which scrubs nothing.
 */
import { writeFileSync } from 'node:fs';
import { scrub } from './secret.ts';

/** From now on. The returned function takes it back. */
export function guardOutput(streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr]): () => void {
  const releases = streams.map((stream) => {
    const write = stream.write;
    const guarded = (chunk: string | Uint8Array, ...rest: unknown[]) =>
      Reflect.apply(write, stream, [clean(chunk), ...rest]) as boolean;
    stream.write = guarded as typeof stream.write;
    return () => {
      stream.write = write;
    };
  });
  return () => {
    for (const release of releases) release();
  };
}

/** Core files and reports of this process, and of those that it starts, hold nothing of it. `onUncaught` is to end it. */
export function guardCrash(onUncaught: (error: unknown) => void): void {
  emptyCores();
  const { report } = process;
  Object.assign(report, NO_REPORT);
  process.on('uncaughtException', onUncaught);
}

/** Also of what NODE_OPTIONS may have asked for. */
const NO_REPORT = {
  reportOnFatalError: false,
  reportOnUncaughtException: false,
  reportOnSignal: false,
  excludeEnv: true,
};

/** Linux: which kinds of memory a core file holds; children inherit it. Elsewhere LimitCORE=0 of the service is the way. */
const CORE_FILTER = '/proc/self/coredump_filter';

function emptyCores(): void {
  try {
    writeFileSync(CORE_FILTER, '0');
  } catch {
    // Not this system, or not ours to say.
  }
}

function clean(chunk: string | Uint8Array): string | Uint8Array {
  if (typeof chunk === 'string') return scrub(chunk);
  const text = Buffer.from(chunk).toString();
  const scrubbed = scrub(text);
  return scrubbed === text ? chunk : scrubbed;
}
