/**
 * Quotes by each built-in fair value: the turn of the live engine after one change of a book, in one market; a ladder of forty
 * bins after one value of its index, all priced anew; and the weekly fit of an index on sixty sessions of minutes. Orders are
 * on the way and stay so. Beside each quote the fair value alone.
 */
import { Engine } from '../src/lib/core/engine.ts';
import { fairValue } from '../src/lib/core/fair-value/fair-value.ts';
import type { IndexCalibration } from '../src/lib/core/fair-value/index-ladder/calibration.ts';
import { fitIndex } from '../src/lib/core/fair-value/index-ladder/fit-index.ts';
import { assumedShares } from '../src/lib/core/fair-value/index-ladder/shape.ts';
import { prepareShapes } from '../src/lib/core/fair-value/trimmed/shapes.ts';
import { LINEAR_CENT } from '../src/lib/core/grid.ts';
import type { Market, Strike } from '../src/lib/core/market.ts';
import type { FairSource, ModelSource } from '../src/lib/core/parameters.ts';
import { References } from '../src/lib/core/reference/references.ts';
import {
  centicents,
  centicontracts,
  type EpochMs,
  epochMs,
  microdollars,
  type Probability,
} from '../src/lib/core/units.ts';
import { normal, seededStream } from '../src/lib/sim/random.ts';
import { benchConfig } from './engine-play.ts';

const WARM = 3_000;
const TURNS = 6_000;
const LADDER_TURNS = 1_000;
const ROUNDS = 3;
/** One of them is quiet, even where others use the machine. */
const LADDER_ROUNDS = 12;
const QUOTE_BUDGET_US = 50;
const TRIMMED_SEEN = [1, 20, 40, 55];
const LADDER_BUDGET_US = 500;
const FIT_BUDGET_MS = 5_000;
const BINS = 40;
const HELD = 8;
/** A Monday in New York, 14:56; the level is fixed at 15:00. */
const NOW = Date.parse('2026-09-21T14:56:00-04:00');
const CLOSE = epochMs(NOW + 240_000);
const FOREVER = Number.MAX_SAFE_INTEGER;

const CALIBRATION: IndexCalibration = {
  ...{ kind: 'calibration', madeAt: epochMs(NOW), profile: 'fitted', shares: assumedShares() },
  ...{ dayVariance: 1e-4, volatilityDoubt: 0.2, auctionBeta: 0 },
};
const AVERAGE: ModelSource = {
  ...{ kind: 'settlement-average', referenceAgeMsMax: FOREVER, annualVolatilityFloors: [0.2], proxySdDollars: 0 },
};
const SOURCES: readonly FairSource[] = [
  { kind: 'micro' },
  { kind: 'mid' },
  { kind: 'fixed', probability: 0.5 as Probability, standardError: 0.01 },
  AVERAGE,
  { kind: 'forecast', model: 'bench', ageMsMax: FOREVER },
  { kind: 'blend', model: AVERAGE, weight: 0.3 },
  { kind: 'index-ladder', referenceAgeMsMax: FOREVER },
];

export function run(): { name: string; lines: string[] } {
  // Or whichever comes first is measured while its code is still being compiled.
  const prepared = preparedLine();
  for (const source of SOURCES) measureQuotes(source);
  measureLadder(true);
  return {
    name: `prices: a quote by each fair value, a ladder of ${BINS} bins, the fit of an index`,
    lines: [
      ...SOURCES.map(quoteLine),
      ...TRIMMED_SEEN.map(trimmedLine),
      prepared,
      ladderLine('flat'),
      ladderLine('held'),
      fitLine(),
    ],
  };
}

function quoteLine(source: FairSource): string {
  const rounds = Array.from({ length: ROUNDS }, () => measureQuotes(source)).sort((a, b) => a.p99 - b.p99);
  const { p50, p99, alone } = rounds[0] as ReturnType<typeof measureQuotes>;
  const ratio = `budget/p99 = ${(QUOTE_BUDGET_US / p99).toFixed(1)}, fair value/quote = ${(alone / p50).toFixed(2)}`;
  return `${source.kind}: p50 ${p50.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs; ${ratio}`;
}

/**
 * Ranges of a composed rule that drops prints, with so many seconds of its window over: no quote by an average is dearer. Nothing is
 * kept from one quote to the next, so one after a new print costs the same.
 */
