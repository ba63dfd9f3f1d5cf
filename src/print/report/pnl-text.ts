/** Profit and loss as text: what it was compared with first, then a row a group, and the total with what follows from it. */
import {
  amountText,
  contractsText,
  dateTimeText,
  dollarsText,
  type Glyphs,
  glyphs,
  percentText,
  type Zone,
} from '../../format.ts';
import type { PnlFigures, PnlReport } from '../../lib/app/report/pnl-report.ts';
import type { Compared } from '../../lib/app/report/proof.ts';
import type { PnlRow } from '../../lib/core/pnl/account-pnl.ts';
import { type HalfMicrodollars, HORIZONS_MS } from '../../lib/core/pnl/split.ts';
import type { Ratio } from '../../lib/core/pnl/statistics.ts';
import type { Pnl } from '../../lib/core/pnl/sums.ts';
import { type EpochMs, type Microdollars, microdollars } from '../../lib/core/units.ts';
import { type TextColumn, type TextLayout, textTable } from '../text-table.ts';

export interface PnlStyle {
  readonly env: string;
  readonly zone: Zone;
  readonly layout: TextLayout;
}

/** Below it nothing is said of a share (math.md section 18). */
const EVENTS_MIN = 30;

const LAST = HORIZONS_MS.length - 1;

export function pnlLines(report: PnlReport, { env, zone, layout }: PnlStyle): readonly string[] {
  const { account, by, period, proof, rows, proved } = report;
  const { signs } = layout;
  const span = `${dateTimeText(period.from, zone)} to ${dateTimeText(period.to, zone)}`;
  const title = `${env.toUpperCase()} account ${account}, ${span}, by ${by}`;
  const table =
    rows.length === 0 ? ['nothing was traded or held'] : textTable(pnlColumns(by, zone, signs), rows, layout);
  const after =
    proved === undefined ? [] : ['', ...totalLines(proved.total, signs), ...figureLines(proved.figures, zone, signs)];
  return [title, ...proofLines(proof, zone, signs), '', ...table, ...after];
}

function proofLines(proof: Compared, zone: Zone, signs: Glyphs): string[] {
  const noTotal = 'no total is printed';
  switch (proof.kind) {
    case 'equal':
      return [`${signs.tick} reconciled with the exchange to the last digit, ${dateTimeText(proof.at, zone)}`];
    case 'behind': {
      const what = `${proof.entries} entries were told after it`;
      return [`! last compared with the exchange ${dateTimeText(proof.at, zone)}, ${what}: ${noTotal}`];
    }
    case 'differs':
      return [
        `${signs.cross} does not reconcile with the exchange (${dateTimeText(proof.at, zone)}): ${noTotal}`,
        ...proof.differences.map((text) => `  ${text}`),
      ];
    case 'never':
      return [`! never compared with the exchange: ${noTotal}`];
    default:
      return proof satisfies never;
  }
}

/** All of them, for `--plain` too. */
export function pnlColumns(
  by: PnlReport['by'],
  zone: Zone,
  signs: Glyphs = glyphs(false),
): readonly TextColumn<PnlRow>[] {
  const right = { align: 'right' } as const;
  const name = ({ key }: PnlRow) => nameOf(key, by, zone);
  const minute = (row: PnlRow) => row.split.horizons[LAST];
  const other = ({ rebates, incentives, adjustments }: PnlRow) => microdollars(rebates + incentives + adjustments);
  return [
    { title: by.toUpperCase(), align: 'left', leaves: 0, shrinks: { good: 22, least: 10 }, cell: name },
    { title: 'FILLS', ...right, leaves: 3, cell: ({ fills }) => String(fills) },
    { title: 'CONTRACTS', ...right, leaves: 9, cell: ({ contracts }) => contractsText(contracts, signs) },
    { title: 'SPREAD', ...right, leaves: 4, cell: ({ split }) => halvesText(split.spread) },
    { title: 'MARKOUT 60 s', ...right, leaves: 5, cell: (row) => halvesText(minute(row)?.markout) },
    { title: 'CARRY', ...right, leaves: 6, cell: (row) => halvesText(minute(row)?.residual) },
    { title: 'NOT KNOWN', ...right, leaves: 7, cell: (row) => halvesText(minute(row)?.unknown) },
    { title: 'FROM BEFORE', ...right, leaves: 8, cell: ({ carried }) => dollarsText(carried) },
    { title: 'FEES', ...right, leaves: 2, cell: ({ charged }) => amountText(charged) },
    { title: 'OTHER', ...right, leaves: 10, cell: (row) => dollarsText(other(row)) },
    { title: 'NET $', ...right, leaves: 0, cell: ({ net }) => dollarsText(net) },
  ];
}

