/** `kmm report calibration`: fair values behind fills, held against what came, against the mid, and in money (A-FR2.5, E-4). */
import type { MarketRow } from '../../adapters/store/money-rows.ts';
import { easternDay } from '../../core/eastern.ts';
import { type FilledBet, type FilledHonesty, filledHonesty } from '../../core/honesty/filled.ts';
import { type EpochMs, epochMs, PRICE_ONE } from '../../core/units.ts';
import type { EnvironmentName } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { dayName } from './period.ts';
import { readPeriod } from './read-period.ts';
import { accountOf, type ReportSources } from './report-account.ts';

export interface CalibrationReport {
  readonly env: EnvironmentName;
  readonly account: string;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly groups: readonly CalibrationGroup[];
  /** Fills without a fair value, without a mid, or of markets that have not paid all or nothing yet. */
  readonly leftOut: number;
}

export interface CalibrationGroup {
  readonly by: 'all' | 'series' | 'close';
  readonly name: string;
  readonly filled: FilledHonesty;
}

/** Throws KMM_USAGE (`since` lies ahead), KMM_REPORT_ACCOUNT, KMM_NOTHING_RECORDED. */
export function calibrationReport(
  sources: ReportSources,
  { account: name, since, now }: { account?: string; since?: EpochMs; now: EpochMs },
): CalibrationReport {
  const { rows, home } = sources;
  const sessions = rows.sessions();
  const account = accountOf(sessions, { name });
  const from = since ?? sessions.find((one) => one.account === account)?.startedAt ?? now;
  const to = epochMs(now + 1);
  if (from >= to) throw new KmmError('KMM_USAGE', `${dayName(easternDay(from))} has not begun`);
  const { facts } = readPeriod(sources, { account, from, to, cuts: [], provenFrom: to, isMarked: true });
  const bets = betsOf(facts, sources.money.markets());
  const grouped = (by: CalibrationGroup['by'], key: (bet: FilledBet) => string) =>
    [...Map.groupBy(bets, key)]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([group, some]): CalibrationGroup => ({ by, name: group, filled: filledHonesty(some) }));
  const all: CalibrationGroup = { by: 'all', name: 'all', filled: filledHonesty(bets) };
  return {
    ...{ env: home.env, account, from, until: now, leftOut: facts.fills.length - bets.length },
    groups: [all, ...grouped('series', ({ series }) => series), ...grouped('close', closeOf)],
  };
}

function betsOf(
  { fills, marks, settlements }: ReturnType<typeof readPeriod>['facts'],
  markets: readonly MarketRow[],
): readonly FilledBet[] {
  const known = new Map(markets.map((market) => [market.ticker, market]));
  const paid = new Map(settlements.map((one) => [one.ticker, one]));
  const atFill = new Map(marks.filter(({ horizonMs }) => horizonMs === 0).map((mark) => [mark.tradeId, mark]));
  return fills.flatMap((fill): readonly FilledBet[] => {
    const [market, mark, settled] = [known.get(fill.ticker), atFill.get(fill.tradeId), paid.get(fill.ticker)];
    if (market === undefined || mark?.fair == null || settled === undefined) return [];
    if (settled.value !== 0 && settled.value !== PRICE_ONE) return [];
    return [
      {
        ...{ ticker: fill.ticker, event: market.eventTicker, series: market.seriesTicker },
        ...{ settledAt: settled.settledAt, secondsToClose: (market.closeAt - fill.at) / 1_000 },
        ...{ sign: fill.side === 'bid' ? 1 : -1, contracts: fill.size / 100, price: fill.price / PRICE_ONE },
        ...{ fair: mark.fair / PRICE_ONE, mid: mark.midDoubled / (2 * PRICE_ONE) },
        ...{ isTrue: settled.value === PRICE_ONE, fee: fill.fee / 1e6 },
      },
    ];
  });
}

function closeOf({ secondsToClose }: FilledBet): string {
  if (secondsToClose < 60) return 'under_60s';
  return secondsToClose < 300 ? '60_to_300s' : 'over_300s';
}
