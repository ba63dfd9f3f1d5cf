/** What a backtest made: its bands side by side, the parts of one of them by horizon, and what changes would have done. */
import type { BacktestReport } from '../../lib/app/backtest/report.ts';
import type { CentsEstimate } from '../../lib/core/backtest/estimate.ts';
import type { BacktestFigures } from '../../lib/core/backtest/figures.ts';
import { HORIZONS_MS } from '../../lib/core/pnl/split.ts';
import type { Interval } from '../../lib/core/pnl/wilson.ts';
import { type Microdollars, microdollars } from '../../lib/core/units.ts';
import { halves } from '../report/money-sections.ts';
import {
  amount,
  count,
  type DocumentCell,
  type DocumentColumn,
  money,
  NOT_KNOWN,
  real,
  type Section,
  SIGNS,
  share,
  size,
  text,
} from '../report/report-document.ts';

const MINUTE = HORIZONS_MS.length - 1;

interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly cell: (band: BacktestFigures) => DocumentCell;
}

/** Dollars that were estimated, as money. */
export function estimated(value: number | undefined): DocumentCell {
  return value === undefined || !Number.isFinite(value) ? NOT_KNOWN : money(microdollars(Math.round(value * 1e6)));
}

/** "0.35 ± 0.21": CSV has the first alone. */
function withError(value: number | null | undefined, error: number | undefined, decimals = 2): DocumentCell {
  const cell = real(value, decimals);
  return cell.exact === null || error === undefined
    ? cell
    : { ...cell, text: `${cell.text} ${SIGNS.plusMinus} ${error.toFixed(decimals)}` };
}

export function interval(of: Interval | null | undefined): string {
  return of == null ? '' : `${(of.low * 100).toFixed(0)}–${(of.high * 100).toFixed(0)} %`;
}

function measures({ bands, main }: BacktestReport): readonly Measure[] {
  const { total, days } = bands[main]?.money ?? { total: { events: 0 }, days: 0 };
  return [
    { name: 'net $', unit: 'dollars', cell: ({ net }) => money(net) },
    { name: '95 % from', unit: 'dollars', cell: ({ money: { total } }) => estimated(total.interval?.low) },
    { name: '95 % to', unit: 'dollars', cell: ({ money: { total } }) => estimated(total.interval?.high) },
    {
      name: 'events, filled in',
      unit: 'count',
      cell: ({ money: one }) => filledIn(one.total.events, one.filledEvents),
    },
    { name: 'spread captured $', unit: 'dollars', cell: ({ split }) => halves(split.spread) },
    { name: 'markout 60 s $', unit: 'dollars', cell: ({ split }) => halves(split.horizons[MINUTE]?.markout) },
    { name: 'carry to the end $', unit: 'dollars', cell: ({ split }) => halves(split.horizons[MINUTE]?.residual) },
    { name: 'not told apart $', unit: 'dollars', cell: ({ split }) => halves(split.horizons[MINUTE]?.unknown) },
    { name: 'fees $', unit: 'dollars', cell: ({ fees }) => amount(fees) },
    { name: 'expected by fair value $', unit: 'dollars', cell: ({ fills }) => money(fills.expected?.net) },
    { name: 'net ¢ a contract', unit: 'cents', cell: ({ money: one }) => centsCell(one.perContract) },
    { name: 'fills', unit: 'count', cell: ({ fills }) => count(fills.count) },
    { name: 'contracts', unit: 'contracts', cell: ({ fills }) => size(fills.contracts) },
    {
      name: 'adverse within 60 s',
      unit: 'share',
      cell: ({ fills: { adverse } }) => partOf(adverse.adverse, adverse.known),
    },
    { name: 'drawdown $', unit: 'dollars', cell: ({ money: { drawdown } }) => amount(drawdown) },
    {
      name: `Sharpe, an event (of ${total.events})`,
      unit: 'ratio',
      cell: ({ money: { sharpeOfEvents: one } }) => withError(one?.daily, one?.dailyError),
    },
    {
      name: `Sharpe, a day (of ${days})`,
      unit: 'ratio',
      cell: ({ money: { sharpeOfDays: one } }) => withError(one?.daily, one?.dailyError),
    },
    { name: 'profit factor', unit: 'ratio', cell: ({ money: { profitFactor } }) => real(profitFactor, 2) },
    { name: 'events won, lost, even, open', unit: 'share', cell: ({ money: one }) => outcomes(one) },
    {
      name: 'won, of won and lost (95 %)',
      unit: '',
      cell: ({ money: { wins } }) => text(interval(wins.interval) || null),
    },
  ];
}

function filledIn(events: number, filled: number): DocumentCell {
  return { text: `${events}, ${filled}`, exact: events };
}

