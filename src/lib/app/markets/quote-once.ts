/**
 * `kmm quote`: what would be shown now in a market and why. The engine itself is asked, with the index heard for a while where
 * the price needs one, the book read over REST and the inventory given; nothing is placed.
 */

import type { ExchangeStatus } from '../../adapters/kalshi/account-schema.ts';
import { topOfOthers } from '../../core/book/book-of-others.ts';
import { freezeAt, type PhaseNow, phaseAt } from '../../core/clock/market-clock.ts';
import { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { Market } from '../../core/market.ts';
import type { Decision } from '../../core/quoting/decide.ts';
import { quoteNotes } from '../../core/quoting/quote-width.ts';
import type { Reference } from '../../core/reference/references.ts';
import { indexOf } from '../../core/reference/settlement-rule.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  epochMs,
  type Microdollars,
  NO_MONEY,
  type Side,
} from '../../core/units.ts';
import type { Configuration } from '../config/config.ts';
import { KmmError } from '../errors/errors.ts';
import { type ExchangeLink, KNOWN_SHARDS } from '../exchange/link.ts';
import { openReading } from '../exchange/reading.ts';
import { notRead } from '../exchange/unreachable.ts';
import { knownStandings } from '../honesty/known-standings.ts';
import { keptOffset, proxiesIn } from '../references/kept-offsets.ts';
import { Listening } from '../references/listening.ts';
import { indexNeeds } from '../references/needs.ts';
import type { ReferenceSettings } from '../references/settings.ts';
import { isIndexSimulated, withSimulated } from '../references/simulated.ts';
import { CalibrationWatch } from '../session/markets/calibration-watch.ts';
import { MarketFollower } from '../session/markets/market-follower.ts';
import { configuredSources } from '../sources/configured-sources.ts';
import { SourceLoop } from '../sources/source-loop.ts';
import { explainUnknown } from './unknown-ticker.ts';

export interface QuoteOnceOptions {
  readonly configuration: Configuration;
  readonly link: ExchangeLink;
  readonly names: readonly string[];
  /** YES contracts held, negative for NO. */
  readonly inventory: Centicontracts;
  /** An index is heard for so long at most. */
  readonly listenMs: number;
  /** Told before anything is waited for. */
  readonly onListen?: (indices: readonly string[]) => void;
}

export interface QuotedMarket {
  readonly market: Market;
  readonly decision: Decision;
  readonly at: EpochMs;
  /** Of its clock, and when its quotes leave. */
  readonly phase: PhaseNow;
  readonly freezeAt: EpochMs;
  /** What is to be said of how wide it would stand. */
  readonly notes: readonly string[];
  /** The index that it is priced by; absent where it is by none, or nothing was heard of it. */
  readonly index?: HeardIndex;
}

export interface HeardIndex {
  readonly name: string;
  readonly value: number;
  readonly ageMs: number;
  /** How many seconds of it were heard. */
  readonly seconds: number;
  /** Sources outside the exchange whose median it is; absent: the exchange itself says it. */
  readonly medianOf?: readonly string[];
}

