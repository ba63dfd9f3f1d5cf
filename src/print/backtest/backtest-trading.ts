/** How a backtest traded: market by market, fill by cause and place, quotes and their restlessness. */
import { ageText } from '../../format.ts';
import type { BacktestReport } from '../../lib/app/backtest/report.ts';
import type { BacktestFigures } from '../../lib/core/backtest/figures.ts';
import type { FillFigures, OfferRow } from '../../lib/core/backtest/fill-figures.ts';
import type { FillMode } from '../../lib/core/backtest/job.ts';
import type { BacktestResult } from '../../lib/core/backtest/result.ts';
import type { HalfLife } from '../../lib/core/honesty/half-life.ts';
import { HORIZONS_MS } from '../../lib/core/pnl/split.ts';
import { halves } from '../report/money-sections.ts';
import {
  amount,
  count,
  type DocumentCell,
  type DocumentTable,
  type Figure,
  money,
  real,
  type Section,
  SIGNS,
  share,
  size,
  text,
} from '../report/report-document.ts';
import { interval, netIn } from './backtest-money.ts';

const MINUTE = HORIZONS_MS.length - 1;

const SHORT: Readonly<Record<FillMode, string>> = {
  pessimistic: 'Pess. $',
  calibrated: 'Calib. $',
  optimistic: 'Opt. $',
};

export function marketsSection({ results, main }: BacktestReport, result: BacktestResult): Section {
  const others = results.flatMap((one, index) =>
    index === main
      ? []
      : [{ mode: one.job.fill.mode, nets: new Map(one.markets.map(({ ticker, pnl }) => [ticker, pnl.net])) }],
  );
  return {
    id: 'markets',
    title: `Markets (${result.job.fill.mode})`,
    tables: [
      {
        nothing: 'No market was recorded.',
        columns: [
          { title: 'Market', measure: 'ticker', unit: '', isText: true },
          { title: 'Paid', measure: 'result', unit: '', isText: true },
          { title: 'Fills', measure: 'fills', unit: 'count' },
          { title: 'Contracts', measure: 'contracts', unit: 'contracts', leaves: 6 },
          { title: 'Spread $', measure: 'spread', unit: 'dollars', leaves: 3 },
          { title: 'Markout $', measure: 'markout_60s', unit: 'dollars', leaves: 3 },
          { title: 'Carry $', measure: 'carry', unit: 'dollars', leaves: 4 },
          { title: 'Fees $', measure: 'fees', unit: 'dollars', leaves: 7 },
          { title: 'Net $', measure: 'net', unit: 'dollars' },
          ...others.map(({ mode }) => ({ title: SHORT[mode], measure: `net_${mode}`, unit: 'dollars', leaves: 2 })),
        ],
        rows: result.markets.map(({ ticker, result: paid, pnl }) => [
          text(ticker),
          text(paid ?? 'not known', paid),
          count(pnl.fills),
          size(pnl.contracts),
          halves(pnl.split.spread),
          halves(pnl.split.horizons[MINUTE]?.markout),
          halves((pnl.split.horizons[MINUTE]?.residual ?? 0) + (pnl.split.horizons[MINUTE]?.unknown ?? 0)),
          amount(pnl.fees),
          money(pnl.net),
          ...others.map(({ nets }) => netIn(nets, ticker)),
        ]),
      },
    ],
  };
}

const CAUSES: Readonly<Record<FillFigures['byCause'][number]['cause'], string>> = {
  print: 'a trade at our price, after the queue before us',
  through: 'a trade or the book beyond our price',
  touch: 'an order of others that came to rest against ours',
  taken: 'we took: a taker order of ours',
};

export function fillsSection({ fills, byOffset, byClose, mode }: BacktestFigures): Section {
  return {
    id: 'fills',
    title: `Fills (${mode})`,
    notes: [
      'An offer is an order at one price: a new price is a new offer, at the end of its queue. Filled: at least in part; 95 % by Wilson.',
    ],
    tables: [
      {
        nothing: 'No fill.',
        columns: [
          { title: 'Filled by', measure: 'cause', unit: '', isText: true },
          { title: 'Fills', measure: 'fills', unit: 'count' },
          { title: 'Contracts', measure: 'contracts', unit: 'contracts' },
        ],
        rows: fills.byCause.map(({ cause, fills: some, contracts }) => [
          text(CAUSES[cause], cause),
          count(some),
          size(contracts),
        ]),
      },
      offersTable('Behind the mid', 'offset', byOffset, offsetText),
      offersTable('Left to the close', 'close', byClose, closeText),
    ],
  };
}

