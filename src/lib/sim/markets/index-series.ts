/**
 * S&P 500 in the manner of KXINXU (every full hour of a session, whether the level is at least each of some strikes) and of
 * KXINX (at the end of a session, in which range it lies), on days on which New York trades; half days end at 13:00
 * (kalshi/api.md 9.2). The exchange opens them the evening before, with strikes far to both sides; here each opens when its
 * hour, or its session, has begun, so that a few strikes lie about the level.
 */
import { tradingDay } from '../../core/clock/trading-calendar.ts';
import { easternDay, easternTime, easternWallTime } from '../../core/eastern.ts';
import { invariant } from '../../core/invariant.ts';
import type { Strike } from '../../core/market.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { IndexPath } from '../index-path.ts';
import { MEASURED } from '../participants/profile.ts';
import { seriesFacts } from '../series.ts';
import { levelMarket } from './level-market.ts';
import type { ScheduledEvent, ScheduledMarket, SeriesProgram } from './program.ts';
import { tickerClock } from './ticker-date.ts';

const HOUR_MS = 3_600_000;
const HOUR_MINUTES = 60;
const NOON_MINUTES = 720;
/** After the open of New York: its first level is known. */
const FIRST_OPEN_MS = 60_000;
const LISTED_BEFORE_OPEN_MS = 30_000;
/** The calendar knows no day so far ahead: nothing is listed any more. */
const DAYS_AHEAD_MAX = 30;
const RUNG_POINTS = 5;
const RUNGS = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
const RANGE_POINTS = 25;
const RANGES = [-4, -3, -2, -1, 0, 1, 2, 3];
/** The last published level below a strike, as the exchange writes it. */
const JUST_BELOW = 0.0001;

/** One moment at which the level is fixed. */
interface Fix {
  readonly openAt: EpochMs;
  readonly closeAt: EpochMs;
}

type FixesOf = (session: { readonly opensAt: EpochMs; readonly closesAt: EpochMs }) => readonly Fix[];

export function indexHourlyProgram(path: IndexPath): SeriesProgram {
  return program(path, 'KXINXU', hourly, (event, closeAt, level) => {
    const middle = Math.round(level / RUNG_POINTS);
    return RUNGS.map((rung) => threshold(path, event, closeAt, (middle + rung) * RUNG_POINTS));
  });
}

export function indexCloseProgram(path: IndexPath): SeriesProgram {
  return program(path, 'KXINX', atClose, (event, closeAt, level) => {
    const middle = Math.round(level / RANGE_POINTS);
    const floors = RANGES.map((step) => (middle + step) * RANGE_POINTS);
    const [lowest, highest] = [floors[0] as number, (floors.at(-1) as number) + RANGE_POINTS];
    return [
      tail(path, event, closeAt, { type: 'less', cap: lowest }),
      ...floors.map((floor) => range(path, event, closeAt, floor)),
      tail(path, event, closeAt, { type: 'greater', floor: highest - JUST_BELOW }),
    ];
  });
}

const hourly: FixesOf = ({ opensAt, closesAt }) => {
  const fixes: Fix[] = [];
  const first = easternWallTime(easternDay(opensAt), (easternTime(opensAt).hour + 1) * HOUR_MINUTES);
  for (let at: number = first; at <= closesAt; at += HOUR_MS) {
    fixes.push({ openAt: epochMs(Math.max(at - HOUR_MS, opensAt + FIRST_OPEN_MS)), closeAt: epochMs(at) });
  }
  return fixes;
};

const atClose: FixesOf = ({ opensAt, closesAt }) => [{ openAt: epochMs(opensAt + FIRST_OPEN_MS), closeAt: closesAt }];

function program(
  path: IndexPath,
  series: 'KXINXU' | 'KXINX',
  fixesOf: FixesOf,
  markets: (eventTicker: string, closeAt: EpochMs, level: number) => readonly ScheduledMarket[],
): SeriesProgram {
  const facts = seriesFacts(series);
  const eventAt = (at: EpochMs): ScheduledEvent | undefined => {
    const fix = nextFix(fixesOf, at);
    if (fix === undefined) return undefined;
    const eventTicker = `${series}-${tickerClock(fix.closeAt)}`;
    return {
      ...{ eventTicker, title: facts.title, ...fix },
      listAt: epochMs(fix.openAt - LISTED_BEFORE_OPEN_MS),
      markets: (listedAt) => markets(eventTicker, fix.closeAt, path.levelAt(listedAt)),
    };
  };
  return { facts, participants: MEASURED, eventAt, eventAfter: ({ closeAt }) => eventAt(closeAt) };
}

/** The first that is still to come; undefined where the calendar ends before it. */
function nextFix(fixesOf: FixesOf, at: EpochMs): Fix | undefined {
  const today = easternDay(at);
  for (let day = today; day < today + DAYS_AHEAD_MAX; day += 1) {
    const trading = tradingDay(easternWallTime(day, NOON_MINUTES));
    const fix = trading.kind === 'open' ? fixesOf(trading).find(({ closeAt }) => closeAt > at) : undefined;
    if (fix !== undefined) return fix;
  }
  return undefined;
}

/** "7,650 or above" is `T7649.9999`, and its floor is that. */
function threshold(path: IndexPath, event: string, closeAt: EpochMs, points: number): ScheduledMarket {
  const floor = points - JUST_BELOW;
  const strike: Strike = { type: 'greater', floor };
  return levelMarket({ path, ticker: `${event}-T${floor.toFixed(4)}`, title: `${points} or above`, strike, closeAt });
}

/** `B6987` is 6975 to 6999.9999: its middle, cut off. */
function range(path: IndexPath, event: string, closeAt: EpochMs, floor: number): ScheduledMarket {
  const cap = floor + RANGE_POINTS - JUST_BELOW;
  const ticker = `${event}-B${Math.floor(floor + RANGE_POINTS / 2)}`;
  const title = `between ${floor} and ${cap.toFixed(4)}`;
  return levelMarket({ path, ticker, title, strike: { type: 'between', floor, cap }, closeAt });
}

function tail(path: IndexPath, event: string, closeAt: EpochMs, strike: Strike): ScheduledMarket {
  const { type, floor, cap } = strike;
  invariant((floor === undefined) !== (cap === undefined), 'a tail has one end');
  const ticker = `${event}-T${floor === undefined ? cap : floor.toFixed(4)}`;
  const title = type === 'less' ? `below ${cap}` : `${((floor as number) + JUST_BELOW).toFixed(0)} or above`;
  return levelMarket({ path, ticker, title, strike, closeAt });
}
