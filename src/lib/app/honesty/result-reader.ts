/**
 * Asks the exchange what came of markets whose result was told while nobody listened, or whose word was lost with a crash: a few
 * at a time, seldom, and only with reads that nothing else needs. A market that is not among the live ones is looked for in the
 * archive.
 */

import type { RestMarket } from '../../adapters/kalshi/market-schema.ts';
import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { KalshiHistory } from '../../adapters/kalshi/rest-history.ts';
import type { AwaitedMarket, MarketResult } from '../../adapters/store/estimate-rows.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';

export type FoundResult = MarketResult & { readonly ticker: string };

/** The stream has had this long to say it. */
const PATIENCE_MS = 120_000;
/** Between two questions about one market: while its result is fresh news, and later. */
const AGAIN_MS = 600_000;
const AGAIN_OLD_MS = 6 * 3_600_000;
const OLD_MS = 86_400_000;
/** In one listing, so that its address stays short. */
const TICKERS_MAX = 100;
/** One by one, and each a question. */
const ARCHIVED_MAX = 5;

export class ResultReader {
  readonly #rest: KalshiRest;
  readonly #history: KalshiHistory;
  readonly #askedAt = new Map<string, EpochMs>();

  constructor(wire: Wire) {
    this.#rest = new KalshiRest(wire);
    this.#history = new KalshiHistory(wire);
  }

  /** Those that have one by now. What cannot be read is asked for again. */
  async read(awaited: readonly AwaitedMarket[], now: EpochMs): Promise<readonly FoundResult[]> {
    const due = awaited.filter((market) => this.#isDue(market, now)).slice(0, TICKERS_MAX);
    if (due.length === 0) return [];
    const tickers = due.map(({ ticker }) => ticker);
    const listed = await this.#rest.markets({ tickers });
    if (!listed.ok) return [];
    for (const ticker of this.#askedAt.keys())
      if (!awaited.some((one) => one.ticker === ticker)) this.#askedAt.delete(ticker);
    const found = [...listed.value];
    const missing = tickers.filter((ticker) => !found.some((market) => market.ticker === ticker));
    for (const ticker of tickers) if (!missing.includes(ticker)) this.#askedAt.set(ticker, now);
    for (const ticker of missing.slice(0, ARCHIVED_MAX)) {
      const archived = await this.#history.market(ticker);
      if (archived.ok) found.push(archived.value);
      this.#askedAt.set(ticker, now);
    }
    return found.flatMap((market) => resultOf(market, now) ?? []);
  }

  #isDue({ ticker, closeAt }: AwaitedMarket, now: EpochMs): boolean {
    if (now - closeAt < PATIENCE_MS) return false;
    const asked = this.#askedAt.get(ticker);
    return asked === undefined || now - asked >= (now - closeAt < OLD_MS ? AGAIN_MS : AGAIN_OLD_MS);
  }
}

/** A result in dispute is none yet. */
function resultOf({ ticker, status, result, settlementValue }: RestMarket, at: EpochMs): FoundResult | undefined {
  if (result === undefined || status === 'disputed') return undefined;
  return { ticker, result, value: settlementValue, at };
}
