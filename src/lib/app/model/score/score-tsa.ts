/**
 * `kmm model score tsa`: the weekly average of throughput against results and prices. At the end of every daily candle the model is asked with the
 * days that were published then; both of its rivals, the middle of the market's quotes and the week before, are asked the same.
 */
import { csvRows } from '../../../adapters/reference/records.ts';
import { dayIn, tsaCounts } from '../../../adapters/reference/tsa-table.ts';
import { chanceOf, type Spread } from '../../../core/fair-value/forecast.ts';
import { runSteps } from '../../../core/fair-value/run-steps.ts';
import type { DayCount } from '../../../core/fair-value/tsa/throughput.ts';
import { dueDay, tsaWeek } from '../../../core/fair-value/tsa.ts';
import { compareForecasts, type Question } from '../../../core/honesty/rivals.ts';
import type { Strike } from '../../../core/market.ts';
import { epochMs } from '../../../core/units.ts';
import { KmmError } from '../../errors/errors.ts';
import { fileDigest } from '../file-digest.ts';
import { type ModelScore, type ScoreTable, Tally } from './model-score.ts';
import { parsedFile } from './read-text.ts';

export interface TsaScoreFiles {
  /** Days and passengers. */
  readonly data: string;
  /** Daily candles of the markets. */
  readonly candles: string;
  /** Their results. */
  readonly outcomes: string;
}

/** Half is half of the log-odds of market and model each. */
const PRICED = ['market', 'tsa', 'half', 'last week'];
const UNPRICED = ['last week', 'tsa'];

interface Asked extends Question {
  /** Days of the week that were published. */
  readonly known: number;
  readonly isPriced: boolean;
}

/** Throws KMM_MODEL_DATA. */
export async function scoreTsa({ data, candles, outcomes }: TsaScoreFiles): Promise<ModelScore> {
  const days = parsedFile(data, tsaCounts);
  const results = parsedFile(outcomes, resultsOf);
  const left = new Tally();
  const model = new AskedOnce(days);
  const asked = parsedFile(candles, candlesOf).flatMap((candle) => {
    const question = questionOf(candle, results, model);
    if (typeof question === 'string') left.add(question);
    else if (!question.isPriced) left.add('nobody quoted both sides: asked without the market');
    return typeof question === 'string' ? [] : [question];
  });
  if (asked.length === 0) throw new KmmError('KMM_MODEL_DATA', `${candles}: nothing in it can be asked`);
  const priced = asked.filter(({ isPriced }) => isPriced);
  return {
    model: 'tsa',
    tables: [
      ...tablesOf('results', asked, (some) => compareForecasts(some, UNPRICED, 'last week')),
      ...tablesOf('prices', priced, (some) => compareForecasts(some, PRICED, 'market')),
    ],
    leftOut: left.all(),
    sources: await Promise.all([data, candles, outcomes].map(fileDigest)),
  };
}

function tablesOf(name: string, asked: readonly Asked[], compare: (some: readonly Asked[]) => ScoreTable['rivals']) {
  const known = [...new Set(asked.map((one) => one.known))].sort((a, b) => a - b);
  const some = (count: number) => asked.filter((one) => one.known === count);
  return [
    { name: `against ${name}`, rivals: compare(asked) },
    ...known.map((count) => ({ name: `… with ${count} of 7 days published`, rivals: compare(some(count)) })),
  ];
}

interface Candle {
  readonly ticker: string;
  readonly sunday: number;
  readonly endsAt: number;
  readonly bid: number;
  readonly ask: number;
}

interface Result {
  readonly isTrue: boolean;
  readonly strike: Strike;
  readonly closesAt: number;
}

/** A question, or why it cannot be asked. */
function questionOf(candle: Candle, results: ReadonlyMap<string, Result>, model: AskedOnce): Asked | string {
  const { ticker, sunday, endsAt, bid, ask } = candle;
  const result = results.get(ticker);
  if (result === undefined) return 'no result';
  if (endsAt >= result.closesAt) return 'the market had closed';
  const answers = model.of(sunday, endsAt);
  if (typeof answers === 'string') return answers;
  const isPriced = bid > 0 && ask < 1 && bid < ask;
  const market = (bid + ask) / 2;
  const [tsa, lastWeek] = [answers.model, answers.lastWeek].map((says) => chanceOf(says, result));
  if (tsa?.kind !== 'estimate' || lastWeek?.kind !== 'estimate') return 'the strike says no interval';
  return {
    group: String(sunday),
    isTrue: result.isTrue,
    known: answers.known,
    isPriced,
    said: {
      ...{ tsa: tsa.probability, 'last week': lastWeek.probability },
      ...(isPriced && { market, half: halfway(market, tsa.probability) }),
    },
  };
}