/** They add up to the events; of an open one the recording does not know the result. The share is of those won and lost. */
function outcomes({ wins: { won, lost, even, rate }, openEvents }: BacktestFigures['money']): DocumentCell {
  return { ...share(rate ?? null), text: `${won}, ${lost}, ${even}, ${openEvents}` };
}

function partOf(some: number, all: number): DocumentCell {
  const cell = share(all === 0 ? null : some / all);
  return cell.exact === null ? cell : { ...cell, text: `${some} of ${all}` };
}

function centsCell(of: CentsEstimate | null): DocumentCell {
  return withError(of?.cents, of?.error);
}

/** A band a column, a measure a row. */
export function bandsSection(report: BacktestReport): Section {
  const { bands } = report;
  return {
    id: 'bands',
    title: 'Net, and the bands side by side',
    notes: [
      'One observation an event; intervals by Student’s t; ± is one standard error. Spread, markout, carry and what is not told apart add up to the gross, exactly; net is the gross less fees.',
    ],
    tables: [
      {
        nothing: '',
        columns: [
          { title: 'Measure', measure: 'measure', unit: '', isText: true },
          ...bands.map(({ mode }): DocumentColumn => ({ title: capital(mode), measure: mode, unit: '' })),
        ],
        rows: measures(report).map(({ name, cell }) => [text(name), ...bands.map(cell)]),
      },
    ],
  };
}

export function partsSection({ split, fills, mode }: BacktestFigures): Section {
  return {
    id: 'parts',
    title: `From spread to gross, by horizon (${mode})`,
    notes: [
      'Markout: how the mid moved in our favour after a fill; below zero we were picked off. Kept: spread and markout together, in cents a contract.',
    ],
    tables: [
      {
        nothing: '',
        columns: [
          { title: 'After', measure: 'horizon', unit: '', isText: true },
          { title: 'Spread $', measure: 'spread', unit: 'dollars', leaves: 4 },
          { title: 'Markout $', measure: 'markout', unit: 'dollars' },
          { title: 'Carry $', measure: 'residual', unit: 'dollars', leaves: 3 },
          { title: 'Unknown $', measure: 'unknown', unit: 'dollars', leaves: 2 },
          { title: 'Markout ¢', measure: 'markout_cents', unit: 'cents' },
          { title: 'Kept ¢', measure: 'kept_cents', unit: 'cents' },
          { title: 'Fills', measure: 'fills', unit: 'count', leaves: 5 },
        ],
        rows: split.horizons.map((one, index) => [
          text(`${(HORIZONS_MS[index] ?? 0) / 1_000} s`),
          halves(split.spread),
          halves(one.markout),
          halves(one.residual),
          halves(one.unknown),
          centsCell(fills.markouts[index]?.perContract ?? null),
          centsCell(fills.markouts[index]?.kept ?? null),
          count(fills.markouts[index]?.fills),
        ]),
      },
    ],
  };
}

export function sensitivitySection({ id, sensitivity, bands }: BacktestReport): readonly Section[] {
  const title = 'Sensitivity: one thing changed at a time';
  if (sensitivity === null)
    return [
      {
        id: 'sensitivity',
        title,
        notes: [`Not asked for: kmm backtest report ${id} --sensitivity repeats the run with each change.`],
      },
    ];
  const rows = sensitivity.rows.map(({ what, cells }) => [
    text(what),
    ...cells.map((cell): DocumentCell => {
      return cell === null ? { text: 'ended early', exact: null } : money(cell.net);
    }),
    changeCell(cells[bands.findIndex(({ mode }) => mode === 'calibrated')] ?? cells[0] ?? null),
  ]);
  return [
    {
      ...{ id: 'sensitivity', title },
      notes: [
        'Net $ of each repeated run; the change is of the calibrated band, with its standard error, by event. Every quote that passed the edge rule is shown a tick wider or nearer; makers pay a quarter: of what takers pay.',
      ],
      tables: [
        {
          nothing: '',
          columns: [
            { title: 'Changed', measure: 'changed', unit: '', isText: true },
            ...bands.map(({ mode }): DocumentColumn => ({ title: capital(mode), measure: mode, unit: 'dollars' })),
            { title: 'Change $', measure: 'change', unit: 'dollars' },
          ],
          rows: [[text('as it was'), ...bands.map(({ net }) => money(net)), NOT_KNOWN], ...rows],
        },
      ],
    },
  ];
}

function changeCell(
  cell: { readonly change: { readonly total: number; readonly error?: number } } | null,
): DocumentCell {
  if (cell === null) return NOT_KNOWN;
  const { total, error } = cell.change;
  const shown = estimated(total);
  return error === undefined ? shown : { ...shown, text: `${shown.text} ${SIGNS.plusMinus} ${error.toFixed(2)}` };
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** Net of a market in another band. */
export function netIn(nets: ReadonlyMap<string, Microdollars>, ticker: string): DocumentCell {
  return money(nets.get(ticker));
}
