/**
 * News whose time is known beforehand (BLS at 8:30, the FOMC at 14:00, …): what it moves is not quoted from shortly before
 * it until shortly after, because whoever reads it first would be filled by us.
 */
import { dayOfDate, easternDay, easternWallTime } from '../eastern.ts';
import type { Market } from '../market.ts';
import { type EpochMs, epochMs } from '../units.ts';

/** One kind of news. Dates are Eastern, `YYYY-MM-DD`, in rising order; `daily` has no dates. */
export interface Release {
  readonly name: string;
  /** Eastern wall time. */
  readonly hour: number;
  readonly minute: number;
  readonly dates: readonly string[] | 'daily';
  /** Series that it moves, by the beginning of their names. */
  readonly series: readonly string[];
}

export interface NewsRules {
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly releases: readonly Release[];
}

/** One piece of news, with the time in which nothing may rest. */
export interface News {
  readonly name: string;
  readonly at: EpochMs;
  readonly pullsAt: EpochMs;
  readonly resumesAt: EpochMs;
}

/** The news that stops this market now, or undefined. */
export function newsNow(
  { seriesTicker }: Pick<Market, 'seriesTicker'>,
  rules: NewsRules,
  now: EpochMs,
): News | undefined {
  for (const release of thoseThatMove(seriesTicker, rules.releases)) {
    const at = nextTimeOf(release, rules, now);
    if (at !== undefined && now >= at - rules.beforeMs) return newsAt(at, release, rules);
  }
  return undefined;
}

/** The first news between two moments of one Eastern day that moves the market, both left out; undefined: none. */
export function newsBetween(
  { seriesTicker }: Pick<Market, 'seriesTicker'>,
  { releases }: NewsRules,
  from: EpochMs,
  until: EpochMs,
): EpochMs | undefined {
  const day = easternDay(from);
  let first: EpochMs | undefined;
  for (const release of thoseThatMove(seriesTicker, releases)) {
    for (const at of timesOf(release, from)) {
      if (at > from && at < until && easternDay(at) === day && (first === undefined || at < first)) first = at;
    }
  }
  return first;
}

/** What is known to come of the news that moves this market. */
export function newsOver(
  { seriesTicker }: Pick<Market, 'seriesTicker'>,
  rules: NewsRules | undefined,
  now: EpochMs,
): readonly News[] {
  return rules === undefined ? [] : comingNews(rules, now, seriesTicker);
}

/** Of every release the news that runs, or comes next; the earliest first. */
export function comingNews(rules: NewsRules, now: EpochMs, series?: string): readonly News[] {
  return rules.releases
    .filter((release) => series === undefined || moves(release, series))
    .flatMap((release) => nextOf(release, rules, now) ?? [])
    .sort((a, b) => a.at - b.at);
}

/** Dates after which a release of dates says nothing any more: the calendar must be brought up to date. */
export function endsOn({ dates }: Release): string | undefined {
  return dates === 'daily' ? undefined : dates.at(-1);
}

function moves({ series }: Release, seriesTicker: string): boolean {
  return series.some((beginning) => seriesTicker.startsWith(beginning));
}

/** By list and series. Every decision asks; where the rules change, the list is another one. */
const MOVERS = new WeakMap<readonly Release[], Map<string, readonly Release[]>>();

function thoseThatMove(seriesTicker: string, releases: readonly Release[]): readonly Release[] {
  let bySeries = MOVERS.get(releases);
  if (bySeries === undefined) {
    bySeries = new Map();
    MOVERS.set(releases, bySeries);
  }
  let movers = bySeries.get(seriesTicker);
  if (movers === undefined) {
    movers = releases.filter((release) => moves(release, seriesTicker));
    bySeries.set(seriesTicker, movers);
  }
  return movers;
}

function nextOf(release: Release, rules: NewsRules, now: EpochMs): News | undefined {
  const at = nextTimeOf(release, rules, now);
  return at === undefined ? undefined : newsAt(at, release, rules);
}

/** Of the news that runs, or comes next. */
function nextTimeOf(release: Release, { afterMs }: NewsRules, now: EpochMs): EpochMs | undefined {
  return timesOf(release, now).find((at) => at + afterMs > now);
}

function newsAt(at: EpochMs, { name }: Release, { beforeMs, afterMs }: NewsRules): News {
  return { name, at, pullsAt: epochMs(at - beforeMs), resumesAt: epochMs(at + afterMs) };
}

/** Every decision asks: dates are made times of once, and those of daily news once a day. */
const TIMES = new WeakMap<Release, { readonly day: number; readonly times: readonly EpochMs[] }>();

/** Daily news: yesterday's, today's and tomorrow's, as what comes before midnight may reach beyond it. */
function timesOf(release: Release, now: EpochMs): readonly EpochMs[] {
  const { dates, hour, minute } = release;
  const day = dates === 'daily' ? easternDay(now) : 0;
  const known = TIMES.get(release);
  if (known?.day === day) return known.times;
  const days = dates === 'daily' ? [day - 1, day, day + 1] : dates.map(dayOfDate);
  const times = days.map((one) => easternWallTime(one, hour * 60 + minute));
  TIMES.set(release, { day, times });
  return times;
}