function trimmedLine(seen: number): string {
  const rounds = Array.from({ length: ROUNDS }, () => measureTrimmed(seen));
  const p99 = Math.min(...rounds.map((micros) => quantile(sorted(micros), 0.99)));
  const best = sorted((rounds[0] ?? []).map((_, turn) => Math.min(...rounds.map((micros) => micros[turn] as number))));
  const [p50, p99Alone] = [quantile(best, 0.5), quantile(best, 0.99)];
  const budget = `budget/p99 = ${(QUOTE_BUDGET_US / p99Alone).toFixed(1)}`;
  return `a trimmed average with ${seen} of its prints seen: p99 ${p99.toFixed(1)} µs; each turn at its best of ${ROUNDS} rounds, as on a quiet machine: p50 ${p50.toFixed(1)} µs, p99 ${p99Alone.toFixed(1)} µs, ${budget}`;
}

function preparedLine(): string {
  const before = process.cpuUsage();
  prepareShapes();
  const { user, system } = process.cpuUsage(before);
  return `what all trimmed averages share, once a process, when the first such market is known: ${((user + system) / 1_000).toFixed(0)} ms of processor`;
}

function measureTrimmed(seen: number): readonly number[] {
  const range = marketOf(0, 'BRTI', { type: 'between', floor: 6_899, cap: 6_901 });
  const settles = { kind: 'trimmed-average', index: 'BRTI', seconds: 60, dropped: 12 } as const;
  const closeAt = epochMs(NOW + 59_000);
  const priced = new Priced(AVERAGE, [{ ...range, closeAt, settles }]);
  const random = seededStream('trimmed');
  let [value, sum] = [6_900, 0];
  for (let count = 1; count <= seen; count += 1) {
    value = count === seen ? 6_900 : Math.round(normal(random, value, 0.3) * 100) / 100;
    sum += value;
    const at = epochMs(NOW + (count - 1) * 1_000);
    priced.at = at;
    const window = { value: sum / count, count, endsAt: closeAt };
    priced.engine.apply({ type: 'reference_price', at, index: 'BRTI', value, exchangeAt: at, window });
  }
  const micros = timed(WARM, TURNS, (n) => {
    priced.delta(range.ticker, n);
    return () => priced.turn();
  });
  const decision = priced.engine.market(range.ticker)?.decision;
  if (decision?.fair?.inputs.dropped !== 12) throw new Error(`nothing was priced: ${decision?.gate?.reason}`);
  return micros;
}

/** `held`: ten contracts in each of four bins and four thresholds of another event, which move the prices of all forty. */
function ladderLine(state: 'flat' | 'held'): string {
  const rounds = Array.from({ length: LADDER_ROUNDS }, () => sorted(measureLadder(state === 'held')));
  const quietest = rounds.sort((a, b) => quantile(a, 0.99) - quantile(b, 0.99))[0] ?? [];
  const [p50, p99] = [quantile(quietest, 0.5), quantile(quietest, 0.99)];
  const budget = `budget/p99 = ${(LADDER_BUDGET_US / p99).toFixed(1)}`;
  return `ladder of ${BINS}, ${state}: p50 ${p50.toFixed(0)} µs, p99 ${p99.toFixed(0)} µs in the quietest of ${LADDER_ROUNDS} rounds; ${budget}`;
}

function fitLine(): string {
  const random = seededStream('prices');
  const sessions = [...Array(60).keys()].map((day) => {
    let log = Math.log(6_900);
    const steps = CALIBRATION.shares.map((share) => {
      log += Math.sqrt(1e-4 * share) * normal(random, 0, 1);
      return Math.exp(log);
    });
    return { day, opensAt: epochMs(0), levels: [6_900, ...steps] };
  });
  const startedMs = performance.now();
  const fit = fitIndex({ sessions, shape: 'fitted', closes: new Map() });
  const ms = performance.now() - startedMs;
  if (fit.kind === 'refused') throw new Error(fit.reason);
  return `fit of 60 sessions of minutes: ${ms.toFixed(0)} ms; budget/time = ${(FIT_BUDGET_MS / ms).toFixed(1)}`;
}

class Priced {
  readonly engine: Engine;
  #seq = 0;
  #turn = 0;
  at = NOW;

