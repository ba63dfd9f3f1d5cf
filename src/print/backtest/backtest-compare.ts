/** Two backtests beside each other: the difference in each band with its uncertainty, then market by market. */
import type { RunComparison } from '../../lib/app/backtest/compare.ts';
import { compareCharts } from '../../lib/app/backtest/compare-charts.ts';
import type { Comparison, LeftOut } from '../../lib/core/backtest/comparison.ts';
import { formatMoney } from '../../lib/core/units.ts';
import {
  count,
  counted,
  type DocumentCell,
  money,
  NOT_KNOWN,
  type ReportDocument,
  type Section,
  SIGNS,
  text,
} from '../report/report-document.ts';
import { estimated, interval } from './backtest-money.ts';

export function compareDocument({ a, b, bands, differences }: RunComparison): ReportDocument {
  const charts = compareCharts({ bands });
  return {
    ...{ name: 'backtest_compare', period: `${a.id.slice(0, 8)}-${b.id.slice(0, 8)}` },
    title: `A ${a.strategy} against B ${b.strategy}`,
    subtitle: `A is run ${a.id}, B run ${b.id}, paired by market, one observation an event.`,
    warnings: [
      ...bands.map(({ mode, comparison }) => `${mode}: ${verdictText(comparison)}`),
      ...bands.slice(0, 1).flatMap(({ comparison }) => leftOutTexts(comparison)),
    ],
    lead: [],
    sections: [
      {
        id: 'difference',
        title: 'A less B',
        charts,
        notes: ['± is one standard error; intervals are by Student’s t, of shares by Wilson.'],
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
      differencesSection(differences),
      pairsSection(bands),
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
    error === undefined ? shown : { ...shown, text: `${shown.text} ${SIGNS.plusMinus} ${error.toFixed(2)}` },
    estimated(total.interval?.low),
    estimated(total.interval?.high),
    { text: `${better} of ${better + worse}`, exact: better },
    text(interval(of) || null),
  ];
}

/** Below a sum of some markets nobody should think that it is of all. */
function leftOutTexts({ leftOut, pairs }: Comparison): readonly string[] {
  if (leftOut.length === 0) return [];
  const of = (why: LeftOut['why'], text: string) => {
    const some = leftOut.filter((one) => one.why === why).map(({ ticker }) => ticker);
    if (some.length === 0) return [];
    const more = some.length > NAMED_MAX ? ` and ${some.length - NAMED_MAX} more` : '';
    return [`${text} ${some.slice(0, NAMED_MAX).join(', ')}${more}`];
  };
  const parts = [
    ...of('only_a', 'only A followed'),
    ...of('only_b', 'only B followed'),
    ...of('read_otherwise', 'they read other records or results of'),
  ];
  return [`${counted(pairs.length, 'market')} compared, ${leftOut.length} left out of every sum: ${parts.join('; ')}.`];
}

const NAMED_MAX = 3;

function differencesSection(differences: RunComparison['differences']): Section {
  const column = { unit: '', isText: true } as const;
  const cell = (value: string | null): DocumentCell => {
    const shown = value === null || value.length <= VALUE_MAX ? value : `${value.slice(0, VALUE_MAX - 1)}${SIGNS.dots}`;
    return shown === null ? NOT_KNOWN : text(shown, value);
  };
  return {
    id: 'jobs',
    title: 'What differs between them',
    tables: [
      {
        nothing: 'Nothing: it is the same job twice.',
        columns: [
          { title: 'Key', measure: 'key', ...column },
          { title: 'A', measure: 'a', ...column },
          { title: 'B', measure: 'b', ...column },
        ],
        rows: differences.map(({ key, a, b }) => [text(key), cell(a), cell(b)]),
      },
    ],
  };
}

/** Values longer than this are whole in CSV and JSON. */
const VALUE_MAX = 24;

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

export function compareRecord({ a, b, bands, differences }: RunComparison) {
  return {
    ...{ type: 'backtest_compare' as const, a, b, differences },
    bands: bands.map(({ mode, comparison }) => ({
      ...{ mode, verdict: comparison.verdict, events: comparison.total.events },
      ...{ aDollars: formatMoney(comparison.a), bDollars: formatMoney(comparison.b) },
      differenceDollars: formatMoney(comparison.difference),
      error: comparison.total.error ?? null,
      ...{ low: comparison.total.interval?.low ?? null, high: comparison.total.interval?.high ?? null },
      ...{ better: comparison.better, worse: comparison.worse, same: comparison.same, interval: comparison.interval },
      leftOut: comparison.leftOut,
      markets: comparison.pairs.map(({ ticker, a: one, b: other, difference }) => ({
        ...{ ticker, aDollars: formatMoney(one), bDollars: formatMoney(other) },
        differenceDollars: formatMoney(difference),
      })),
    })),
  };
}
