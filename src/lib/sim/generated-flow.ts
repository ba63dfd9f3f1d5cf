/**
 * The generated world's own life: series list their events in time, markets open, are quoted and traded by the world's
 * participants, close, are determined and settled; the reference ticks five times a second.
 */
import { never } from '../core/invariant.ts';
import type { Market } from '../core/market.ts';
import { type EpochMs, epochMs } from '../core/units.ts';
import { describeMarket, listMarket, openMarket, scheduleClose } from './exchange/lifecycle.ts';
import { MatchedBook } from './exchange/matched-book.ts';
import type { Listing } from './exchange/records.ts';
import type { ExchangeState } from './exchange/state.ts';
import { IndexPath } from './index-path.ts';
import { dailyHighProgram } from './markets/daily-high.ts';
import { hourlyLadderProgram } from './markets/hourly-ladder.ts';
import { indexCloseProgram, indexHourlyProgram } from './markets/index-series.ts';
import type { ScheduledEvent, ScheduledMarket, SeriesProgram } from './markets/program.ts';
import { quarterHourProgram } from './markets/quarter-hour.ts';
import { populate } from './participants/populate.ts';
import { normal, type SplittableStream } from './random.ts';
import { ReferencePath, TICK_MS } from './reference.ts';
import { type BuiltInSeries, INDEX_SERIES, type IndexSeries } from './series.ts';

const INDEX = 'BRTI';
/** What INDEX_SERIES settle on. */
const LEVEL_INDEX = 'SPX';
const LEVEL = { mean: 6_900, deviation: 300 };
const QUARTER_HOUR_MS = 900_000;
/** The path begins early enough for the strike of the market that is open when the world starts. */
const PATH_LEAD_MS = 120_000;
const PRICE = { mean: 85_000, deviation: 5_000 };
const ANNUAL_VOLATILITY = 0.45;
/** A strike that is an average is published this long after the open. */
const STRIKE_DELAY_MS = 1_000;

export function seriesPrograms(
  names: readonly BuiltInSeries[],
  startAt: EpochMs,
  stream: SplittableStream,
): { readonly path: ReferencePath; readonly index?: IndexPath; readonly programs: readonly SeriesProgram[] } {
  const own = stream.split('reference');
  const path = new ReferencePath({
    stream: own.split('path'),
    startAt: epochMs(Math.floor(startAt / QUARTER_HOUR_MS) * QUARTER_HOUR_MS - PATH_LEAD_MS),
    price: normal(own.split('price'), PRICE.mean, PRICE.deviation),
    annualVolatility: ANNUAL_VOLATILITY,
  });
  const average = (name: Exclude<BuiltInSeries, IndexSeries>) => programOf(name, path, stream);
  if (!names.some(isIndexSeries)) return { path, programs: names.filter((name) => !isIndexSeries(name)).map(average) };
  const levels = stream.split('index');
  const level = normal(levels.split('level'), LEVEL.mean, LEVEL.deviation);
  const index = new IndexPath({ stream: levels.split('path'), startAt, level });
  const programs = names.map((name) => (isIndexSeries(name) ? INDEX_PROGRAMS[name](index) : average(name)));
  return { path, index, programs };
}

function isIndexSeries(name: BuiltInSeries): name is IndexSeries {
  return INDEX_SERIES.some((series) => series === name);
}

const INDEX_PROGRAMS: Readonly<Record<IndexSeries, (path: IndexPath) => SeriesProgram>> = {
  KXINXU: indexHourlyProgram,
  KXINX: indexCloseProgram,
};

/** While New York trades; between sessions nothing is said, as by a feed of the real one. */
export function startIndex({ schedule, facts }: ExchangeState, path: IndexPath): void {
  const say = (at: EpochMs): void => {
    schedule.add(at, () => {
      facts.add({ type: 'index_level', at, index: LEVEL_INDEX, value: path.publishedAt(at) });
      next(epochMs(at + 1));
    });
  };
  const next = (from: EpochMs): void => {
    const at = path.nextTickAt(from);
    if (at !== undefined) say(at);
  };
  next(schedule.now);
}

