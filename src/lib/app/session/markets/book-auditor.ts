/**
 * Asks the exchange for its own book of each market in turn, and tells the engine, which compares (reliability.md F15): a
 * level that drifts while every sequence is intact is found within a minute. Reads of this kind wait when tokens are short,
 * and come further apart when there are more markets than seconds.
 */
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import { isTrading } from '../../../core/market.ts';
import type { EpochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import type { Asks } from '../loops.ts';
import { wait } from '../orders/cancel-ours.ts';
import type { SessionPart } from '../session-part.ts';

export interface BookAuditorOptions {
  readonly engine: Engine;
  readonly rest: Pick<KalshiRest, 'orderbook'>;
  readonly clock: Clock;
  /** There are more than enough read tokens now. */
  readonly maySpend: () => boolean;
  readonly asks: Asks;
  readonly emit: (event: EngineEvent) => void;
}

/** From the end of one audit of a market to its next: with the time that two answers take, the drift is found in 60 s. */
const EVERY_MS = 45_000;
/** A book that was lost in the middle of it is looked at again after this. */
const AGAIN_MS = 10_000;
/** Levels a side: as many as the exchange gives. What drifts far from the top would be believed as soon as it is the top. */
const DEPTH = 100;
/** An answer may be older than the asking by this. */
const LEAD_MS = 2_000;
/** Above the age that a book message may have: what the exchange's answer holds has reached us by then. */
const TAIL_MS = 500;
/** A difference is believed when two answers in a row agree on it. */
const ANSWERS = 2;

export class BookAuditor implements SessionPart {
  readonly #options: BookAuditorOptions;
  /** When each market's next audit is due. */
  readonly #dueAt = new Map<string, EpochMs>();
  readonly #running = new Set<string>();
  #isStopped = false;

  constructor(options: BookAuditorOptions) {
    this.#options = options;
  }

  /** Begins one audit at most. */
  tick(now: EpochMs): void {
    const { engine, maySpend, asks } = this.#options;
    const markets = [...engine.markets()].filter(({ isSelected, market }) => isSelected && isTrading(market, now));
    const tickers = new Set(markets.map(({ market }) => market.ticker));
    for (const ticker of this.#dueAt.keys()) if (!tickers.has(ticker)) this.#dueAt.delete(ticker);
    if (!engine.isConnected || !maySpend()) return;
    const [next] = [...tickers]
      .filter((ticker) => !this.#running.has(ticker) && engine.books.get(ticker)?.book.isValid === true)
      .sort((a, b) => (this.#dueAt.get(a) ?? 0) - (this.#dueAt.get(b) ?? 0));
    if (next !== undefined && (this.#dueAt.get(next) ?? 0) <= now) asks(this.#audit(next));
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #audit(ticker: string): Promise<void> {
    const { clock, emit } = this.#options;
    this.#running.add(ticker);
    emit({ type: 'book_audit_began', at: clock.now(), ticker });
    const isLooked = await this.#look(ticker);
    if (this.#isStopped) return;
    this.#running.delete(ticker);
    this.#dueAt.set(ticker, (clock.now() + (isLooked ? EVERY_MS : AGAIN_MS)) as EpochMs);
    emit({ type: 'book_audit_ended', at: clock.now(), ticker });
  }

  /** False: nothing came of it. */
  async #look(ticker: string): Promise<boolean> {
    const { engine, rest, clock, emit } = this.#options;
    await wait(clock, LEAD_MS);
    for (let answers = 0; answers < ANSWERS && !this.#isStopped; answers += 1) {
      const book = await rest.orderbook(ticker, DEPTH);
      if (!book.ok) return false;
      await wait(clock, engine.config.parameters.quoting.messageAgeMsMax + TAIL_MS);
      if (engine.audits.verdict(ticker) === 'void') return false;
      emit({ type: 'book_audited', at: clock.now(), ticker, depth: DEPTH, ...book.value });
      if (engine.audits.verdict(ticker) !== 'doubtful') return true;
    }
    return true;
  }
}
