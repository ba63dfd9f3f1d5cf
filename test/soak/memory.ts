/**
 * What a process holds. Live is what is left when everything that can be collected has been: a leak grows it. Resident is
 * what the system has given, and moves by tens of megabytes with the collector's mood and the load of the machine: between
 * two runs of one tree its slope differed by more than any leak worth finding. So the first must be flat, the second low.
 */
import { existsSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Sample } from './judge.ts';

export interface MemoryNow {
  /** Bytes in JavaScript's heap and in the buffers that hang on it, after a collection. */
  readonly live: number;
  /** Bytes of physical memory, before it: the ring of a tape becomes resident as it is first written through. */
  readonly resident: number;
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Stops the process for as long as a full collection takes: some tens of milliseconds. */
export function memoryNow(): MemoryNow {
  const resident = process.memoryUsage.rss();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return { live: heapUsed + external, resident };
}

/** Samples of both processes while a soak runs. */
export class Memory {
  readonly ours: Sample[] = [];
  readonly theirs: Sample[] = [];
  /** Of the larger of the two. */
  residentMax = 0;
  readonly #timer: NodeJS.Timeout;

  /** `file`: where the exchange writes what it holds. */
  constructor(file: string, everyMs: number) {
    const startedAt = performance.now();
    this.#timer = setInterval(() => {
      const seconds = (performance.now() - startedAt) / 1_000;
      this.#add(this.ours, seconds, memoryNow());
      if (existsSync(file)) this.#add(this.theirs, seconds, JSON.parse(readFileSync(file, 'utf8')));
    }, everyMs);
  }

  /** The exchange has told as often as it was asked; the first time it may not have been ready. */
  get isWhole(): boolean {
    return this.theirs.length >= this.ours.length - 1;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #add(samples: Sample[], seconds: number, { live, resident }: MemoryNow): void {
    samples.push({ seconds, bytes: live });
    this.residentMax = Math.max(this.residentMax, resident);
  }
}
