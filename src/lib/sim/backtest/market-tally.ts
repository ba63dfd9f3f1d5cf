/** What is counted of one market while a backtest runs, by the exchange's clock. */
import type { MarketCounts, QuotedTime } from '../../core/backtest/result.ts';
import type { Intent } from '../../core/intents.ts';
import type { Centicontracts, EpochMs } from '../../core/units.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Count = Exclude<keyof MarketCounts, 'rejects' | 'volume' | 'quotedSize'>;

export class MarketTally {
  firstAt: number | undefined;
  lastAt = 0;
  readonly rejects: Record<string, number> = {};
  readonly counts: Record<Count, number> & { volume: number; quotedSize: number } = {
    ...{ deltas: 0, snapshots: 0, prints: 0, printsInferred: 0, volume: 0, decisions: 0 },
    ...{ creates: 0, amends: 0, decreases: 0, cancels: 0, requotes: 0, quotedSize: 0, expired: 0 },
  };
  readonly #quoted: Mutable<QuotedTime> = { openMs: 0, bidMs: 0, askMs: 0, bothMs: 0 };
  #since = 0;
  #isOpen = false;
  #hasBid = false;
  #hasAsk = false;

  /** Call before what is quoted, or known of the book, changes. */
  state(at: number, isOpen: boolean, hasBid: boolean, hasAsk: boolean): void {
    const ms = at - this.#since;
    if (this.#isOpen && ms > 0) {
      this.#quoted.openMs += ms;
      if (this.#hasBid) this.#quoted.bidMs += ms;
      if (this.#hasAsk) this.#quoted.askMs += ms;
      if (this.#hasBid && this.#hasAsk) this.#quoted.bothMs += ms;
    }
    this.#since = at;
    this.#isOpen = isOpen;
    this.#hasBid = hasBid;
    this.#hasAsk = hasAsk;
  }

  asked(intent: Intent, priceBefore: number | undefined): void {
    const { counts } = this;
    if (intent.kind === 'create') {
      counts.creates += 1;
      counts.requotes += 1;
      counts.quotedSize += intent.size;
    } else if (intent.kind === 'amend') {
      counts.amends += 1;
      if (intent.price !== priceBefore) counts.requotes += 1;
    } else if (intent.kind === 'decrease') counts.decreases += 1;
    else counts.cancels += 1;
  }

  refused(code: string): void {
    this.rejects[code] = (this.rejects[code] ?? 0) + 1;
  }

  get facts(): { counts: MarketCounts; quoted: QuotedTime; firstAt: EpochMs; lastAt: EpochMs } {
    const { volume, quotedSize, ...counts } = this.counts;
    return {
      counts: {
        ...counts,
        volume: volume as Centicontracts,
        quotedSize: quotedSize as Centicontracts,
        rejects: { ...this.rejects },
      },
      quoted: { ...this.#quoted },
      firstAt: (this.firstAt ?? 0) as EpochMs,
      lastAt: this.lastAt as EpochMs,
    };
  }
}