  constructor(fair: FairSource, markets: readonly Market[]) {
    const { idPrefix, parameters } = benchConfig();
    this.engine = new Engine({
      idPrefix,
      parameters: {
        ...parameters,
        fair,
        quoting: { ...parameters.quoting, freezeMs: 1_000 },
        clock: noClock(),
        inventory: { ...parameters.inventory, finalMs: 0 },
      },
    });
    const { engine } = this;
    const at = epochMs(NOW);
    engine.apply({ type: 'connection_changed', at, isUp: true, conn: 1 });
    engine.apply({ type: 'feed_started', at, conn: 1, sid: 1, channel: 'orderbook_delta' });
    const cash = { shard: 0, cash: microdollars(1e9) };
    engine.apply({ type: 'ledger_restored', at, openingCash: [cash], fills: [], settlements: [] });
    for (const market of markets) engine.apply({ type: 'market_defined', at, market });
    engine.apply({ type: 'markets_selected', at, tickers: markets.map(({ ticker }) => ticker) });
    engine.apply({ type: 'index_calibrated', at, index: 'SPX', product: 'hourly', says: CALIBRATION });
    engine.apply({
      ...{ type: 'forecast', at, model: 'bench', about: markets[0]?.ticker ?? '', madeAt: at, reasons: [] },
      says: { kind: 'normal', mean: 6_900, sd: 10, doubt: 1, grid: 0.01 },
    });
    for (let n = 0; n < 120; n += 1) this.price(6_900 + (n % 3) * 0.2, epochMs(NOW - 120_000 + n * 1_000));
    for (const { ticker } of markets) this.book(ticker);
    this.turn();
  }

  price(value: number, at: EpochMs): void {
    for (const index of ['SPX', 'BRTI'])
      this.engine.apply({ type: 'reference_price', at, index, value, exchangeAt: at });
  }

  book(ticker: string): void {
    const side = (first: number, step: number) =>
      [...Array(10).keys()].map((n) => ({ price: centicents(first + n * step), size: centicontracts(10_000) }));
    const [bids, asks] = [side(100, 400), side(6_000, 300)];
    this.engine.apply({ type: 'book_snapshot', at: epochMs(this.at), feed: this.feed(), ticker, bids, asks });
  }

