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
import { dailyHighProgram } from './markets/daily-high.ts';
import { hourlyLadderProgram } from './markets/hourly-ladder.ts';
import type { ScheduledEvent, ScheduledMarket, SeriesProgram } from './markets/program.ts';
import { quarterHourProgram } from './markets/quarter-hour.ts';
import { populate } from './participants/populate.ts';
import { normal, type SplittableStream } from './random.ts';
import { ReferencePath, TICK_MS } from './reference.ts';

/** Series that a generated world can run. */
export const BUILT_IN_SERIES = ['KXBTC15M', 'KXBTCD', 'KXHIGHNY'] as const;
export type BuiltInSeries = (typeof BUILT_IN_SERIES)[number];

const INDEX = 'BRTI';
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
): { readonly path: ReferencePath; readonly programs: readonly SeriesProgram[] } {
  const own = stream.split('reference');
  const path = new ReferencePath({
    stream: own.split('path'),
    startAt: epochMs(Math.floor(startAt / QUARTER_HOUR_MS) * QUARTER_HOUR_MS - PATH_LEAD_MS),
    price: normal(own.split('price'), PRICE.mean, PRICE.deviation),
    annualVolatility: ANNUAL_VOLATILITY,
  });
  return { path, programs: names.map((name) => programOf(name, path, stream)) };
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
  const list = (event: ScheduledEvent): void => {
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

function programOf(name: BuiltInSeries, path: ReferencePath, stream: SplittableStream): SeriesProgram {
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
