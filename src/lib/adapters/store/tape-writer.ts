/**
 * Opens a tape for writing: the loop's side of the recorder. Appending copies into shared memory and returns.
 *
 * When the disk does not follow, records are dropped, counted, and a `lost` record says so at the place where they would
 * be; an importer has the time to wait instead. An existing file is never written over.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { EpochMs } from '../../core/units.ts';
import type { Tape, TapeKind } from '../../ports.ts';
import { reasonOf, type StoreProblem } from './problem.ts';
import { createTapeFile } from './tape-file.ts';
import type { TapeHeader, TapeLoss } from './tape-format.ts';
import { createRing, type RingMemory, RingProducer } from './tape-ring.ts';
import type { TapeRoll, TapeWorkerData, TapeWorkerMessage } from './tape-worker.ts';

export type { TapeRoll } from './tape-worker.ts';

export interface TapeOptions {
  /** The folder must exist. */
  readonly path: string;
  readonly header: TapeHeader;
  /** `drop` (default): append never blocks. `wait`: it blocks until there is room, and drops only when nothing can be written. */
  readonly whenFull?: 'drop' | 'wait';
  /** Bytes between loop and disk; a record may take up to half. Default 16 MiB: a minute of 1,000 frames a second. */
  readonly ringBytes?: number;
  /** With each UTC day and with size it goes on in another file. Absent: one file, however long. */
  readonly roll?: TapeRoll;
}

/** A tape that says whether it can be written. */
export interface OpenTape extends Tape {
  /** Why nothing can be written at present; it is tried again each second. */
  readonly failure: string | undefined;
  /** Counts on while its thread lives. */
  readonly rounds: number;
}

/** Of a tape that rolls: a file that can still be copied and archived in one go. */
export const DAILY: TapeRoll = { fileBytesMax: 1024 ** 3 };

/** A thread that dies is followed by another so often. */
const THREADS_MAX = 4;
/** What was lost last is said before the end, if there is room within this. */
const LAST_WORD_MS = 2_000;
const LAST_WORD_SLICE_MS = 20;
const RING_BYTES = 16 * 1024 * 1024;
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './tape-worker.ts' : './tape-worker.js', import.meta.url);

/** Creates the file and starts its thread. Problems: KMM_TAPE_EXISTS, KMM_TAPE_UNWRITABLE. */
export function openTape(options: TapeOptions): OpenTape | StoreProblem {
  return createTapeFile(options.path, options.header) ?? new TapeWriter(options);
}

class TapeWriter implements OpenTape {
  readonly path: string;
  readonly #ring: RingProducer;
  readonly #memory: RingMemory;
  readonly #roll: TapeRoll | undefined;
  readonly #isWaiting: boolean;
  #worker: Worker;
  #threads = 0;
  #unsaid = 0;
  #lastAt: EpochMs;
  #failure: string | undefined;
  #isClosed = false;
  #onExit: () => void = () => {};
  readonly #exited = new Promise<void>((resolve) => {
    this.#onExit = resolve;
  });

  constructor({ path, header, whenFull = 'drop', ringBytes = RING_BYTES, roll }: TapeOptions) {
    this.#memory = createRing(ringBytes);
    this.path = path;
    this.#lastAt = header.startedAt;
    this.#ring = new RingProducer(this.#memory);
    this.#roll = roll;
    this.#isWaiting = whenFull === 'wait';
    this.#worker = this.#start();
  }

  append(kind: TapeKind, at: EpochMs, conn: number, data: Buffer | string): void {
    this.#lastAt = at;
    if (this.#isClosed || (this.#unsaid > 0 && !this.#saysWhatIsLost(at)) || !this.#write(kind, at, conn, data)) {
      this.#unsaid++;
      this.#ring.countDropped();
    }
  }

  get dropped(): number {
    return this.#ring.dropped;
  }

  get rounds(): number {
    return this.#ring.rounds;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  /** Resolves when all that was appended is in the file, or cannot be written (`failure` then says why). */
  async close(): Promise<void> {
    const isFirst = !this.#isClosed;
    this.#isClosed = true;
    if (isFirst) {
      this.#worker.ref();
      await this.#sayLastLoss();
      this.#ring.close();
    }
    return this.#exited;
  }

  /** The ring and what is in it outlive a thread: another goes on where the last one was sure of the file. */
  #start(): Worker {
    this.#threads++;
    const workerData: TapeWorkerData = {
      path: this.path,
      ring: this.#memory,
      ...(this.#roll !== undefined && { roll: this.#roll }),
    };
    // The process's own flags may be for its main file only (--input-type, --eval).
    const worker = new Worker(WORKER, { workerData, execArgv: [] });
    worker.on('message', (message: TapeWorkerMessage) => {
      this.#failure = message.failure ?? undefined;
    });
    worker.on('error', (error) => {
      this.#failure = reasonOf(error);
    });
    worker.once('exit', (code) => this.#ended(code));
    // A process that forgets to close its tape may end; it loses what a kill −9 would.
    worker.unref();
    return worker;
  }

  /** `code`: 0 when it was told to end. */
  #ended(code: number): void {
    if (code === 0) {
      this.#onExit();
      return;
    }
    this.#failure ??= `its thread has ended (code ${code})`;
    if (this.#threads >= THREADS_MAX) {
      this.#ring.giveUp();
      this.#onExit();
      return;
    }
    this.#worker = this.#start();
    if (this.#isClosed) this.#worker.ref();
  }

  async #sayLastLoss(): Promise<void> {
    for (let left = LAST_WORD_MS; left > 0 && this.#unsaid > 0 && this.#failure === undefined; ) {
      if (this.#saysWhatIsLost(this.#lastAt)) return;
      await sleep(LAST_WORD_SLICE_MS);
      left -= LAST_WORD_SLICE_MS;
    }
  }

  #write(kind: TapeKind, at: EpochMs, conn: number, data: Buffer | string): boolean {
    return this.#isWaiting ? this.#ring.write(kind, at, conn, data) : this.#ring.tryWrite(kind, at, conn, data);
  }

  #saysWhatIsLost(at: EpochMs): boolean {
    const loss: TapeLoss = { records: this.#unsaid, reason: this.#failure ?? 'the disk did not follow' };
    if (!this.#ring.tryWrite('lost', at, 0, JSON.stringify(loss))) return false;
    this.#unsaid = 0;
    return true;
  }
}
