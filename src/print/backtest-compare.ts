/** Two backtests beside each other: the difference in each band with its uncertainty, then market by market. */
import type { RunComparison } from '../lib/app/backtest/compare.ts';
import type { Comparison } from '../lib/core/backtest/comparison.ts';
import { formatMoney } from '../lib/core/units.ts';
import { estimated, interval, withError } from './backtest-money.ts';
import {
  count,
  counted,
  type DocumentCell,
  money,
  type ReportDocument,
  type Section,
  text,
} from './report-document.ts';

export function compareDocument({ a, b, bands }: RunComparison): ReportDocument {
  const [first] = bands;
  return {
    ...{ name: 'backtest_compare', period: `${a.id.slice(0, 8)}-${b.id.slice(0, 8)}` },
    title: `A ${a.strategy} against B ${b.strategy}`,
    subtitle: `A is run ${a.id}, B run ${b.id}, over the same data; paired by market, one observation an event.`,
    warnings: bands.map(({ mode, comparison }) => `${mode}: ${verdictText(comparison)}`),
    lead: [],
    sections: [
      {
        id: 'difference',
        title: 'A less B',
        tables: [
          {
            nothing: '',
            columns: [
              { title: 'Fills', measure: 'band', unit: '', isText: true },
              { title: 'A $', measure: 'a', unit: 'dollars' },
              { title: 'B $', measure: 'b', unit: 'dollars' },
              { title: 'A − B $', measure: 'difference', unit: 'dollars' },
              { title: '95 % from', measure: 'low', unit: 'dollars' },
              { title: 'to', measure: 'high', unit: 'dollars' },
              { title: 'A better', measure: 'better', unit: 'count' },
              { title: '95 %', measure: 'better_interval', unit: '', isText: true, leaves: 2 },
            ],
            rows: bands.map(({ mode, comparison }) => [text(mode), ...differenceCells(comparison)]),
          },
        ],
      },
      ...(first === undefined ? [] : [pairsSection(bands)]),
    ],
  };
}

function differenceCells({
  a,
  b,
  difference,
  total,
  better,
  worse,
  interval: of,
}: Comparison): readonly DocumentCell[] {
  const { error } = total;
  const shown = money(difference);
  return [
    money(a),
    money(b),
    error === undefined ? shown : { ...shown, text: withError(difference / 1e6, error).text },
    estimated(total.interval?.low),
    estimated(total.interval?.high),
    { text: `${better} of ${better + worse}`, exact: better },
    text(interval(of) || null),
  ];
}

function pairsSection(bands: RunComparison['bands']): Section {
  const { comparison, mode } = bands.find((one) => one.mode === 'calibrated') ?? (bands[0] as (typeof bands)[number]);
  return {
    id: 'markets',
    title: `Markets (${mode})`,
    tables: [
      {
        nothing: 'None.',
        columns: [
          { title: 'Market', measure: 'ticker', unit: '', isText: true },
          { title: 'A $', measure: 'a', unit: 'dollars' },
          { title: 'B $', measure: 'b', unit: 'dollars' },
          { title: 'A − B $', measure: 'difference', unit: 'dollars' },
        ],
        rows: comparison.pairs.map(({ ticker, a, b, difference }) => [
          text(ticker),
          money(a),
          money(b),
          money(difference),
        ]),
      },
    ],
    figures: [{ name: 'events in which both made the same', value: count(comparison.same), unit: 'count' }],
  };
}

function verdictText({ verdict, total }: Comparison): string {
  const events = counted(total.events, 'event');
  switch (verdict) {
    case 'a':
      return `A made more than B, beyond what chance explains (${events}, 95 %).`;
    case 'b':
      return `B made more than A, beyond what chance explains (${events}, 95 %).`;
    case 'not_told_apart':
      return `the two are not told apart (${events}, 95 %).`;
    case 'too_few':
      return `no verdict: ${events}, and below 30 nothing is concluded.`;
    default:
      return verdict satisfies never;
  }
}

export function compareRecord({ a, b, bands }: RunComparison) {
  return {
    ...{ type: 'backtest_compare' as const, a, b },
    bands: bands.map(({ mode, comparison }) => ({
      ...{ mode, verdict: comparison.verdict, events: comparison.total.events },
      ...{ aDollars: formatMoney(comparison.a), bDollars: formatMoney(comparison.b) },
      differenceDollars: formatMoney(comparison.difference),
      error: comparison.total.error ?? null,
      ...{ low: comparison.total.interval?.low ?? null, high: comparison.total.interval?.high ?? null },
      ...{ better: comparison.better, worse: comparison.worse, same: comparison.same, interval: comparison.interval },
      markets: comparison.pairs.map(({ ticker, a: one, b: other, difference }) => ({
        ...{ ticker, aDollars: formatMoney(one), bDollars: formatMoney(other) },
        differenceDollars: formatMoney(difference),
      })),
    })),
  };
}