/** Throws KMM_TICKER_UNKNOWN, KMM_TICKER_CLOSED, KMM_UNREACHABLE, KMM_SOURCE_*, KMM_REFERENCE_KEY, KMM_DB_*. */
export async function quoteOnce(options: QuoteOnceOptions): Promise<QuotedMarket[]> {
  const { configuration, link, names, inventory } = options;
  const { parameters } = configuration;
  const isSimulated = isIndexSimulated(configuration, names);
  const settings = isSimulated ? withSimulated(configuration.references, link.ws) : configuration.references;
  const named = configuredSources(configuration);
  const { clock, stream, rest, catalogue, close } = await openReading(configuration.env, link);
  const engine = new Engine({ idPrefix: 'quote', parameters });
  const emit = (event: EngineEvent) => void engine.apply(event);
  const sources = new SourceLoop({ sources: named, ...{ engine, clock, emit }, speed: 1, say: () => {} });
  let tickers: readonly string[] = [];
  const follower = new MarketFollower({
    ...{ names, rest, clock, emit },
    want: (wanted) => {
      tickers = wanted;
    },
    warn: () => {},
  });
  let listening: Listening | undefined;
  try {
    const unknown = await follower.start();
    if (unknown !== undefined) throw await explainUnknown(unknown.unknown, unknown.error, catalogue);
    if (tickers.length === 0) throw notOpen(names);
    // One look: what opens while an index is heard is not in it.
    follower.stop();
    const markets = tickers.flatMap((ticker) => engine.market(ticker)?.market ?? []);
    const needs = indexNeeds(markets, parameters, lookingAtIndices(configuration.sources));
    listening = new Listening({ engine, clock, stream, settings, emit }, needs);
    if (listening.indices.length > 0 && options.listenMs > 0) {
      options.onListen?.(listening.indices);
      await listening.hear(options.listenMs);
    }
    for (const proxy of proxiesIn(settings)) {
      const { index } = proxy;
      const kept = keptOffset(configuration.home.reference, proxy, clock.now());
      if (kept.kind === 'learned') emit({ type: 'proxy_restored', at: clock.now(), index, learned: kept.learned });
    }
    const balance = await rest.balance(KNOWN_SHARDS);
    const openingCash = balance.ok ? balance.value.shards : [];
    const calibrations = new CalibrationWatch({
      ...{ calib: configuration.home.calib, isSimulated, engine, log: { say: () => {} }, emit },
    });
    calibrations.tick(clock.now());
    emit({ type: 'standing', at: clock.now(), standings: await knownStandings(configuration, clock.now()) });
    engine.apply({ type: 'connection_changed', at: clock.now(), isUp: true, conn: 1 });
    engine.apply({ type: 'ledger_restored', at: clock.now(), openingCash, fills: [], settlements: [] });
    for (const [index, ticker] of tickers.entries()) {
      const book = await rest.orderbook(ticker);
      if (!book.ok) throw notRead(`the book of ${ticker} cannot be read`, book.error);
      const feed = { conn: 1, sid: 1, seq: index + 1 };
      engine.apply({ type: 'book_snapshot', at: clock.now(), feed, ticker, ...book.value });
      if (inventory !== 0) engine.apply(held(ticker, inventory, book.value, clock.now()));
    }
    const status = await rest.exchangeStatus();
    if (!status.ok) throw notRead("the exchange's status cannot be read", status.error);
    const isActive = isTrading(
      status.value,
      markets.map(({ shard }) => shard),
    );
    engine.apply({ type: 'exchange_status_changed', at: clock.now(), isTrading: isActive });
    await sources.readAll();
    const at = clock.now();
    decideOnce(engine, tickers, at);
    const quoted = tickers.flatMap((ticker): readonly QuotedMarket[] => {
      const { market, decision } = engine.market(ticker) ?? {};
      if (market === undefined || decision === undefined || market.openAt > at) return [];
      const isPricedByIndex = needs.some(({ index }) => index === indexOf(market.settles));
      const index = isPricedByIndex ? heardIndex(engine.referenceOf(market), settings, at) : undefined;
      const phase = phaseAt(market, parameters, at);
      const leaves = freezeAt(market, parameters);
      const notes = quoteNotes(decision.quote, decision.top, parameters);
      // A gate decides without looking at the book; who asks why nothing is quoted wants to see it.
      const book = engine.books.get(ticker)?.book;
      const top = decision.top ?? (book?.isValid ? topOfOthers(book, engine.orders.liveIn(ticker)) : undefined);
      return [
        {
          market,
          decision: { ...decision, top },
          at,
          phase,
          freezeAt: leaves,
          notes,
          ...(index !== undefined && { index }),
        },
      ];
    });
    if (quoted.length === 0) throw notOpen(names);
    return quoted;
  } finally {
    follower.stop();
    await listening?.stop();
    close();
  }
}

/** Models that may look at the index of a market. */
function lookingAtIndices(sources: Configuration['sources']): ReadonlySet<string> {
  return new Set(sources.filter(({ kind }) => kind === 'onnx').map(({ name }) => name));
}

function heardIndex(
  reference: Reference | undefined,
  { indices }: ReferenceSettings,
  at: EpochMs,
): HeardIndex | undefined {
  if (reference === undefined) return undefined;
  const { index: name, value, receivedAt, weight } = reference;
  const outside = indices.find(({ index }) => index === name);
  return {
    ...{ name, value, ageMs: at - receivedAt, seconds: Math.floor(weight) },
    ...(outside !== undefined && { medianOf: Object.keys(outside.symbols) }),
  };
}

/**
 * Legs of one event are decided by what is known of each other: every market is priced once with nothing sent, so that no order
 * of ours is under way, and then decided. The first time is dated back, so that ages are true the second time.
 */
function decideOnce(engine: Engine, tickers: readonly string[], at: EpochMs): void {
  const before = epochMs(at - FULL_TURN_MS);
  engine.apply({ type: 'rate_limited', at: before, until: epochMs(before + 1) });
  engine.apply({ type: 'turn', at: before, turn: 1 });
  engine.apply({ type: 'markets_selected', at, tickers: [...tickers] });
  engine.apply({ type: 'turn', at, turn: 2 });
}

/** The engine ranks the legs of an event once a second. */
const FULL_TURN_MS = 1_000;

/** Whether all these shards trade. One that is not named does as the top level says, which speaks of shard 0. */
function isTrading({ shards: stated, ...top }: ExchangeStatus, shards: readonly number[]): boolean {
  return shards.every((shard) => {
    const { isExchangeActive, isTradingActive } = stated.find((one) => one.shard === shard) ?? top;
    return isExchangeActive && isTradingActive;
  });
}

function notOpen(names: readonly string[]): KmmError {
  return new KmmError('KMM_TICKER_CLOSED', `no market of ${names.join(', ')} is open now`);
}

/** The assumed inventory as a fill at the best price it could have been had for; its cost changes no quote. */
function held(
  ticker: string,
  inventory: Centicontracts,
  book: { readonly bids: readonly { price: Centicents }[]; readonly asks: readonly { price: Centicents }[] },
  at: EpochMs,
): EngineEvent {
  const side: Side = inventory > 0 ? 'bid' : 'ask';
  const best = (inventory > 0 ? book.asks : book.bids).at(-1)?.price ?? (5_000 as Centicents);
  return {
    ...{ type: 'fill', at, ticker, side, price: best, isTaker: false, fee: NO_MONEY as Microdollars },
    ...{ tradeId: `assumed ${ticker}`, orderId: 'assumed', size: Math.abs(inventory) as Centicontracts },
  };
}
