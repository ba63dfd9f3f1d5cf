/**
 * Numbers of every subscription in a row, over all frames of it (kalshi/api.md 7.3). A number that is missing is a hole,
 * unless the tape itself says that records were lost since the frame before, or that its recorder noticed.
 */
import type { FeedPosition } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Findings } from './findings.ts';

interface Subscription {
  seq: number;
  /** How many losses the tape had told of by then. */
  losses: number;
  /** The frame just taken has the number after the one before it. */
  isWhole: boolean;
  isRising: boolean;
}

/** Holes of which nothing has been said yet: the first of them, and all their numbers. */
interface OpenHoles {
  readonly at: EpochMs;
  readonly text: string;
  numbers: number;
}

export class SequenceCheck {
  readonly #findings: Findings;
  readonly #subscriptions = new Map<number, Subscription>();
  #open: OpenHoles | undefined;
  #losses = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Its numbers begin anew. */
  started(conn: number, sid: number): void {
    this.#subscriptions.delete(keyOf(conn, sid));
  }

  next({ conn, sid, seq }: FeedPosition, at: EpochMs): void {
    const known = this.#subscriptions.get(keyOf(conn, sid));
    if (known === undefined) {
      this.#subscriptions.set(keyOf(conn, sid), { seq, losses: this.#losses, isWhole: true, isRising: true });
      return;
    }
    const before = known.seq;
    known.isWhole = seq === before + 1;
    known.isRising = seq > before;
    known.seq = seq;
    if (!known.isWhole && known.losses === this.#losses) {
      const numbers = Math.max(1, seq - before - 1);
      const text = `${seq} follows ${before} on connection ${conn}, subscription ${sid}`;
      if (this.#open === undefined) this.#open = { at, text, numbers };
      else this.#open.numbers += numbers;
    }
    known.losses = this.#losses;
  }

  /** The frame just taken followed the one before it. */
  isWhole({ conn, sid }: FeedPosition): boolean {
    return this.#subscriptions.get(keyOf(conn, sid))?.isWhole === true;
  }

  /** The frame just taken has a higher number than the one before it. */
  isRising({ conn, sid }: FeedPosition): boolean {
    return this.#subscriptions.get(keyOf(conn, sid))?.isRising === true;
  }

  /** Records were lost here. */
  lost(): void {
    this.#losses += 1;
  }

  /** Whoever recorded has noticed what was missing until now. */
  marked(): void {
    this.#open = undefined;
  }

  finish(): void {
    if (this.#open !== undefined) this.#findings.add('hole', this.#open.at, this.#open.text, this.#open.numbers);
  }
}

/** A connection has far fewer subscriptions than that. */
const SIDS_MAX = 2 ** 26;

function keyOf(conn: number, sid: number): number {
  return conn * SIDS_MAX + sid;
}
