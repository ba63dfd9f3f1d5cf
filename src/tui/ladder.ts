/**
 * The book of one market in YES cents: asks above, bids below, our own orders in a column of their own.
 * A level's bar is its share of the largest one shown. Stale levels are dimmed, and the title is stamped.
 */
import {
  ageText,
  amountText,
  averageText,
  barText,
  contractsText,
  dollarsText,
  type Glyphs,
  positionText,
  priceText,
  probabilityText,
  shortened,
} from '../format.ts';
import type { PhaseNow } from '../lib/core/clock/market-clock.ts';
import type { EpochMs } from '../lib/core/units.ts';
import type { LadderLevel, LadderView, MarketView, SideView, TraderView } from '../lib/core/view.ts';
import { money } from './header.ts';
import { dimmed, fitted, type Line, plain, type Span } from './line.ts';
import { bookAgeText, isMarketStale, isTraderSilent, stateOf } from './staleness.ts';

interface LadderRequest {
  readonly view: TraderView;
  readonly market: MarketView;
  readonly now: EpochMs;
  readonly width: number;
  /** Levels on each side. */
  readonly levels: number;
  readonly signs: Glyphs;
}

/** Lines besides the levels: title, quotes, position, head, fair value. */
export const LADDER_FRAME_LINES = 5;

const MINE = 8;
const AHEAD = 9;
const SIZE = 10;
const PRICE = 8;
const BAR_MAX = 24;
/** Room that the ticker leaves in the title. */
const STATE_AND_STAMP = 50;

export function ladderLines({ view, market, now, width, levels, signs }: LadderRequest): readonly Line[] {
  const isStale = isMarketStale(market, view, now);
  const bar = Math.max(0, Math.min(BAR_MAX, Math.floor((width - 2 * (MINE + AHEAD + SIZE) - PRICE) / 2)));
  const ladder = view.ladder?.ticker === market.ticker ? view.ladder : undefined;
  const body = [head(bar), ...(ladder === undefined ? waiting(levels) : sides(ladder, market, levels, bar, signs))];
  const quotes = fitted([quoteItem('bid', market.bid, now, signs), quoteItem('ask', market.ask, now, signs)], width);
  const position = fitted(positionItems(market, isStale, signs), width);
  const isSilent = isTraderSilent(view, now);
  return [
    title(market, isStale, now, width, signs),
    isSilent ? dimmed(quotes) : quotes,
    isSilent ? dimmed(position) : position,
    ...(isStale ? body.map(dimmed) : body),
  ];
}

/** `MAKE 11m49`: how long it still is so. */
function phaseText({ phase, until }: PhaseNow, now: EpochMs): string {
  return until === undefined ? phase : `${phase} ${ageText(until - now)}`;
}

/** The ticker gives way to the stamp: whether the book can be believed is always said. */
function title(market: MarketView, isStale: boolean, now: EpochMs, width: number, signs: Glyphs): Line {
  const age = bookAgeText(market, isStale, now);
  const close = market.closeAt <= now ? 'closed' : `closes in ${ageText(market.closeAt - now)}`;
  return fitted(
    [
      [{ text: shortened(market.ticker, width - STATE_AND_STAMP, signs), isBold: true }],
      [plain(stateOf(market, isStale))],
      [isStale && market.bookAt !== undefined ? { text: `! ${age}`, color: 'yellow' } : plain(age)],
      ...(market.phase === undefined ? [] : [[plain(phaseText(market.phase, now))]]),
      [plain(close)],
      ...(market.why === undefined ? [] : [[plain(market.why)]]),
    ],
    width,
  );
}

function quoteItem(name: string, side: SideView | undefined, now: EpochMs, signs: Glyphs): Line {
  if (side === undefined) return [plain(`my ${name} ${signs.dash}`)];
  const price = `${contractsText(side.size, signs)} @ ${priceText(side.price, signs)}${signs.cent}`;
  return [
    plain(`my ${name} `),
    { text: price, color: 'cyan' },
    plain(` ${side.state} ${ageText(side.expiresAt - now)}`),
  ];
}