  feed() {
    this.#seq += 1;
    return { conn: 1, sid: 1, seq: this.#seq };
  }

  hold(ticker: string): void {
    const at = epochMs(this.at);
    this.engine.apply({
      ...{ type: 'fill', at, tradeId: `t-${ticker}`, orderId: `o-${ticker}`, clientOrderId: '', ticker, side: 'bid' },
      ...{ price: centicents(3_000), size: centicontracts(1_000), isTaker: false, fee: microdollars(0) },
    });
    this.book(ticker);
  }

  delta(ticker: string, n: number): void {
    const delta = centicontracts(n % 2 === 0 ? 100 : -100);
    const at = epochMs(this.at);
    this.engine.apply({
      ...{ type: 'book_delta', at, feed: this.feed(), ticker, side: 'bid', price: centicents(3_700), delta },
    });
  }

  turn(): void {
    this.#turn += 1;
    this.engine.apply({ type: 'turn', at: epochMs(this.at), turn: this.#turn });
    this.engine.takeLog();
  }
}

function measureQuotes(source: FairSource) {
  const isOfCoin = source.kind === 'settlement-average' || source.kind === 'blend';
  const market = marketOf(0, isOfCoin ? 'BRTI' : 'SPX', { type: 'greater_or_equal', floor: 6_900 });
  const priced = new Priced(source, [market]);
  const { ticker } = market;
  const deltas = (n: number) => {
    priced.delta(ticker, n);
    return () => priced.turn();
  };
  const micros = sorted(timed(WARM, TURNS, deltas));
  const decision = priced.engine.market(ticker)?.decision;
  if (decision?.fair === undefined) throw new Error(`${source.kind} priced nothing: ${decision?.gate?.reason}`);
  const references = new References();
  for (let n = 0; n < 120; n += 1) {
    const at = epochMs(NOW - 120_000 + n * 1_000);
    const index = isOfCoin ? 'BRTI' : 'SPX';
    references.apply({ type: 'reference_price', at, index, value: 6_900 + (n % 3) * 0.2, exchangeAt: at });
  }
  const book = priced.engine.books.get(ticker)?.book;
  const levels = { bids: book?.levels('bid', 5) ?? [], asks: book?.levels('ask', 5) ?? [] };
  const reference = references.get(isOfCoin ? 'BRTI' : 'SPX');
  const forecast = {
    ...{ at: epochMs(NOW), model: 'bench', about: ticker, madeAt: epochMs(NOW), reasons: [] },
    says: { kind: 'normal', mean: 6_900, sd: 10, doubt: 1, grid: 0.01 },
  } as const;
  const alone = sorted(
    timed(WARM, TURNS, () => () => {
      fairValue(source, {
        ...{ others: { kind: 'levels', levels }, at: epochMs(NOW), market },
        outside: {
          ...(reference !== undefined && { reference }),
          forecast: () => forecast,
          calibration: () => CALIBRATION,
        },
      });
    }),
  );
  return { p50: quantile(micros, 0.5), p99: quantile(micros, 0.99), alone: quantile(alone, 0.5) };
}

function measureLadder(isHeld: boolean) {
  const floors = [...Array(BINS).keys()].map((n) => 6_800 + n * 5);
  const markets = floors.map((floor, n) => marketOf(n, 'SPX', { type: 'between', floor, cap: floor + 4.99 }));
  const priced = new Priced({ kind: 'index-ladder', referenceAgeMsMax: FOREVER }, markets);
  if (isHeld) {
    const thresholds = floors.filter((_, n) => n % 10 === 5).map((floor, n) => thresholdOf(n, floor));
    for (const market of thresholds) priced.engine.apply({ type: 'market_defined', at: epochMs(NOW), market });
    for (const { ticker } of [...markets.slice(16, 24).filter((_, n) => n % 2 === 0), ...thresholds])
      priced.hold(ticker);
    priced.turn();
  }
  const micros = timed(LADDER_TURNS, LADDER_TURNS, (n) => () => {
    priced.price(6_900 + (n % 5) * 0.05, epochMs(NOW + n));
    priced.turn();
  });
  const legs = priced.engine.market(markets[0]?.ticker ?? '')?.decision?.quote?.numbers.ladderLegs ?? 0;
  if (legs !== (isHeld ? HELD : 0)) throw new Error(`${legs} held legs move the prices`);
  const quoted = markets.filter(({ ticker }) => priced.engine.market(ticker)?.decision?.fair !== undefined).length;
  if (quoted < BINS) throw new Error(`only ${quoted} of ${BINS} bins were priced`);
  return micros;
}

/** µs of what `prepare` returns, in order. */
function timed(warm: number, count: number, prepare: (n: number) => () => void): readonly number[] {
  const micros: number[] = [];
  for (let n = 0; n < warm + count; n += 1) {
    const work = prepare(n);
    const startedMs = performance.now();
    work();
    if (n >= warm) micros.push((performance.now() - startedMs) * 1_000);
  }
  return micros;
}

function sorted(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function quantile(rising: readonly number[], part: number): number {
  return rising[Math.min(rising.length - 1, Math.floor(part * rising.length))] as number;
}

function noClock() {
  return {
    series: {},
    news: { ...{ beforeMs: 0, afterMs: 0 }, releases: benchConfig().parameters.clock?.news.releases ?? [] },
  };
}

function thresholdOf(n: number, floor: number): Market {
  const market = marketOf(n, 'SPX', { type: 'greater_or_equal', floor });
  return { ...market, ticker: `KXBENCHU-E-T${n}`, eventTicker: 'KXBENCHU-E', isMutuallyExclusive: false };
}

function marketOf(n: number, index: 'SPX' | 'BRTI', strike: Strike): Market {
  return {
    ...{ ticker: `KXBENCH-E-B${n}`, eventTicker: 'KXBENCH-E', seriesTicker: 'KXBENCH', shard: 0, status: 'active' },
    ...{ openAt: epochMs(NOW - 3_600_000), closeAt: CLOSE, strike, title: 'bench', grid: LINEAR_CENT },
    fees: { type: 'quadratic', multiplier: { numerator: 1, denominator: 1 } },
    settles: index === 'SPX' ? { kind: 'level', index } : { kind: 'average', index, seconds: 60 },
    isMutuallyExclusive: true,
  };
}