/** "2026-11-20" and "2026-11-20 14:00 ET": both begin in New York. */
function nameOf(key: string, by: PnlReport['by'], zone: Zone): string {
  if (by === 'day') return dateTimeText(Number(key) as EpochMs, 'ET').slice(0, 10);
  return by === 'hour' ? dateTimeText(Number(key) as EpochMs, zone).replace(':00 ', ' ') : key;
}

function totalLines(total: Pnl, signs: Glyphs): string[] {
  const { split, gross, carried, charged, rebates, incentives, adjustments, net } = total;
  const { roundTrip, held, realizedAverage, unrealized, unrealizedChange, fills } = total;
  const last = split.horizons[LAST];
  const more = adjustments === 0 ? '' : `, adjustments ${dollarsText(adjustments)}`;
  const markouts = split.horizons.map(({ markout }, i) => `${(HORIZONS_MS[i] ?? 0) / 1_000} s ${halvesText(markout)}`);
  const unknown =
    last === undefined || last.unknownFills === 0 ? '' : unknownText(last.unknown, last.unknownFills, fills);
  const before = carried === 0 ? '' : `, positions from before ${dollarsText(carried)}`;
  return [
    `total     ${dollarsText(net)} = gross ${dollarsText(gross)}, fees ${amountText(charged)}, rebates ${amountText(rebates)}, incentives ${amountText(incentives)}${more}`,
    `gross     spread ${halvesText(split.spread)}, markout to 60 s ${halvesText(last?.markout)}, carry from there ${halvesText(last?.residual)}${unknown}${before}`,
    `markout   ${markouts.join(` ${signs.separator} `)}`,
    `realized  round trips ${dollarsText(roundTrip)}, held to settlement ${dollarsText(held)} (at average cost ${dollarsText(realizedAverage)} in all)`,
    `open      unrealized ${dollarsText(unrealized)}, a change of ${dollarsText(unrealizedChange)}`,
  ];
}

function unknownText(unknown: HalfMicrodollars, count: number, fills: number): string {
  return `, not known which ${halvesText(unknown)} (${count} of ${fills} fills have no mid)`;
}

function figureLines(figures: PnlFigures, zone: Zone, signs: Glyphs): string[] {
  const { capital, days, daysPerYear, sharpe, sortino, profitFactor, drawdown, wins, openEvents } = figures;
  const { won, lost, even, interval } = wins;
  const verdict = won + lost < EVENTS_MIN ? `; too few to judge by (${EVENTS_MIN})` : '';
  const range = interval === undefined ? '' : ` (${percentText(interval.low)} to ${percentText(interval.high)}, 95 %)`;
  const factor = profitFactor === null ? '' : `, profit factor ${profitFactor.toFixed(2)}`;
  const fall =
    drawdown === null
      ? 'none'
      : `${amountText(drawdown.fall)}${drawdown.share === undefined ? '' : ` (${percentText(drawdown.share)})`}, ` +
        `from ${dateTimeText(drawdown.peakAt, zone)} to ${dateTimeText(drawdown.troughAt, zone)}`;
  return [
    `events    ${won} of ${won + lost} won${range}, ${even} even, ${openEvents} open${verdict}`,
    `days      ${days} on $${amountText(capital)}: Sharpe ${ratioText(sharpe, daysPerYear, signs)}; Sortino ${ratioText(sortino, daysPerYear, signs)}${factor}`,
    `drawdown  ${fall}`,
    `mark      settlement value; before it the best bid for a long position, the best ask for a short one, as last known`,
  ];
}

function ratioText(ratio: Ratio | null, daysPerYear: number, signs: Glyphs): string {
  if (ratio === null) return signs.dash;
  const { daily, annual, dailyError, annualError } = ratio;
  const error = (value: number | undefined) => (value === undefined ? '' : ` ${signs.plusMinus} ${value.toFixed(2)}`);
  return `${daily.toFixed(2)}${error(dailyError)} a day, ${annual.toFixed(2)}${error(annualError)} a year of ${daysPerYear}`;
}

/** Cents, for the eye. */
function halvesText(halves: HalfMicrodollars | undefined): string {
  return dollarsText(Math.trunc((halves ?? 0) / 2) as Microdollars);
}
