/**
 * Opens a tape for writing: the loop's side of the recorder. Appending copies into shared memory and returns.
 *
 * When the disk does not follow, records are dropped, counted, and a `lost` record says so at the place where they would
 * be; an importer has the time to wait instead. An existing file is never written over.
 */
import { closeSync, openSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { EpochMs } from '../../core/units.ts';
import type { Tape, TapeKind } from '../../ports.ts';
import { reasonOf, StoreProblem } from './problem.ts';
import {
  TAPE_APPLICATION_ID,
  TAPE_FORMAT_VERSION,
  TAPE_SCHEMA,
  type TapeHeader,
  type TapeLoss,
} from './tape-format.ts';
import { createRing, RingProducer } from './tape-ring.ts';
import type { TapeWorkerData, TapeWorkerMessage } from './tape-worker.ts';

export interface TapeOptions {
  /** The folder must exist. */
  readonly path: string;
  readonly header: TapeHeader;
  /** `drop` (default): append never blocks. `wait`: it blocks until there is room, and drops only when nothing can be written. */
  readonly whenFull?: 'drop' | 'wait';
  /** Bytes between loop and disk; a record may take up to half. Default 16 MiB: a minute of 1,000 frames a second. */
  readonly ringBytes?: number;
}

/** A tape that says whether it can be written. */
export interface OpenTape extends Tape {
  /** Why nothing can be written at present; it is tried again each second. */
  readonly failure: string | undefined;
  /** Counts on while its thread lives. */
  readonly rounds: number;
}

const RING_BYTES = 16 * 1024 * 1024;
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './tape-worker.ts' : './tape-worker.js', import.meta.url);

/** Creates the file and starts its thread. Problems: KMM_TAPE_EXISTS, KMM_TAPE_UNWRITABLE. */
export function openTape(options: TapeOptions): OpenTape | StoreProblem {
  return createTapeFile(options.path, options.header) ?? new TapeWriter(options);
}

class TapeWriter implements OpenTape {
  readonly path: string;
  readonly #ring: RingProducer;
  readonly #worker: Worker;
  readonly #isWaiting: boolean;
  #unsaid = 0;
  #failure: string | undefined;
  #isClosed = false;
  #exited: Promise<void>;

  constructor({ path, whenFull = 'drop', ringBytes = RING_BYTES }: TapeOptions) {
    const memory = createRing(ringBytes);
    this.path = path;
    this.#ring = new RingProducer(memory);
    this.#isWaiting = whenFull === 'wait';
    const workerData: TapeWorkerData = { path, ring: memory };
    // The process's own flags may be for its main file only (--input-type, --eval).
    this.#worker = new Worker(WORKER, { workerData, execArgv: [] });
    this.#worker.on('message', (message: TapeWorkerMessage) => {
      this.#failure = message.failure ?? undefined;
    });
    this.#worker.on('error', (error) => {
      this.#failure = reasonOf(error);
    });
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    // A process that forgets to close its tape may end; it loses what a kill −9 would.
    this.#worker.unref();
  }

  append(kind: TapeKind, at: EpochMs, conn: number, data: Buffer | string): void {
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
  close(): Promise<void> {
    this.#isClosed = true;
    this.#worker.ref();
    this.#ring.close();
    return this.#exited;
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

/** A whole, empty tape; undefined when that went well. */
function createTapeFile(path: string, header: TapeHeader): StoreProblem | undefined {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    return isThere ? new StoreProblem('KMM_TAPE_EXISTS', `${path} exists already`) : unwritable(path, error);
  }
  try {
    const database = new Database(path);
    database.pragma('journal_mode = WAL');
    database.transaction(() => {
      database.pragma(`application_id = ${TAPE_APPLICATION_ID}`);
      database.pragma(`user_version = ${TAPE_FORMAT_VERSION}`);
      database.exec(TAPE_SCHEMA);
      database.prepare('INSERT INTO meta VALUES (?, ?)').run('header', JSON.stringify(header));
    })();
    database.close();
    return undefined;
  } catch (error) {
    return unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): StoreProblem {
  return new StoreProblem('KMM_TAPE_UNWRITABLE', `no tape can be written at ${path}: ${reasonOf(error)}`);
}
