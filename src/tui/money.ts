/**
 * The page of positions and profit: what is held, what it cost, what it would fetch now, and what each market has brought;
 * markets that are over in one line, so that the rows are the totals. Below it the day, the week and the capital.
 */
import { amountText, averageText, dollarsText, type Glyphs, positionText, priceText, stampText } from '../format.ts';
import type { EpochMs, Microdollars } from '../lib/core/units.ts';
import type { MarketView, TraderView } from '../lib/core/view.ts';
import { money } from './header.ts';
import { dimmed, fitted, type Line, plain, type Span } from './line.ts';
import { isMarketStale, isTraderSilent } from './staleness.ts';
import { type Column, table } from './table.ts';

interface MoneyRequest {
  readonly view: TraderView;
  readonly now: EpochMs;
  readonly selected: string | undefined;
  readonly width: number;
  readonly lines: number;
  readonly signs: Glyphs;
}

/** A market, the markets that are not listed, or all of them. */
interface Row {
  readonly name: string;
  readonly market?: MarketView;
  readonly isStale: boolean;
  readonly realized: Microdollars;
  readonly unrealized: Microdollars;
  readonly fees: Microdollars;
}

/** Title, head, the two sums, two lines of the account, what the mark is. */
const FRAME_LINES = 7;

export function moneyLines({ view, now, selected, width, lines, signs }: MoneyRequest): readonly Line[] {
  const isSilent = isTraderSilent(view, now);
  const traded = view.markets.filter(isTraded).toSorted(heldFirst);
  const shown = traded.slice(0, Math.max(1, lines - FRAME_LINES));
  const rows = shown.map(
    (market): Row => ({ ...market, name: market.ticker, market, isStale: isMarketStale(market, view, now) }),
  );
  const laid = table(columnsOf(selected, signs), [...rows, othersOf(view, shown), totalOf(view)], width, signs);
  const listed = laid.rows.map((line, index) => (rows[index]?.isStale === true ? dimmed(line) : line));
  const body = [laid.head, ...listed, ...accountLines(view, width), [plain(MARK)]];
  return [title(view, traded, shown.length, isSilent, now), ...(isSilent ? body.map(dimmed) : body)];
}

const MARK = 'mark: the best price of the others at which the position could be left';

function isTraded({ position, realized, fees }: MarketView): boolean {
  return position !== 0 || realized !== 0 || fees !== 0;
}

/** What could still lose most comes first, then what was traded last to be listed. */
function heldFirst(a: MarketView, b: MarketView): number {
  return Number(b.position !== 0) - Number(a.position !== 0) || b.worst - a.worst;
}

function title(view: TraderView, traded: readonly MarketView[], shown: number, isSilent: boolean, now: EpochMs): Line {
  const held = view.markets.filter(({ position }) => position !== 0).length;
  const part = shown < traded.length ? `, the first ${shown} of ${traded.length} markets` : '';
  const head: Span = { text: held === 0 ? `positions: none${part}` : `positions ${held}${part}`, isBold: true };
  return isSilent ? [head, { text: `  ! ${stampText(view.at, now)}`, color: 'yellow' }] : [head];
}

/** Settled, flat and no longer followed, or without room here: what the sums have beyond the rows. */
function othersOf(view: TraderView, shown: readonly MarketView[]): Row {
  const rest = (figure: 'realized' | 'unrealized' | 'fees') =>
    (view[figure] - shown.reduce((sum, market) => sum + market[figure], 0)) as Microdollars;
  return {
    name: 'all others',
    isStale: false,
    realized: rest('realized'),
    unrealized: rest('unrealized'),
    fees: rest('fees'),
  };
}

function totalOf({ realized, unrealized, fees }: TraderView): Row {
  return { name: 'together', isStale: false, realized, unrealized, fees };
}

/** They leave from the highest number down: worst, fees, mark, average. */
function columnsOf(selected: string | undefined, signs: Glyphs): readonly Column<Row>[] {
  const figure = (name: string, leaves: number, of: (row: Row) => Span): Column<Row> => ({
    ...{ title: name, align: 'right', leaves, cell: of },
  });
  const ofMarket = (name: string, leaves: number, of: (market: MarketView) => string): Column<Row> =>
    figure(name, leaves, ({ market }) => plain(market === undefined ? '' : of(market)));
  return [
    {
      ...{ title: '  market', align: 'left', leaves: 0, shrinks: { good: 26, least: 18 } },
      cell: ({ name }) => plain(`${name === selected ? signs.pointer : ' '} ${name}`),
    },
    ofMarket('pos', 0, ({ position }) => positionText(position)),
    ofMarket('cost', 2, (market) => (market.position === 0 ? '' : averageText(market, signs))),
    ofMarket('mark', 3, ({ position, mark }) => (position === 0 ? '' : priceText(mark, signs))),
    figure('unreal', 0, ({ unrealized }) => money(unrealized)),
    figure('real', 0, ({ realized }) => money(realized)),
    figure('fees', 4, ({ fees }) => plain(dollarsText(fees).replace('+', ''))),
    figure('net', 0, ({ realized, unrealized, fees }) => money((realized + unrealized - fees) as Microdollars)),
    ofMarket('worst', 5, ({ worst }) => amountText(worst)),
  ];
}

/** A trader of before there were such figures leaves them out; none of them is made up. */
function accountLines({ money: account, cash, feeDrift }: TraderView, width: number): readonly Line[] {
  const amount = (name: string, value: Microdollars): Line => [plain(`${name} ${dollarsText(value).replace('+', '')}`)];
  const signed = (name: string, value: Microdollars): Line => [plain(`${name} `), money(value)];
  const drift = feeDrift === 0 ? [] : [signed('fee drift', feeDrift)];
  if (account === undefined) return [fitted([amount('cash', cash), ...drift], width)];
  const { day, week, drawdown, capital, paidIn, incentives, adjustments } = account;
  const since = [signed('today', day), signed('this week', week), amount('below the peak', drawdown)];
  const beside = [
    ...(incentives === 0 ? [] : [signed('incentives', incentives)]),
    ...(adjustments === 0 ? [] : [signed('adjustments', adjustments)]),
  ];
  return [
    fitted([...since, ...beside, ...drift], width),
    fitted([amount('capital', capital), amount('paid in', paidIn), amount('cash', cash)], width),
  ];
}
