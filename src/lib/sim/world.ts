/**
 * The two kinds of simulated world: one whose flow is generated from a seed, one whose flow is a recording. The same
 * options, the same commands at the same times and the same drains give the same facts.
 */
import type { EngineEvent } from '../core/events.ts';
import type { EpochMs } from '../core/units.ts';
import { startWeeklyPause } from './exchange/pause.ts';
import { type ExchangeRules, openExchange } from './exchange/state.ts';
import { seriesPrograms, startIndex, startReference, startSeries } from './generated-flow.ts';
import { atPace } from './participants/profile.ts';
import { seededStream } from './random.ts';
import { type RecordedMarket, startRecording } from './recording.ts';
import { BUILT_IN_SERIES, type BuiltInSeries, type SeriesFacts, seriesFacts } from './series.ts';
import { SimWorld } from './sim-world.ts';
import type { VenueSeries } from './venue.ts';

export interface GeneratedWorldOptions {
  readonly seed: number | string;
  readonly startAt: EpochMs;
  /** Default: all of `BUILT_IN_SERIES`. */
  readonly series?: readonly BuiltInSeries[];
  readonly rules?: Partial<ExchangeRules>;
  /** Above 0; default 1. At 0.1 everybody but us acts ten times more seldom. */
  readonly pace?: number;
}

export function generatedWorld({
  seed,
  startAt,
  series = BUILT_IN_SERIES,
  rules = {},
  pace = 1,
}: GeneratedWorldOptions): SimWorld {
  const exchange = openExchange({ startAt, seed, rules });
  const stream = seededStream(seed);
  const { path, index, programs } = seriesPrograms(series, startAt, stream);
  startReference(exchange, path);
  if (index !== undefined) startIndex(exchange, index);
  for (const { participants, ...program } of programs) {
    startSeries(exchange, { ...program, participants: atPace(participants, pace) }, stream.split('participants'));
  }
  if (exchange.rules.hasWeeklyPause) startWeeklyPause(exchange);
  exchange.schedule.runTo(startAt);
  return new SimWorld(
    exchange,
    programs.map(({ facts }) => venueSeries(facts)),
  );
}

export interface RecordedWorldOptions {
  readonly seed: number | string;
  /** The time of the first event. */
  readonly startAt: EpochMs;
  /** In order of their `at`; read as the world advances. */
  readonly events: Iterator<EngineEvent>;
  readonly markets: readonly RecordedMarket[];
  readonly rules?: Partial<ExchangeRules>;
}

/** `nextAt` becomes undefined when the recording is over and everything that it leads to has happened. */
export function recordedWorld({ seed, startAt, events, markets, rules = {} }: RecordedWorldOptions): SimWorld {
  const exchange = openExchange({ startAt, seed, rules: { ...rules, hasWeeklyPause: false } });
  startRecording(exchange, markets, events);
  exchange.schedule.runTo(startAt);
  const series = new Map(markets.map(({ ticker }) => [seriesFacts(ticker).ticker, seriesFacts(ticker)]));
  return new SimWorld(exchange, [...series.values()].map(venueSeries));
}

function venueSeries({ ticker, title, category, frequency, fees, shard }: SeriesFacts): VenueSeries {
  return { ticker, title, category, frequency, fees, shard };
}