/** What is held, what it cost, what it would fetch, what has come of it. The mark is as old as the book. */
function positionItems(market: MarketView, isStale: boolean, signs: Glyphs): readonly Line[] {
  const { position, mark, worst } = market;
  const cost = position === 0 ? '' : ` @ ${averageText(market, signs)}`;
  const at: Span = { text: `mark ${priceText(mark, signs)}`, ...(isStale && { isDim: true }) };
  return [
    [plain(`pos ${positionText(position)}${cost}`)],
    ...(position === 0 ? [] : [[at]]),
    [plain('unreal '), money(market.unrealized)],
    [plain('real '), money(market.realized)],
    [plain(`fees ${dollarsText(market.fees).replace('+', '')}`)],
    [plain(`worst ${amountText(worst)}`)],
  ];
}

function head(bar: number): Line {
  const side = 'mine'.padStart(MINE) + 'ahead'.padStart(AHEAD) + 'bid size'.padStart(SIZE);
  const other = 'ask size'.padStart(SIZE) + 'ahead'.padStart(AHEAD) + 'mine'.padStart(MINE);
  return [{ text: `${side}${' '.repeat(bar)}${centred('YES', PRICE)}${' '.repeat(bar)}${other}`, isDim: true }];
}

function sides(ladder: LadderView, market: MarketView, levels: number, bar: number, signs: Glyphs): readonly Line[] {
  const asks = ladder.asks.slice(0, levels);
  const bids = ladder.bids.slice(0, levels);
  const largest = Math.max(1, ...asks.map(({ size }) => size), ...bids.map(({ size }) => size));
  const share = (level: LadderLevel) =>
    barText(level.size / largest, Math.max(0, bar - 1), signs)
      .replaceAll(signs.empty, ' ')
      .padEnd(bar);
  const askLines = asks.map((level): Line => {
    const ahead = aheadOf(level, market.ask, signs);
    return [
      plain(' '.repeat(MINE + AHEAD + SIZE + bar)),
      plain(centred(priceText(level.price, signs), PRICE)),
      { text: share(level), color: 'red' },
      plain(contractsText(level.size, signs).padStart(SIZE) + ahead.padStart(AHEAD)),
      mine(level, signs, MINE),
    ];
  });
  const bidLines = bids.map((level): Line => {
    const ahead = aheadOf(level, market.bid, signs);
    return [
      mine(level, signs, MINE),
      plain(ahead.padStart(AHEAD) + contractsText(level.size, signs).padStart(SIZE)),
      { text: share(level).split('').reverse().join(''), color: 'green' },
      plain(centred(priceText(level.price, signs), PRICE)),
    ];
  });
  const middle = MINE + AHEAD + SIZE + bar;
  return [
    ...blanks(levels - Math.max(1, asks.length)),
    ...(asks.length === 0 ? [[plain(`${' '.repeat(middle)}  no asks`)]] : askLines.reverse()),
    fairLine(market, 2 * middle + PRICE, signs),
    ...(bids.length === 0 ? [[plain(`${' '.repeat(middle)}  no bids`)]] : bidLines),
    ...blanks(levels - Math.max(1, bids.length)),
  ];
}

/** Our size at the level: its own column, a colour, and weight. */
function mine(level: LadderLevel, signs: Glyphs, width: number): Span {
  if (level.own === 0) return plain(' '.repeat(width));
  return { text: contractsText(level.own, signs).padStart(width), color: 'cyan', isBold: true };
}

function aheadOf(level: LadderLevel, side: SideView | undefined, signs: Glyphs): string {
  if (side === undefined || side.price !== level.price || level.own === 0) return '';
  return contractsText(side.ahead, signs);
}

function fairLine(market: MarketView, width: number, signs: Glyphs): Line {
  const error = market.fairError === undefined ? '' : ` ${signs.plusMinus}${probabilityText(market.fairError, signs)}`;
  const fair = ` fair ${probabilityText(market.fair, signs)}${market.fair === undefined ? '' : error} `;
  const reservation = ` reservation ${probabilityText(market.reservation, signs)} `;
  const half = Math.floor(width / 2);
  return [
    plain(fair.padStart(Math.floor((half + fair.length) / 2), signs.line).padEnd(half, signs.line)),
    plain(signs.join),
    plain(reservation.padStart(Math.floor((half + reservation.length) / 2), signs.line).padEnd(half - 1, signs.line)),
  ];
}

function waiting(levels: number): readonly Line[] {
  return [[plain('  waiting for this book')], ...blanks(2 * levels)];
}

function blanks(count: number): readonly Line[] {
  return Array.from({ length: Math.max(0, count) }, () => [plain(' ')]);
}

function centred(text: string, width: number): string {
  return text.padStart(Math.ceil((width + text.length) / 2)).padEnd(width);
}
