/** What is known of the days to come: news, the exchange's maintenance, and days on which New York trades less or not at all. */
import { easternDay, easternWallTime } from '../eastern.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { maintenanceWindow } from './maintenance.ts';
import { comingNews, type NewsRules } from './releases.ts';
import { tradingDay } from './trading-calendar.ts';

export interface Coming {
  readonly kind: 'news' | 'maintenance' | 'holiday' | 'early_close';
  readonly name: string;
  /** Of the thing itself. */
  readonly at: EpochMs;
  /** Nothing that it moves rests in this time; of a holiday, the day. */
  readonly from: EpochMs;
  readonly until: EpochMs;
  /** Series that it moves, by the beginning of their names; empty: all. */
  readonly series: readonly string[];
}

const NOON_MINUTES = 720;
const INDEX_SERIES = ['KXINX', 'KXNASDAQ100'] as const;

/** From now until then, the earliest first; `series`: only what moves it. */
export function comingEvents(news: NewsRules, now: EpochMs, until: EpochMs, series?: string): readonly Coming[] {
  return [...newsIn(news, now, until), ...maintenanceIn(now, until), ...tradingDaysIn(now, until)]
    .filter((one) => series === undefined || one.series.length === 0 || one.series.some((of) => series.startsWith(of)))
    .sort((a, b) => a.at - b.at);
}

function newsIn(rules: NewsRules, now: EpochMs, until: EpochMs): readonly Coming[] {
  return rules.releases.flatMap((release) => {
    const found: Coming[] = [];
    let from = now;
    for (;;) {
      const [next] = comingNews({ ...rules, releases: [release] }, from);
      if (next === undefined || next.at > until) return found;
      const { name, at, pullsAt, resumesAt } = next;
      found.push({ kind: 'news', name, at, from: pullsAt, until: resumesAt, series: release.series });
      from = resumesAt;
    }
  });
}

function maintenanceIn(now: EpochMs, until: EpochMs): readonly Coming[] {
  const found: Coming[] = [];
  for (let next = maintenanceWindow(now); next.startsAt <= until; next = maintenanceWindow(next.endsAt)) {
    const { startsAt, endsAt } = next;
    found.push({ kind: 'maintenance', name: 'exchange', at: startsAt, from: startsAt, until: endsAt, series: [] });
  }
  return found;
}

function tradingDaysIn(now: EpochMs, until: EpochMs): readonly Coming[] {
  const found: Coming[] = [];
  for (let day = easternDay(now); easternWallTime(day, 0) <= until; day += 1) {
    const trading = tradingDay(easternWallTime(day, NOON_MINUTES));
    const [from, end] = [easternWallTime(day, 0), epochMs(easternWallTime(day + 1, 0))];
    const common = { name: 'New York Stock Exchange', series: INDEX_SERIES } as const;
    if (trading.kind === 'closed' && trading.why === 'holiday')
      found.push({ ...common, kind: 'holiday', at: from, from, until: end });
    if (trading.kind === 'open' && trading.isEarly)
      found.push({ ...common, kind: 'early_close', at: trading.closesAt, from: trading.closesAt, until: end });
  }
  return found;
}