/** Half of the log-odds of each; a certain model is held inside the prices that trade. */
function halfway(market: number, model: number): number {
  const held = Math.min(HELD_MOST, Math.max(1 - HELD_MOST, model));
  const odds = Math.sqrt((market / (1 - market)) * (held / (1 - held)));
  return odds / (1 + odds);
}

const HELD_MOST = 0.999;

/** All strikes of a week are asked at the same moments: the model answers each moment once. */
class AskedOnce {
  readonly #days: readonly DayCount[];
  readonly #answers = new Map<string, { model: Spread; lastWeek: Spread; known: number } | string>();

  constructor(days: readonly DayCount[]) {
    this.#days = days;
  }

  of(sunday: number, endsAt: number): { model: Spread; lastWeek: Spread; known: number } | string {
    const key = `${sunday} ${endsAt}`;
    const known = this.#answers.get(key) ?? this.#ask(sunday, endsAt);
    this.#answers.set(key, known);
    return known;
  }

  #ask(sunday: number, endsAt: number): { model: Spread; lastWeek: Spread; known: number } | string {
    const at = epochMs(endsAt);
    const published = this.#days.filter(({ day }) => day <= dueDay(at));
    const { says } = runSteps(tsaWeek({ days: published, sunday, at }));
    if (says.kind === 'refused') return says.code;
    if (says.kind === 'probability') return 'no distribution';
    const last = published.at(-1)?.day ?? Number.NaN;
    return { model: says, lastWeek: weekBefore(published, sunday), known: Math.max(0, last - (sunday - 7)) };
  }
}

/** The newest whole week as it was, as wide as weeks changed in the two years before. */
function weekBefore(published: readonly DayCount[], sunday: number): Spread {
  const counts = new Map(published.map(({ day, count }) => [day, count]));
  const average = (end: number) => {
    let sum = 0;
    for (let day = end - 6; day <= end; day += 1) sum += counts.get(day) ?? Number.NaN;
    return sum / 7;
  };
  let end = sunday - 7;
  while (Number.isNaN(average(end)) && end > sunday - 28) end -= 7;
  const apart = sunday - end;
  const changes = Array.from({ length: WEEKS }, (_, week) => average(end - 7 * week) - average(end - 7 * week - apart));
  const sd = Math.sqrt(changes.reduce((sum, change) => sum + change * change, 0) / WEEKS);
  return { kind: 'normal', mean: average(end), sd, doubt: 0, grid: 1 };
}

const WEEKS = 104;

function candlesOf(text: string): readonly Candle[] {
  const rows = csvRows(text, ['ticker', 'week_sunday', 'end_period_ts', 'yes_bid_close', 'yes_ask_close']);
  const price = (figure = '') => (figure === '' ? Number.NaN : Number(figure));
  return rows.map((row) => ({
    ...{ ticker: row.ticker ?? '', sunday: dayIn(row.week_sunday ?? '') ?? Number.NaN },
    ...{ endsAt: Number(row.end_period_ts) * 1_000, bid: price(row.yes_bid_close), ask: price(row.yes_ask_close) },
  }));
}

function resultsOf(text: string): ReadonlyMap<string, Result> {
  const rows = csvRows(text, ['ticker', 'floor_strike', 'cap_strike', 'close_time', 'result']);
  return new Map(
    rows.flatMap((row) => {
      const [floor, cap, result] = [row.floor_strike ?? '', row.cap_strike ?? '', row.result];
      if (floor === '' || cap !== '' || (result !== 'yes' && result !== 'no')) return [];
      const strike: Strike = { type: 'greater', floor: Number(floor) };
      const closesAt = Date.parse(row.close_time ?? '');
      return [[row.ticker ?? '', { isTrue: result === 'yes', strike, closesAt }] as const];
    }),
  );
}
