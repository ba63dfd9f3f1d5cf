/**
 * `kmm report calibration`: fair values held against what came and against the mid, of all that was said at times fixed
 * beforehand and of what was filled, side by side; in money where there were fills; and how far each model is believed by it
 * (A-FR2.5, E-4).
 */
import { easternDay } from '../../core/eastern.ts';
import { type DecidedHonesty, decidedHonesty } from '../../core/honesty/decided.ts';
import { type EvBin, evBins } from '../../core/honesty/ev-bins.ts';
import { type FilledHonesty, filledHonesty } from '../../core/honesty/filled.ts';
import { HORIZONS_S, horizonName, horizonPassed } from '../../core/honesty/horizons.ts';
import { type JudgedModel, judgedModels, type ModelRows } from '../../core/honesty/judged.ts';
import type { EstimateRow, FilledRow } from '../../core/honesty/standing.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { EnvironmentName } from '../config/home.ts';
import { type HonestySettings, standingRules } from '../config/honesty.ts';
import { KmmError } from '../errors/errors.ts';
import { estimateRowOf, filledRowOf } from '../honesty/rows.ts';
import { dayName } from './period.ts';
import { accountOf, type ReportSources } from './report-account.ts';

export interface CalibrationReport {
  readonly env: EnvironmentName;
  readonly account: string;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly groups: readonly CalibrationGroup[];
  /** By model and series, by the rules that a session goes by, whatever `from` is. */
  readonly models: readonly JudgedModel[];
  readonly evBins: readonly (EvBin & { readonly model: string; readonly series: string })[];
  readonly leftOut: LeftOut;
}

export interface LeftOut {
  /** By hand or from elsewhere, without a fair value, without a mid, or of markets that have not paid all or nothing yet. */
  readonly fills: number;
  /** Of markets without a result yet. */
  readonly open: number;
  /** Of markets that did not pay all or nothing. */
  readonly scalar: number;
}

export interface CalibrationGroup {
  readonly by: 'all' | 'model' | 'series' | 'close';
  readonly name: string;
  readonly decided: DecidedHonesty;
  readonly filled: FilledHonesty;
}

export interface CalibrationRequest {
  readonly account?: string;
  readonly since?: EpochMs;
  readonly honesty: HonestySettings;
  readonly now: EpochMs;
}

/** Throws KMM_USAGE (`since` lies ahead), KMM_REPORT_ACCOUNT, KMM_NOTHING_RECORDED. */
export function calibrationReport({ rows, home }: ReportSources, request: CalibrationRequest): CalibrationReport {
  const { account: name, since, honesty, now } = request;
  const sessions = rows.sessions();
  const account = accountOf(sessions, { name });
  const from = since ?? sessions.find((one) => one.account === account)?.startedAt ?? now;
  const to = epochMs(now + 1);
  if (from >= to) throw new KmmError('KMM_USAGE', `${dayName(easternDay(from))} has not begun`);
  const rules = standingRules(honesty, now);
  const span = { from: epochMs(Math.min(from, rules.from)), to };
  const [estimates, fills] = [rows.settledEstimates(account, span), rows.filledEstimates(account, span)];
  const all: ModelRows = {
    estimates: estimates.flatMap((one) => estimateRowOf(one) ?? []),
    filled: fills.flatMap((one) => filledRowOf(one) ?? []),
  };
  const within = { from, to };
  const said = all.estimates.filter(({ at }) => at >= from);
  const bets = fills.filter(({ at }) => at >= from).flatMap((one) => filledRowOf(one) ?? []);
  return {
    ...{ env: home.env, account, from, until: now },
    groups: groupsOf(said, bets),
    models: judgedModels(all, rules),
    evBins: [...Map.groupBy(bets, ({ model, series }) => `${model}\n${series}`)]
      .sort(([a], [b]) => a.localeCompare(b))
      .flatMap(([, some]) => {
        const { model = '', series = '' } = some[0] ?? {};
        return evBins(some).map((bin) => ({ model, series, ...bin }));
      }),
    leftOut: {
      fills: fills.filter(({ at }) => at >= from).length - bets.length,
      open: rows.openEstimates(account, within),
      scalar: estimates.filter(({ at }) => at >= from).length - said.length,
    },
  };
}

function groupsOf(said: readonly EstimateRow[], bets: readonly FilledRow[]): readonly CalibrationGroup[] {
  const groupOf = (by: CalibrationGroup['by'], name: string, rows: ModelRows): CalibrationGroup => ({
    ...{ by, name, decided: decidedHonesty(rows.estimates), filled: filledHonesty(rows.filled) },
  });
  const grouped = (by: 'model' | 'series') => {
    const [rows, fills] = [Map.groupBy(said, (row) => row[by]), Map.groupBy(bets, (row) => row[by])];
    const names = [...new Set([...rows.keys(), ...fills.keys()])].sort((a, b) => a.localeCompare(b));
    return names.map((name) => groupOf(by, name, { estimates: rows.get(name) ?? [], filled: fills.get(name) ?? [] }));
  };
  const rows = Map.groupBy(said, ({ horizonS }) => horizonS);
  // A fill is of the time to close that was passed last.
  const fills = Map.groupBy(bets, ({ secondsToClose }) => horizonPassed(secondsToClose));
  const closes = [undefined, ...HORIZONS_S].flatMap((horizonS) => {
    const part = {
      estimates: horizonS === undefined ? [] : (rows.get(horizonS) ?? []),
      filled: fills.get(horizonS) ?? [],
    };
    if (part.estimates.length + part.filled.length === 0) return [];
    return [groupOf('close', horizonS === undefined ? 'other' : horizonName(horizonS), part)];
  });
  return [
    groupOf('all', 'all', { estimates: said, filled: bets }),
    ...[...grouped('model'), ...grouped('series'), ...closes],
  ];
}
