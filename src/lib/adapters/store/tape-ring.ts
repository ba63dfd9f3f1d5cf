/**
 * The bytes between the trading loop and the tape's thread: a ring in shared memory with one producer and one consumer.
 *
 * Handing a record over is a copy and one atomic store: no message, no timer, nothing that waits for the event loop.
 * Records lie in the tape's own encoding, whole; where one would not fit before the end, a zero byte says "go on at 0".
 * The consumer frees bytes only after they are committed to the file, so a full ring means that the disk does not follow.
 */
import type { EpochMs } from '../../core/units.ts';
import { RECORD_HEADER_MAX, type RecordKind, writeRecordHeader } from './tape-format.ts';

/** Slots of the control words. */
const HEAD = 0;
const TAIL = 1;
const SIGNAL = 2;
const CLOSING = 3;
const FAILING = 4;
const DROPPED = 5;
const FULL = 6;
const ROUNDS = 7;
const SLOTS = 8;

/** The consumer is woken when so much is waiting: about one block. In between it looks by itself. */
const WAKE_BYTES = 128 * 1024;
/** A consumer that frees nothing in so many slices is taken for dead by a producer that waits for room. */
const PATIENCE = 100;
const PATIENCE_SLICE_MS = 100;

/** What both threads share. Can be posted to a worker. */
export interface RingMemory {
  readonly control: Int32Array;
  readonly bytes: Uint8Array;
  /** Written by the consumer alone: [block id, base time] of the tail, for a consumer that takes over from one that died. */
  readonly place: Float64Array;
}

/** The file is written up to here; everything behind it can be packed again after a failure. */
export interface RingPlace {
  /** Offset in the ring where the block `id` begins. */
  readonly offset: number;
  readonly id: number;
  /** Time that the block's first record counts from. */
  readonly baseAt: number;
}

/** @param capacity bytes; a record may take up to half of it */
export function createRing(capacity: number): RingMemory {
  return {
    control: new Int32Array(new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT)),
    bytes: new Uint8Array(new SharedArrayBuffer(capacity)),
    place: new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT)).fill(1, 0, 1),
  };
}

/** The loop's end. */
export class RingProducer {
  readonly #control: Int32Array;
  readonly #bytes: Buffer;
  #head = 0;
  #lastAt = 0;
  #unannounced = 0;

  constructor(memory: RingMemory) {
    this.#control = memory.control;
    this.#bytes = bufferOver(memory.bytes);
  }

  /** False when there is no room: nothing was written, and the consumer knows. */
  tryWrite(kind: RecordKind, at: EpochMs, conn: number, data: Buffer | string): boolean {
    const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
    if (this.#isTooLarge(length)) return false;
    const start = this.#reserve(RECORD_HEADER_MAX + length);
    if (start === undefined) {
      if (Atomics.exchange(this.#control, FULL, 1) === 0) this.#announce();
      return false;
    }
    const body = writeRecordHeader(this.#bytes, start, kind, at - this.#lastAt, conn, length);
    if (typeof data === 'string') this.#bytes.write(data, body);
    else data.copy(this.#bytes, body);
    this.#lastAt = at;
    this.#publish(body + length, body + length - start);
    return true;
  }

  /** How often the consumer has come round. */
  get rounds(): number {
    return Atomics.load(this.#control, ROUNDS);
  }

  /** As tryWrite, but blocks for room. False when the record can never fit, or the consumer cannot write or is dead. */
  write(kind: RecordKind, at: EpochMs, conn: number, data: Buffer | string): boolean {
    for (let patience = PATIENCE; patience > 0; ) {
      const tail = Atomics.load(this.#control, TAIL);
      if (this.tryWrite(kind, at, conn, data)) return true;
      if (Atomics.load(this.#control, FAILING) === 1 || this.#isTooLarge(Buffer.byteLength(data))) return false;
      if (Atomics.wait(this.#control, TAIL, tail, PATIENCE_SLICE_MS) === 'timed-out') patience--;
    }
    Atomics.store(this.#control, FAILING, 1);
    return false;
  }

  countDropped(): void {
    Atomics.add(this.#control, DROPPED, 1);
  }

  get dropped(): number {
    return Atomics.load(this.#control, DROPPED);
  }

  /** There is no consumer any more: whoever would wait for room is told not to. */
  giveUp(): void {
    Atomics.store(this.#control, FAILING, 1);
    Atomics.notify(this.#control, TAIL);
  }

  /** Tells the consumer to take what is there and stop. */
  close(): void {
    Atomics.store(this.#control, CLOSING, 1);
    this.#announce();
  }

  #isTooLarge(length: number): boolean {
    return RECORD_HEADER_MAX + length >= this.#bytes.length / 2;
  }

  /** Where `need` bytes in a row are free. Head never catches up with tail: equal means empty. */
  #reserve(need: number): number | undefined {
    const tail = Atomics.load(this.#control, TAIL);
    const head = this.#head;
    if (head < tail) return head + need < tail ? head : undefined;
    if (head + need < this.#bytes.length) return head;
    if (need >= tail) return undefined;
    this.#bytes[head] = 0;
    return 0;
  }

  #publish(head: number, written: number): void {
    this.#head = head;
    Atomics.store(this.#control, HEAD, head);
    this.#unannounced += written;
    if (this.#unannounced >= WAKE_BYTES) this.#announce();
  }

  #announce(): void {
    this.#unannounced = 0;
    Atomics.add(this.#control, SIGNAL, 1);
    Atomics.notify(this.#control, SIGNAL);
  }
}

/** The tape thread's end. */
export class RingConsumer {
  readonly bytes: Buffer;
  readonly #control: Int32Array;
  readonly #place: Float64Array;

  constructor(memory: RingMemory) {
    this.#control = memory.control;
    this.#place = memory.place;
    this.bytes = bufferOver(memory.bytes);
  }

  /** Where the consumer before this one had come to; the beginning for the first. */
  get place(): RingPlace {
    const [id, baseAt] = this.#place as unknown as [number, number];
    return { offset: Atomics.load(this.#control, TAIL), id, baseAt };
  }

  get head(): number {
    return Atomics.load(this.#control, HEAD);
  }

  get isClosing(): boolean {
    return Atomics.load(this.#control, CLOSING) === 1;
  }

  get dropped(): number {
    return Atomics.load(this.#control, DROPPED);
  }

  /** Whether the producer has found no room since this was last asked. */
  takeFull(): boolean {
    return Atomics.exchange(this.#control, FULL, 0) === 1;
  }

  /** Read it before looking for work, and hand it to `sleep`: a wake-up in between is then not missed. */
  get signal(): number {
    return Atomics.load(this.#control, SIGNAL);
  }

  /** True when woken, false when the time has passed. */
  sleep(signal: number, ms: number): boolean {
    Atomics.add(this.#control, ROUNDS, 1);
    return Atomics.wait(this.#control, SIGNAL, signal, ms) !== 'timed-out';
  }

  /** Everything before this place is safe in the file. */
  release({ offset, id, baseAt }: RingPlace): void {
    this.#place[0] = id;
    this.#place[1] = baseAt;
    Atomics.store(this.#control, TAIL, offset);
    Atomics.notify(this.#control, TAIL);
  }

  /** While it is on, a producer that would wait for room is told not to. */
  setFailing(isFailing: boolean): void {
    Atomics.store(this.#control, FAILING, isFailing ? 1 : 0);
    Atomics.notify(this.#control, TAIL);
  }
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
