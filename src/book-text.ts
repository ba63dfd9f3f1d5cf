/** A ladder as text: asks above, bids below, prices in cents of YES, a bar for the size. */
import { barText, contractsText, type Glyphs, priceText } from './format.ts';
import type { Level } from './lib/core/events.ts';

const BAR_CELLS = 12;

/** `bids` and `asks` best first. */
export function bookLines(bids: readonly Level[], asks: readonly Level[], signs: Glyphs): readonly string[] {
  const largest = Math.max(1, ...[...bids, ...asks].map((level) => level.size));
  const line = (side: string, { price, size }: Level) => {
    const bar = barText(size / largest, BAR_CELLS, signs).trimEnd();
    return `  ${side}  ${priceText(price, signs).padStart(6)} ${signs.cent}  ${contractsText(size, signs).padStart(12)}  ${bar}`;
  };
  const empty = (side: string) => [`  ${side}  ${signs.dash.padStart(6)}    nobody`];
  return [
    ...(asks.length === 0 ? empty('ask') : asks.map((level) => line('ask', level)).reverse()),
    ...(bids.length === 0 ? empty('bid') : bids.map((level) => line('bid', level))),
  ];
}