function offersTable(
  title: string,
  measure: string,
  rows: readonly OfferRow[],
  name: (key: number | null) => string,
): DocumentTable {
  return {
    nothing: `${title}: no offer that had a mid.`,
    columns: [
      { title, measure, unit: '', isText: true },
      { title: 'Offers', measure: 'offers', unit: 'count' },
      { title: 'Filled', measure: 'filled_offers', unit: 'count' },
      { title: 'Rate', measure: 'fill_rate', unit: 'share' },
      { title: '95 %', measure: 'interval', unit: '', isText: true },
      { title: 'Of contracts', measure: 'filled_contracts', unit: 'share' },
      { title: 'Rested', measure: 'resting_seconds', unit: 'seconds', leaves: 2 },
    ],
    rows: rows.map(({ key, offers, touched, interval: of, filledShare, restingMsMean }) => [
      text(name(key)),
      count(offers),
      count(touched),
      share(touched / offers),
      text(interval(of)),
      share(filledShare),
      { text: ageText(restingMsMean), exact: Math.round(restingMsMean) / 1_000 },
    ]),
  };
}

function offsetText(key: number | null): string {
  if (key === null) return 'no mid';
  if (key < 0) return `before the mid`;
  return key >= OFFSET_MAX ? `${OFFSET_MAX} ¢ and more` : `${key} to ${key + 1} ¢`;
}

/** Where offsets are clipped (result.ts). */
const OFFSET_MAX = 15;

function closeText(key: number | null): string {
  return key === null ? 'more' : `up to ${ageText(key)}`;
}

/** Why nothing was shown, by what wanted it so. */
export function unquotedSection({ unquoted }: BacktestResult): readonly Section[] {
  if (unquoted === undefined || unquoted.moments === 0) return [];
  const { moments, reasons } = unquoted;
  return [
    {
      id: 'unquoted',
      title: 'Why nothing was quoted',
      tables: [
        {
          nothing: 'Nothing stood in the way of a quote at any moment that was looked at.',
          columns: [
            { title: 'What', measure: 'name', unit: '', isText: true },
            { title: 'Of the time', measure: 'share', unit: 'share' },
            { title: 'As it was said first', measure: 'reason', unit: '', isText: true, isLong: true },
          ],
          rows: reasons.map((one) => [text(one.name), share(one.moments / moments), text(one.reason)]),
        },
      ],
    },
  ];
}

export function quotesSection({ quotes, fills, mode }: BacktestFigures): Section {
  const figure = (name: string, value: DocumentCell, unit: string, note?: string): Figure => ({
    ...{ name, value, unit },
    ...(note !== undefined && { note }),
  });
  const rejects = quotes.rejects.map(([code, number]) => `${number} ${code}`).join(', ');
  return {
    id: 'quotes',
    title: `Quotes and inventory (${mode})`,
    figures: [
      figure('markets open and known', { text: ageText(quotes.openMs), exact: quotes.openMs / 1_000 }, 'seconds'),
      figure('quoted, one side or both', share(quotes.anyShare), 'share'),
      figure('quoted both sides', share(quotes.bothShare), 'share'),
      figure('orders placed', count(quotes.creates), 'count'),
      figure('orders amended', count(quotes.amends), 'count'),
      figure('orders cancelled', count(quotes.cancels), 'count'),
      figure('requotes', count(quotes.requotes), 'count'),
      figure('requotes a minute', real(quotes.requotesPerMinute, 2), 'ratio'),
      figure('leases that ended', count(quotes.expired), 'count'),
      figure(
        'refused by the exchange',
        count(quotes.rejects.reduce((sum, [, number]) => sum + number, 0)),
        'count',
        ...(rejects === '' ? [] : [rejects]),
      ),
      figure('fills as taker', count(fills.takers), 'count'),
      figure('largest position', size(quotes.largestPosition), 'contracts'),
      halfLifeFigure(quotes.halfLife),
    ],
  };
}

function halfLifeFigure(of: HalfLife): Figure {
  const base = { name: 'half-life of inventory', unit: 'seconds' };
  switch (of.kind) {
    case 'flat':
      return { ...base, value: { text: SIGNS.dash, exact: null }, note: 'never held anything' };
    case 'never':
      return { ...base, value: { text: 'none', exact: null }, note: 'positions did not come back by themselves' };
    case 'below_step':
      return { ...base, value: { text: `below ${ageText(of.ms)}`, exact: of.ms / 1_000 } };
    case 'known':
      return { ...base, value: { text: ageText(of.ms), exact: of.ms / 1_000 }, note: `${of.pairs} steps` };
    default:
      return of satisfies never;
  }
}
