/**
 * What a market's terms are read from beside its own record: its event, its series, and the fee changes that are scheduled.
 * Kept until they are to be read again. What the stream says of an event's fees counts at once, and outlives a reading that
 * may still be older (reliability.md V4).
 */
import type { EventFeeChange, SeriesFeeChange } from '../../../adapters/kalshi/catalogue-schema.ts';
import { type FeeChanges, NO_FEE_CHANGES } from '../../../adapters/kalshi/fee-terms.ts';
import type { RestEvent, RestSeries } from '../../../adapters/kalshi/market-schema.ts';
import { present } from '../../../adapters/kalshi/present.ts';
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import { type CallError, type Result, sentenceOf } from '../../../adapters/kalshi/result.ts';
import type { Clock } from '../../../ports.ts';

export interface TermRecordsOptions {
  readonly rest: Pick<KalshiRest, 'event' | 'series' | 'feeChanges'>;
  readonly clock: Pick<Clock, 'now'>;
  /** A reading may be this much older than what the stream says. */
  readonly readLagMs: number;
  readonly warn: (text: string) => void;
}

/** An override as the stream states it; without type and multiplier it has ended. */
export type FeeOverride = Pick<EventFeeChange, 'eventTicker' | 'feeType' | 'feeMultiplier'>;

export interface MarketTerms {
  readonly event: RestEvent;
  readonly series: RestSeries;
  /** Those that the two records do not hold already. */
  readonly changes: FeeChanges;
}

interface Kept<Value> {
  readonly value: Value;
  /** What was scheduled for a moment up to this one is in it. */
  readonly asOf: number;
}

/** A listing that cannot be read is not asked for again with every market. */
const RETRY_MS = 1_500;

/** The key may not ask, or there is no such list. */
const NOT_TOLD: ReadonlySet<number> = new Set([403, 404]);

export class TermRecords {
  readonly #options: TermRecordsOptions;
  readonly #series = new Map<string, Kept<RestSeries>>();
  readonly #events = new Map<string, Kept<RestEvent>>();
  #changes: FeeChanges | undefined;
  /** As they were read last, for when they cannot be read now. */
  #changesBefore = NO_FEE_CHANGES;
  /** Somebody was answered by those. */
  #isLacking = false;
  #askedAt = 0;

  constructor(options: TermRecordsOptions) {
    this.#options = options;
  }

  /** Of a market of this event; what is not kept is read. `missing`: which record could not be had. */
  async of(
    eventTicker: string,
  ): Promise<MarketTerms | { readonly missing: 'event' | 'series'; readonly error: CallError }> {
    const { rest } = this.#options;
    // First: a change that comes into force in between is then in this list or in the record, never in neither.
    const { ofSeries, ofEvents } = await this.#scheduled();
    const event = await this.#kept(this.#events, eventTicker, async () => {
      const answer = await rest.event(eventTicker);
      return answer.ok ? { ...answer, value: answer.value.event } : answer;
    });
    if (!event.ok) return { missing: 'event', error: event.error };
    const { seriesTicker } = event.value.value;
    const series = await this.#kept(this.#series, seriesTicker, () => rest.series(seriesTicker));
    if (!series.ok) return { missing: 'series', error: series.error };
    return {
      event: event.value.value,
      series: series.value.value,
      changes: {
        ofSeries: ofSeries.filter(isAfter(series.value)),
        ofEvents: ofEvents.filter(isAfter(event.value)),
      },
    };
  }

  /** False: no market of this event is known here. */
  override({ eventTicker, feeType, feeMultiplier }: FeeOverride): boolean {
    const known = this.#events.get(eventTicker);
    if (known === undefined) return false;
    const { feeTypeOverride: _, feeMultiplierOverride: __, ...event } = known.value;
    const value = present({ ...event, feeTypeOverride: feeType, feeMultiplierOverride: feeMultiplier });
    this.#events.set(eventTicker, { value, asOf: this.#options.clock.now() });
    return true;
  }

  /** False: since the last call somebody was answered without what is scheduled, which may come into force unseen. */
  takeIsWhole(): boolean {
    const isWhole = !this.#isLacking;
    this.#isLacking = false;
    return isWhole;
  }

  /** All of it is read again, but for what the stream has said a moment ago. */
  clear(): void {
    this.#clearRecords();
    this.#askedAt = 0;
    this.#changes = undefined;
  }

  #clearRecords(): void {
    const old = this.#options.clock.now() - this.#options.readLagMs;
    this.#series.clear();
    for (const [ticker, { asOf }] of this.#events) if (asOf <= old) this.#events.delete(ticker);
  }

  forgetEvent(ticker: string): void {
    this.#events.delete(ticker);
  }

  async #scheduled(): Promise<FeeChanges> {
    const now = this.#options.clock.now();
    if (this.#changes !== undefined) return this.#changes;
    if (now < this.#askedAt + RETRY_MS) return this.#lacking();
    this.#askedAt = now;
    const answer = await this.#options.rest.feeChanges();
    if (!answer.ok) {
      this.#options.warn(`the fee changes that are scheduled: ${sentenceOf(answer.error)}`);
      // Who may not ask is told no more the next time.
      if (answer.error.kind !== 'refused' || !NOT_TOLD.has(answer.error.status)) return this.#lacking();
      this.#changes = this.#changesBefore;
      return this.#changes;
    }
    this.#changes = answer.value;
    this.#changesBefore = answer.value;
    // What came into force since records were read without the list is in neither: they are read again.
    this.#clearRecords();
    return answer.value;
  }

  #lacking(): FeeChanges {
    this.#isLacking = true;
    return this.#changesBefore;
  }

  async #kept<Value>(
    known: Map<string, Kept<Value>>,
    key: string,
    fetch: () => Promise<Result<Value>>,
  ): Promise<Result<Kept<Value>>> {
    const kept = known.get(key);
    if (kept !== undefined) return { ok: true, value: kept };
    const asOf = this.#options.clock.now() - this.#options.readLagMs;
    const answer = await fetch();
    if (!answer.ok) return answer;
    const value = { value: answer.value, asOf };
    known.set(key, value);
    return { ok: true, value };
  }
}

function isAfter({ asOf }: Kept<unknown>): (change: SeriesFeeChange | EventFeeChange) => boolean {
  return ({ at }) => at > asOf;
}
