/** Where the money of a report came from: the bridge from spread to net, by market and by day, and what a longer term says. */
import { dateTimeText, dollarsText, percentText } from '../../format.ts';
import { formatHalves, type HalfMicrodollars, halvesOf, type Split } from '../../lib/app/report/bridge.ts';
import type { MoneyReport } from '../../lib/app/report/money-report.ts';
import type { TermFigures } from '../../lib/app/report/term-figures.ts';
import type { EpochMs, Microdollars } from '../../lib/core/units.ts';
import {
  amount,
  count,
  counted,
  type DocumentCell,
  type DocumentTable,
  type Figure,
  money,
  NOT_KNOWN,
  real,
  type Section,
  SIGNS,
  share,
  size,
  text,
} from './report-document.ts';

/** The horizon that carry begins at: the last of HORIZONS_MS. */
const LAST = 2;
const HORIZON_NAMES = ['1 s', '10 s', '60 s'] as const;

/** Half microdollars as money. */
export function halves(value: HalfMicrodollars | number | null | undefined): DocumentCell {
  if (value == null) return NOT_KNOWN;
  const whole = Math.trunc(value / 2) as Microdollars;
  return { text: dollarsText(whole), exact: formatHalves(value as HalfMicrodollars) };
}

/** What was carried from a minute after the fills on, with what was held before. */
function carryOf({ split, carried }: { split: Split; carried: Microdollars }): number {
  return (split.horizons[LAST]?.residual ?? 0) + halvesOf(carried);
}

export function bridgeSection({ total, proof }: MoneyReport): Section {
  const title = 'From spread to net';
  if (total === null) {
    const what = proof.kind === 'differs' ? 'what differs is said above and under Reconciliation' : 'it is not proven';
    return { id: 'bridge', title, notes: [`Not printed: ${what}.`] };
  }
  const { split, charged, rebates, incentives, adjustments, net, gross } = total;
  const last = split.horizons[LAST];
  const unknown = last?.unknownFills ?? 0;
  const row = (name: string, value: DocumentCell, note = '') => [text(name), value, text(note)];
  return {
    id: 'bridge',
    title,
    tables: [
      {
        nothing: '',
        columns: [
          { title: 'Part', measure: 'part', unit: '', isText: true },
          { title: '$', measure: 'amount', unit: 'dollars' },
          { title: 'What it is', measure: 'what', unit: '', isText: true, isLong: true },
        ],
        rows: [
          row('spread captured', halves(split.spread), 'mid at the fill against the price of the fill'),
          row(`markout ${HORIZON_NAMES[LAST]}`, halves(last?.markout), 'how the mid moved within a minute of the fill'),
          row('carry', halves(carryOf(total)), 'from then to settlement or closing mark, and what was held before'),
          ...(unknown === 0
            ? []
            : [row('not told apart', halves(last?.unknown), `of ${counted(unknown, 'fill')} without a mid`)]),
          row('gross', money(gross)),
          row('fees', money(-charged as Microdollars)),
          row('rebates', money(rebates)),
          row('incentives', money(incentives)),
          ...(adjustments === 0
            ? []
            : [row('adjustments', money(adjustments), 'entries by which the books were put right')]),
          row('net', money(net)),
        ],
      },
    ],
  };
}

/** The same profit told otherwise. */
export function realizedSection({ total }: MoneyReport): readonly Section[] {
  if (total === null) return [];
  const { split, roundTrip, held, unrealizedChange } = total;
  const figure = (name: string, value: DocumentCell): Figure => ({ name, value, unit: 'dollars' });
  const section: Section = {
    id: 'realized',
    title: 'Markouts, realized and not',
    figures: [
      ...split.horizons.map(({ markout }, index) => figure(`markout ${HORIZON_NAMES[index]}`, halves(markout))),
      figure('realized by trading out', money(roundTrip)),
      figure('realized at settlement', money(held)),
      figure('change of unrealized', money(unrealizedChange)),
    ],
  };
  return [section];
}

export function marketsSection({ markets }: MoneyReport): Section {
  return {
    id: 'markets',
    title: 'Markets',
    tables: [
      {
        nothing: 'Nothing was traded or held.',
        columns: [
          { title: 'Market', measure: 'ticker', unit: '', isText: true },
          { title: 'Fills', measure: 'fills', unit: 'count' },
          { title: 'Contracts', measure: 'contracts', unit: 'contracts' },
          { title: 'Spread $', measure: 'spread', unit: 'dollars' },
          { title: 'Markout $', measure: 'markout_60s', unit: 'dollars' },
          { title: 'Carry $', measure: 'carry', unit: 'dollars' },
          { title: 'Fees $', measure: 'fees', unit: 'dollars' },
          { title: 'Net $', measure: 'net', unit: 'dollars' },
          { title: 'Unrealized $', measure: 'unrealized', unit: 'dollars' },
        ],
        rows: markets.map((row) => [
          text(row.key),
          count(row.fills),
          size(row.contracts),
          halves(row.split.spread),
          halves(row.split.horizons[LAST]?.markout),
          halves(carryOf(row) + (row.split.horizons[LAST]?.unknown ?? 0)),
          amount((row.charged - row.rebates) as Microdollars),
          money(row.net),
          money(row.unrealized),
        ]),
      },
    ],
  };
}

