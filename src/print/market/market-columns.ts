/** The table of markets. Columns leave a narrow terminal in this order: open interest, last, spread, volume, close, title. */
import { ageText, contractsText, type Glyphs, priceText } from '../../format.ts';
import { spreadOf } from '../../lib/app/markets/list-markets.ts';
import type { ListedMarket } from '../../lib/app/markets/show-market.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import type { TextColumn } from '../text-table.ts';

export function marketColumns(signs: Glyphs, now: EpochMs): readonly TextColumn<ListedMarket>[] {
  const right = { align: 'right' } as const;
  return [
    { title: 'TICKER', align: 'left', leaves: 0, shrinks: { good: 24, least: 16 }, cell: ({ ticker }) => ticker },
    { title: 'TITLE', align: 'left', leaves: 1, shrinks: { good: 20, least: 10 }, cell: titleOf },
    { title: 'STATUS', align: 'left', leaves: 7, cell: ({ status }) => status },
    { title: 'BID', ...right, leaves: 0, cell: ({ bid }) => priceText(bid?.price, signs) },
    { title: 'ASK', ...right, leaves: 0, cell: ({ ask }) => priceText(ask?.price, signs) },
    { title: 'SPREAD', ...right, leaves: 4, cell: (market) => priceText(spreadOf(market), signs) },
    { title: 'LAST', ...right, leaves: 5, cell: ({ lastPrice }) => priceText(lastPrice, signs) },
    { title: '24H VOL', ...right, leaves: 3, cell: ({ volume24h }) => contractsText(volume24h, signs) },
    { title: 'OPEN INT', ...right, leaves: 6, cell: ({ openInterest }) => contractsText(openInterest, signs) },
    {
      title: 'CLOSES',
      ...right,
      leaves: 2,
      cell: ({ closeAt }) => (closeAt > now ? ageText(closeAt - now) : signs.dash),
    },
  ];
}

/** Title and outcome, without saying the same twice. */
export function titleOf({ title = '', subtitle = '' }: Pick<ListedMarket, 'title' | 'subtitle'>): string {
  if (subtitle === '' || title.includes(subtitle)) return title;
  return title === '' ? subtitle : `${subtitle} · ${title}`;
}
