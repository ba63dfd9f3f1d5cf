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
  /** The frame just taken followed the one before it. */
  isWhole: boolean;
  isRising: boolean;
}

interface Hole {
  readonly at: EpochMs;
  readonly text: string;
  readonly numbers: number;
}

export class SequenceCheck {
  readonly #findings: Findings;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Holes of which nothing has been said yet. */
  #open: Hole[] = [];
  #losses = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Its numbers begin anew. */
  started(conn: number, sid: number): void {
    this.#subscriptions.delete(keyOf(conn, sid));
  }

  next({ conn, sid, seq }: FeedPosition, at: EpochMs): void {
    const key = keyOf(conn, sid);
    const known = this.#subscriptions.get(key);
    if (known === undefined) {
      this.#subscriptions.set(key, { seq, losses: this.#losses, isWhole: true, isRising: true });
      return;
    }
    known.isWhole = seq === known.seq + 1;
    known.isRising = seq > known.seq;
    if (!known.isWhole && known.losses === this.#losses) this.#hole(key, known.seq, seq, at);
    known.seq = seq;
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

  /** Whoever recorded has noticed what was missing just now. */
  marked(): void {
    this.#open = [];
  }

  finish(): void {
    for (const { at, text, numbers } of this.#open) this.#findings.add('hole', at, text, numbers);
  }

  #hole(key: string, before: number, seq: number, at: EpochMs): void {
    const numbers = Math.max(1, seq - before - 1);
    this.#open.push({ at, text: `${key}: ${seq} follows ${before}`, numbers });
  }
}

function keyOf(conn: number, sid: number): string {
  return `connection ${conn}, subscription ${sid}`;
}
