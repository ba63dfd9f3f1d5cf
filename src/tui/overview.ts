/** All markets, one line each. What is stale is dimmed and stamped; an unknown price is a dash. */
import {
  ageText,
  amountText,
  type Glyphs,
  nextText,
  positionText,
  priceText,
  probabilityText,
  stampText,
} from '../format.ts';
import type { EpochMs, Microdollars } from '../lib/core/units.ts';
import type { MarketView, SideView, TraderView } from '../lib/core/view.ts';
import { money } from './header.ts';
import { dimmed, fitted, type Line, plain, type Span } from './line.ts';
import { isMarketStale, stateOf } from './staleness.ts';
import { type Column, table } from './table.ts';

interface OverviewRequest {
  readonly view: TraderView;
  readonly now: EpochMs;
  readonly selected: string | undefined;
  readonly width: number;
  /** Lines for markets; title and head come on top. */
  readonly rows: number;
  readonly signs: Glyphs;
}

/** A title, a head and one line per market; with more markets than lines, those around the selected one. */
export function overviewLines({ view, now, selected, width, rows, signs }: OverviewRequest): readonly Line[] {
  const { markets } = view;
  const isStale = (market: MarketView) => isMarketStale(market, view, now);
  if (markets.length === 0) return [[{ text: 'markets: none yet', isBold: true }]];
  const at = markets.findIndex(({ ticker }) => ticker === selected);
  const start = Math.max(0, Math.min(at - Math.floor(rows / 2), markets.length - rows));
  const shown = markets.slice(start, start + rows);
  const laid = table(columnsOf(now, selected, isStale, signs), shown, width, signs);
  const lines = laid.rows.map((line, index) => {
    const market = shown[index];
    return market !== undefined && isStale(market) ? dimmed(line) : line;
  });
  const named = title(markets, start, shown.length, isStale, now);
  return [fitted([named, ...comingItems(view, now)], width), laid.head, ...lines];
}

/** Says which part of the list is shown, and stamps the oldest of the stale ones. */
function title(
  markets: readonly MarketView[],
  start: number,
  count: number,
  isStale: (market: MarketView) => boolean,
  now: EpochMs,
): Line {
  const part = count < markets.length ? `${start + 1}-${start + count} of ${markets.length}` : String(markets.length);
  const head: Span = { text: `markets ${part}`, isBold: true };
  const times = markets.filter(isStale).flatMap(({ bookAt }) => (bookAt === undefined ? [] : [bookAt]));
  if (times.length === 0) return [head];
  const oldest = stampText(Math.min(...times) as EpochMs, now);
  return [head, { text: `  ! ${times.length} stale: ${oldest}`, color: 'yellow' }];
}

/** Counted down: what the clocks bring next, the lease of a quote that may run out, and that of the operator's attention. */
function comingItems({ coming = [], armedUntil }: TraderView, now: EpochMs): readonly Line[] {
  const armed = armedUntil === undefined ? [] : [{ text: `armed ${ageText(armedUntil - now)}`, at: armedUntil }];
  return [...coming.map((one) => ({ text: `${nextText(one)} ${ageText(one.at - now)}`, at: one.at })), ...armed]
    .filter(({ at }) => at > now)
    .sort((a, b) => a.at - b.at)
    .map(({ text, at }) => [at - now < SOON_MS ? { text: `! ${text}`, color: 'yellow' } : plain(text)]);
}

/** Of these the countdown stands out. */
const SOON_MS = 30_000;

/** They leave from the highest number down: worst, why, phase, close, market, fair. */
function columnsOf(
  now: EpochMs,
  selected: string | undefined,
  isStale: (market: MarketView) => boolean,
  signs: Glyphs,
): readonly Column<MarketView>[] {
  return [
    {
      ...left('  market', 0, ({ ticker }) => plain(`${ticker === selected ? signs.pointer : ' '} ${ticker}`)),
      shrinks: { good: 26, least: 18 },
    },
    left('state', 0, (market) => stateSpan(stateOf(market, isStale(market)), signs)),
    right('book', 0, (market) => plain(ageOf(market, isStale(market), now, signs))),
    right('fair', 1, (market) => plain(fairText(market, signs))),
    right('bid', 0, ({ bid }) => quoteSpan(bid, signs)),
    right('ask', 0, ({ ask }) => quoteSpan(ask, signs)),
    right('market', 2, (market) => plain(`${priceText(market.bestBid, signs)}/${priceText(market.bestAsk, signs)}`)),
    right('pos', 0, ({ position }) => plain(positionText(position))),
    right('P&L', 0, (market) => money(profitOf(market))),
    right('close', 3, ({ closeAt }) => plain(closeAt <= now ? 'closed' : ageText(closeAt - now))),
    left('phase', 4, ({ phase }) => plain(phase?.phase ?? signs.dash)),
    right('worst', 6, ({ worst }) => plain(amountText(worst))),
    { ...left('why', 5, ({ why }) => plain(why ?? '')), shrinks: { good: 12, least: 12 } },
  ];
}

function stateSpan(state: string, signs: Glyphs): Span {
  switch (state) {
    case 'quoting':
      return { text: `${signs.live} quoting`, color: 'green' };
    case 'one-sided':
      return { text: `${signs.live} one-sided`, color: 'yellow' };
    case 'halted':
      return { text: `${signs.halted} halted`, color: 'red' };
    case 'stale':
      return { text: '! stale', color: 'yellow' };
    case 'frozen':
      return { text: `${signs.halted} frozen`, color: 'yellow' };
    default:
      return plain(`${signs.waiting} ${state}`);
  }
}

function ageOf({ bookAt }: MarketView, isStale: boolean, now: EpochMs, signs: Glyphs): string {
  if (bookAt === undefined) return signs.dash;
  return `${isStale ? '! ' : ''}${ageText(now - bookAt)}`;
}

function fairText({ fair, fairError }: MarketView, signs: Glyphs): string {
  const error =
    fair === undefined || fairError === undefined ? '' : `${signs.plusMinus}${probabilityText(fairError, signs)}`;
  return `${probabilityText(fair, signs)}${error}`;
}

/** Our own quote; one that is not known to rest carries a question mark. */
function quoteSpan(side: SideView | undefined, signs: Glyphs): Span {
  if (side === undefined) return plain(signs.dash);
  const doubt = side.state === 'working' ? '' : '?';
  return { text: `${priceText(side.price, signs)}${doubt}`, color: 'cyan' };
}

function profitOf({ realized, unrealized, fees }: MarketView): Microdollars {
  return (realized + unrealized - fees) as Microdollars;
}

function left(title: string, leaves: number, cell: Column<MarketView>['cell']): Column<MarketView> {
  return { title, align: 'left', leaves, cell };
}

function right(title: string, leaves: number, cell: Column<MarketView>['cell']): Column<MarketView> {
  return { title, align: 'right', leaves, cell };
}
