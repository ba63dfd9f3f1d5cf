/** Market by market: what was expected, what came of it, how it was quoted, and why it is not (E-8). */
import { dateTimeText } from '../../format.ts';
import type { FillRealism } from '../../lib/app/backtest/fill-realism.ts';
import type { MoneyReport } from '../../lib/app/report/money-report.ts';
import type { LastDecision } from '../../lib/app/report/silence.ts';
import { formatMoney, type Microdollars } from '../../lib/core/units.ts';
import { warningsOf } from './reconciliation-section.ts';
import { count, money, NOT_KNOWN, type ReportDocument, real, share, text } from './report-document.ts';

export interface ScoreRow {
  readonly ticker: string;
  readonly fills: number;
  /** By the fair value at each fill, after fees. */
  readonly expected: Microdollars | null;
  readonly expectedFills: number;
  readonly realized: Microdollars | null;
  readonly quoted: number | null;
  readonly twoSided: number | null;
  /** Of the moments at which it was looked at: quotes on the book or a position held. */
  readonly atRisk: number | null;
  readonly lastAt: number | null;
  readonly last: LastDecision | undefined;
  readonly realism: FillRealism | undefined;
  /** Since what models say in its series was last held against a result; null: never. */
  readonly calibrationAgeSeconds: number | null;
}

export function scoreRows(
  report: MoneyReport,
  decisions: ReadonlyMap<string, LastDecision>,
  realism: ReadonlyMap<string, FillRealism>,
  settledAt: ReadonlyMap<string, number>,
): readonly ScoreRow[] {
  const pnl = new Map(report.markets.map((row) => [row.key, row]));
  const quotes = new Map(report.quoting.figures.map((one) => [one.ticker, one]));
  const tickers = [...new Set([...pnl.keys(), ...quotes.keys()])].filter((key) => key !== 'account').sort();
  return tickers.map((ticker) => {
    const [row, quote, expected] = [pnl.get(ticker), quotes.get(ticker), report.expected.get(ticker)];
    const isSampled = quote !== undefined && quote.samples > 0;
    return {
      ...{ ticker, fills: row?.fills ?? 0, expected: expected?.net ?? null, expectedFills: expected?.fills ?? 0 },
      realized: row?.net ?? null,
      quoted: isSampled ? quote.quoted : null,
      twoSided: isSampled ? quote.twoSided : null,
      atRisk: isSampled ? quote.atRisk : null,
      lastAt: quote?.lastAt ?? null,
      last: decisions.get(ticker),
      realism: realism.get(ticker),
      calibrationAgeSeconds: ageOf(settledAt.get(ticker), report.until),
    };
  });
}

function ageOf(at: number | undefined, until: number): number | null {
  return at === undefined ? null : Math.max(0, Math.round((until - at) / 1_000));
}

export function scoreboardDocument(report: MoneyReport, rows: readonly ScoreRow[]): ReportDocument {
  const { period, env, account, proof, until } = report;
  return {
    name: 'scoreboard',
    period: period.name,
    title: `Scoreboard ${period.name}, ${env}`,
    subtitle: `Account ${account}, until ${dateTimeText(until)}.`,
    warnings: warningsOf({ proof }),
    lead: [],
    sections: [
      {
        id: 'scoreboard',
        title: 'Markets',
        notes: [
          'Expected: by the fair value at each fill, after fees. Fill realism: contracts that the newest calibrated backtest over our own tapes was filled with, over those really filled by the same strategy, less one; a dash where there is none. Calibrated: since what models say in the series was last held against a result.',
        ],
        tables: [
          {
            nothing: 'No market was followed.',
            columns: [
              { title: 'Market', measure: 'ticker', unit: '', isText: true },
              { title: 'Fills', measure: 'fills', unit: 'count' },
              { title: 'Expected $', measure: 'expected', unit: 'dollars' },
              { title: 'Realized $', measure: 'realized', unit: 'dollars' },
              { title: 'Fill realism', measure: 'fill_realism_delta', unit: 'ratio' },
              { title: 'Calibrated s ago', measure: 'calibration_age', unit: 'seconds' },
              { title: 'Quoted', measure: 'quoted', unit: 'share' },
              { title: 'Both sides', measure: 'two_sided', unit: 'share' },
              { title: 'At risk', measure: 'at_risk', unit: 'share' },
              { title: 'Last seen', measure: 'last_seen', unit: '', isText: true },
              { title: 'Why not', measure: 'reasons', unit: '', isText: true, isLong: true },
            ],
            rows: rows.map((row) => [
              text(row.ticker),
              count(row.fills),
              money(row.expected),
              money(row.realized),
              real(row.realism?.delta, 2),
              count(row.calibrationAgeSeconds),
              share(row.quoted),
              share(row.twoSided),
              share(row.atRisk),
              row.lastAt === null
                ? NOT_KNOWN
                : text(dateTimeText(row.lastAt as MoneyReport['until']), new Date(row.lastAt).toISOString()),
              row.last === undefined ? NOT_KNOWN : text(row.last.isQuoted ? 'quoted' : row.last.reasons.join('; ')),
            ]),
          },
        ],
      },
    ],
  };
}

export function scoreboardRecord({ env, account, period, until, proof }: MoneyReport, rows: readonly ScoreRow[]) {
  return {
    ...{ type: 'report_scoreboard', env, account, period: period.name, until: new Date(until).toISOString() },
    proof: proof.kind,
    markets: rows.map(({ expected, realized, lastAt, last, realism, ...row }) => ({
      ...row,
      expectedDollars: expected === null ? null : formatMoney(expected),
      realizedDollars: realized === null ? null : formatMoney(realized),
      ...{
        fillRealismDelta: realism?.delta ?? null,
        fillRealismRun: realism?.runId ?? null,
      },
      lastAt: lastAt === null ? null : new Date(lastAt).toISOString(),
      isQuoted: last?.isQuoted ?? null,
      reasons: last?.reasons ?? [],
    })),
  };
}
