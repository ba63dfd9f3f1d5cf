/** Books for people: the ladder of a market, the row of a market in the table of tops, a public print. Prices in cents. */
import {
  ageText,
  barText,
  clockText,
  contractsText,
  type Glyphs,
  priceText,
  probabilityText,
  type Zone,
} from '../../format.ts';
import { levelsOf, type Outcome, printOf, type TopRow } from '../../lib/app/markets/book-top.ts';
import type { BookSight } from '../../lib/app/markets/watch-book.ts';
import type { Level, Trade } from '../../lib/core/events.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import type { TextColumn } from '../text-table.ts';

export interface BookTextOptions {
  readonly outcome: Outcome;
  readonly depth: number;
  readonly zone: Zone;
  readonly signs: Glyphs;
}

const BAR_CELLS = 12;

/** A heading, asks above, bids below, a bar for the size. */
export function ladderLines(sight: BookSight, options: BookTextOptions): readonly string[] {
  const { market, book, at, seq } = sight;
  const { outcome, depth, zone, signs } = options;
  const { bids, asks } = levelsOf(sight, outcome, depth);
  const state = book.isValid ? (book.isCrossed ? '  CROSSED' : '') : '  NOT VALID: waiting for a snapshot';
  const heading = `${market.ticker}  ${clockText(at, zone)}  seq ${seq}${outcome === 'no' ? '  NO' : ''}${state}`;
  const largest = Math.max(1, ...[...bids, ...asks].map((level) => level.size));
  const line = (side: string, { price, size }: Level) => {
    const bar = barText(size / largest, BAR_CELLS, signs).trimEnd();
    return `  ${side}  ${priceText(price, signs).padStart(6)} ${signs.cent}  ${contractsText(size, signs).padStart(12)}  ${bar}`;
  };
  const empty = (side: string) => [`  ${side}  ${signs.dash.padStart(6)}    nobody`];
  return [
    heading,
    ...(asks.length === 0 ? empty('ask') : asks.map((level) => line('ask', level)).reverse()),
    ...(bids.length === 0 ? empty('bid') : bids.map((level) => line('bid', level))),
  ];
}

/** Columns leave a narrow terminal in this order: age, microprice, last, mid, sizes, spread, close, state. */
export function topColumns({ signs }: BookTextOptions, now: EpochMs): readonly TextColumn<TopRow>[] {
  const right = { align: 'right' } as const;
  return [
    { title: 'TICKER', align: 'left', leaves: 0, shrinks: { good: 24, least: 14 }, cell: ({ ticker }) => ticker },
    { title: 'SIZE', ...right, leaves: 5, cell: ({ bid }) => contractsText(bid?.size, signs) },
    { title: 'BID', ...right, leaves: 0, cell: ({ bid }) => priceText(bid?.price, signs) },
    { title: 'ASK', ...right, leaves: 0, cell: ({ ask }) => priceText(ask?.price, signs) },
    { title: 'SIZE', ...right, leaves: 5, cell: ({ ask }) => contractsText(ask?.size, signs) },
    { title: 'SPREAD', ...right, leaves: 4, cell: ({ spread }) => priceText(spread, signs) },
    {
      title: 'MID',
      ...right,
      leaves: 6,
      cell: ({ doubledMid }) => (doubledMid === undefined ? signs.dash : String(doubledMid / 200)),
    },
    {
      title: 'MICRO',
      ...right,
      leaves: 8,
      cell: ({ microprice }) => probabilityText(microprice && microprice / 10_000, signs),
    },
    { title: 'LAST', ...right, leaves: 7, cell: ({ lastPrice }) => priceText(lastPrice, signs) },
    { title: 'AGE', ...right, leaves: 9, cell: ({ at, seq }) => (seq === 0 ? signs.dash : ageText(now - at)) },
    {
      title: 'CLOSES',
      ...right,
      leaves: 3,
      cell: ({ closeAt }) => (closeAt > now ? ageText(closeAt - now) : signs.dash),
    },
    { title: 'STATE', align: 'left', leaves: 2, cell: ({ state }) => state },
  ];
}

/** "14:02:11 ET  KXBTC15M-…  bought 12 at 47.5 ¢": what the taker did. */
export function tradeLine(trade: Trade, { outcome, zone, signs }: BookTextOptions): string {
  const { price, takerSide } = printOf(trade, outcome);
  const what = `${takerSide === 'bid' ? 'bought' : 'sold'} ${contractsText(trade.size, signs)} ${outcome.toUpperCase()}`;
  return `${clockText(trade.exchangeAt ?? trade.at, zone)}  ${trade.ticker}  ${what} at ${priceText(price, signs)} ${signs.cent}`;
}
