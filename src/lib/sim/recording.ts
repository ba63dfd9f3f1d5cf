/**
 * A recording as a world's life: its events, one after the other at the times they were recorded, are the background of
 * the markets that the caller defines. What a recording does not say of a market comes from the series table.
 *
 * Events of other markets, and events that are no market data, are passed over. A market opens with its first snapshot,
 * closes at its close time, and is determined by the result it is given; without one it stays closed.
 */
import type { EngineEvent, ReferencePrice } from '../core/events.ts';
import type { PriceGrid } from '../core/grid.ts';
import { invariant } from '../core/invariant.ts';
import type { FeeTerms, Market, Strike } from '../core/market.ts';
import { type Centicents, type EpochMs, epochMs, PRICE_ONE, PRICE_ZERO } from '../core/units.ts';
import { BackgroundBook } from './exchange/background-book.ts';
import { listMarket, scheduleClose } from './exchange/lifecycle.ts';
import { applyRecorded, isRecordedEvent, type RecordedListing } from './exchange/recorded.ts';
import type { Outcome } from './exchange/records.ts';
import type { ExchangeState } from './exchange/state.ts';
import { seriesFacts } from './series.ts';

export interface RecordedMarket {
  readonly ticker: string;
  readonly closeAt: EpochMs;
  /** Default: the start of the world. */
  readonly openAt?: EpochMs;
  readonly strike?: Strike;
  readonly result?: 'yes' | 'no' | 'scalar';
  /** What one YES contract paid; must be given with `scalar`. */
  readonly settlementValue?: Centicents;
  /** The number behind the result, as text. */
  readonly expirationValue?: string;
  readonly title?: string;
  /** The rest defaults to the series table; an event ticker, to the market's ticker without its last part. */
  readonly eventTicker?: string;
  readonly grid?: PriceGrid;
  readonly fees?: FeeTerms;
  readonly shard?: number;
}

const SETTLEMENT_WINDOW_MS = 60_000;

export function startRecording(
  exchange: ExchangeState,
  markets: readonly RecordedMarket[],
  events: Iterator<EngineEvent>,
): void {
  const listed = new Map(markets.map((market) => [market.ticker, listRecorded(exchange, market)]));
  const playNext = (): void => {
    const { done, value } = events.next();
    if (done) return;
    exchange.schedule.add(value.at, () => {
      play(exchange, listed, value);
      playNext();
    });
  };
  playNext();
}

function play(exchange: ExchangeState, listed: ReadonlyMap<string, RecordedListing>, event: EngineEvent): void {
  if (event.type === 'reference_price') {
    exchange.facts.add(referenceFact(exchange, event));
  } else if (isRecordedEvent(event)) {
    const recorded = listed.get(event.ticker);
    if (recorded !== undefined) applyRecorded(exchange, recorded, event);
  }
}

function listRecorded(exchange: ExchangeState, recorded: RecordedMarket): RecordedListing {
  const market = marketOf(exchange, recorded);
  const { eventTicker, seriesTicker, shard, isMutuallyExclusive } = market;
  const { title, settlementTimerSeconds } = seriesFacts(market.ticker);
  const book = new BackgroundBook();
  const event = { eventTicker, seriesTicker, title, shard, isMutuallyExclusive };
  const outcome = outcomeOf(recorded);
  const ending = outcome === undefined ? {} : { outcomeAt: () => outcome };
  const listing = listMarket(exchange, { market, event, settlementTimerSeconds, book, isRecorded: true, ...ending });
  scheduleClose(exchange, listing);
  return { listing, book, isVolumeKnown: false };
}

function marketOf(exchange: ExchangeState, recorded: RecordedMarket): Market {
  const { ticker, closeAt, strike } = recorded;
  const facts = seriesFacts(ticker);
  const parts = ticker.split('-');
  return {
    ticker,
    eventTicker: recorded.eventTicker ?? (parts.length > 2 ? parts.slice(0, -1).join('-') : ticker),
    seriesTicker: facts.ticker,
    shard: recorded.shard ?? facts.shard,
    status: 'initialized',
    openAt: recorded.openAt ?? exchange.schedule.now,
    closeAt,
    title: recorded.title ?? facts.title,
    grid: recorded.grid ?? facts.grid,
    fees: recorded.fees ?? facts.fees,
    isMutuallyExclusive: facts.isMutuallyExclusive,
    ...(facts.settles === undefined ? {} : { settles: facts.settles }),
    ...(strike === undefined ? {} : { strike }),
  };
}

function outcomeOf({ ticker, result, settlementValue, expirationValue }: RecordedMarket): Outcome | undefined {
  if (result === undefined) return undefined;
  const value = settlementValue ?? (result === 'yes' ? PRICE_ONE : PRICE_ZERO);
  invariant(result !== 'scalar' || settlementValue !== undefined, `the scalar result of ${ticker} has a value`);
  return { result, value, ...(expirationValue === undefined ? {} : { expirationValue }) };
}

function referenceFact(exchange: ExchangeState, { index, value, window }: ReferencePrice) {
  const fact = { type: 'reference', at: exchange.schedule.now, index, value, isSecond: true } as const;
  if (window === undefined) return fact;
  const startsAt = epochMs(window.endsAt - SETTLEMENT_WINDOW_MS);
  return { ...fact, window: { ...window, startsAt } };
}