export function daysSection({ days, total }: MoneyReport): Section {
  const rows = days.map((row) => [
    text(dateTimeText(Number(row.key) as EpochMs).slice(0, 10)),
    count(row.fills),
    money(row.gross),
    amount((row.charged - row.rebates) as Microdollars),
    money((row.incentives + row.adjustments) as Microdollars),
    money(row.net),
  ]);
  return {
    id: 'days',
    title: 'Days',
    tables: [
      {
        nothing: 'Nothing moved on any day.',
        columns: [
          { title: 'Day', measure: 'day', unit: '', isText: true },
          { title: 'Fills', measure: 'fills', unit: 'count' },
          { title: 'Gross $', measure: 'gross', unit: 'dollars' },
          { title: 'Fees $', measure: 'fees', unit: 'dollars' },
          { title: 'Other $', measure: 'incentives_and_adjustments', unit: 'dollars' },
          { title: 'Net $', measure: 'net', unit: 'dollars' },
        ],
        // A day's net is a total: it is printed where totals are.
        rows: total === null ? rows.map((row) => [...row.slice(0, 2), ...row.slice(2).map(() => NOT_KNOWN)]) : rows,
      },
    ],
  };
}

export function termSection(term: TermFigures): Section {
  const { sharpe, sortino, profitFactor, drawdown, wins, days, openEvents } = term;
  const of = `n = ${days} days`;
  const error = (value: number | undefined) => (value === undefined ? '' : ` ${SIGNS.plusMinus} ${value.toFixed(2)}`);
  const { rate, interval, won, lost, even } = wins;
  const winNote = `${won} of ${won + lost} events${interval === undefined ? '' : `, 95 %: ${percentText(interval.low)} to ${percentText(interval.high)}`}${even > 0 ? `, ${even} at zero` : ''}${openEvents > 0 ? `, ${openEvents} still open` : ''}`;
  const number = (name: string, value: DocumentCell, unit: string, note: string): Figure => ({
    name,
    value,
    unit,
    note,
  });
  return {
    id: 'term',
    title: 'Over the term',
    figures: [
      number('Sharpe, a day', real(sharpe?.daily, 2), 'ratio', `${of}${error(sharpe?.dailyError)}`),
      number('Sharpe, a year of 365', real(sharpe?.annual, 2), 'ratio', `${of}${error(sharpe?.annualError)}`),
      number('Sortino, a year of 365', real(sortino?.annual, 2), 'ratio', of),
      number('profit factor', real(profitFactor, 2), 'ratio', profitFactor === null ? 'no day lost' : of),
      number(
        'drawdown',
        money(drawdown?.fall),
        'dollars',
        drawdown === null ? 'equity never fell at a day’s end' : drawdownText(drawdown),
      ),
      number('win rate', share(rate), 'share', winNote),
    ],
    tables: [exitsTable(term.exits)],
  };
}

const EXIT_NAMES: Readonly<Record<TermFigures['exits'][number]['reason'], string>> = {
  quoter: 'traded out by a quoter',
  flatten: 'forced exit or flatten',
  hand: 'by hand',
  elsewhere: 'by no order of kmm',
  settled: 'settled',
};

/** An event counts once under each reason by which something of it was closed; the interval is Wilson's. */
function exitsTable(exits: TermFigures['exits']): DocumentTable {
  return {
    nothing: '',
    columns: [
      { title: 'Closed', measure: 'exit', unit: '', isText: true },
      { title: 'Lots', measure: 'lots', unit: 'count' },
      { title: 'Events', measure: 'events', unit: 'count' },
      { title: 'Won', measure: 'won', unit: 'count' },
      { title: 'Win rate', measure: 'win_rate', unit: 'share' },
      { title: 'From (95 %)', measure: 'low', unit: 'share' },
      { title: 'To', measure: 'high', unit: 'share' },
      { title: 'Net $', measure: 'net', unit: 'dollars' },
    ],
    rows: exits.map(({ reason, lots, won, lost, rate, interval, net }) => [
      text(EXIT_NAMES[reason], reason),
      ...[count(lots), count(won + lost), count(won)],
      ...[share(rate), share(interval?.low), share(interval?.high), money(net)],
    ]),
  };
}

function drawdownText({ share: part, peakAt, troughAt }: NonNullable<TermFigures['drawdown']>): string {
  const days = `${dateTimeText(peakAt).slice(0, 10)} to ${dateTimeText(troughAt).slice(0, 10)}`;
  return part === undefined ? days : `${percentText(part)} of the peak, ${days}`;
}