export function startReference({ schedule, facts }: ExchangeState, path: ReferencePath): void {
  const tick = (at: EpochMs): void => {
    schedule.add(at, () => {
      facts.add(path.factAt(at, INDEX));
      tick(epochMs(at + TICK_MS));
    });
  };
  tick(epochMs(Math.ceil(schedule.now / TICK_MS) * TICK_MS));
}

export function startSeries(exchange: ExchangeState, program: SeriesProgram, stream: SplittableStream): void {
  const list = (event: ScheduledEvent | undefined): void => {
    if (event === undefined) return;
    exchange.schedule.add(event.listAt, () => {
      listEvent(exchange, program, event, stream);
      list(program.eventAfter(event));
    });
  };
  list(program.eventAt(exchange.schedule.now));
}

function listEvent(
  exchange: ExchangeState,
  program: SeriesProgram,
  event: ScheduledEvent,
  stream: SplittableStream,
): void {
  const { facts } = program;
  for (const scheduled of event.markets(exchange.schedule.now)) {
    const listing = listMarket(exchange, {
      market: marketOf(program, event, scheduled),
      event: {
        eventTicker: event.eventTicker,
        seriesTicker: facts.ticker,
        title: event.title,
        shard: facts.shard,
        isMutuallyExclusive: facts.isMutuallyExclusive,
      },
      settlementTimerSeconds: facts.settlementTimerSeconds,
      book: new MatchedBook(),
      isRecorded: false,
      outcomeAt: scheduled.outcome,
    });
    scheduleLife(exchange, listing, scheduled, () =>
      populate(exchange, listing, scheduled, program.participants, stream),
    );
  }
}

function scheduleLife(exchange: ExchangeState, listing: Listing, scheduled: ScheduledMarket, onOpen: () => void): void {
  const { schedule } = exchange;
  const { openAt } = listing.market;
  schedule.add(openAt, () => {
    openMarket(exchange, listing);
    onOpen();
  });
  if (scheduled.strikeAtOpen !== undefined) {
    schedule.add(epochMs(openAt + STRIKE_DELAY_MS), () => tellStrike(exchange, listing, scheduled));
  }
  scheduleClose(exchange, listing);
}

function tellStrike(exchange: ExchangeState, listing: Listing, scheduled: ScheduledMarket): void {
  const strike = scheduled.strikeAtOpen?.();
  if (strike === undefined) return;
  describeMarket(exchange, listing, { strike, title: `Target price: $${strike.floor?.toFixed(2)}` });
}

function marketOf({ facts }: SeriesProgram, event: ScheduledEvent, scheduled: ScheduledMarket): Market {
  return {
    ticker: scheduled.ticker,
    eventTicker: event.eventTicker,
    seriesTicker: facts.ticker,
    shard: facts.shard,
    status: 'initialized',
    openAt: event.openAt,
    closeAt: event.closeAt,
    title: scheduled.title,
    grid: facts.grid,
    fees: facts.fees,
    isMutuallyExclusive: facts.isMutuallyExclusive,
    ...(facts.settles === undefined ? {} : { settles: facts.settles }),
    ...(scheduled.strike === undefined ? {} : { strike: scheduled.strike }),
  };
}

function programOf(
  name: Exclude<BuiltInSeries, IndexSeries>,
  path: ReferencePath,
  stream: SplittableStream,
): SeriesProgram {
  switch (name) {
    case 'KXBTC15M':
      return quarterHourProgram(path);
    case 'KXBTCD':
      return hourlyLadderProgram(path);
    case 'KXHIGHNY':
      return dailyHighProgram(stream.split('weather'));
    default:
      return never(name);
  }
}
