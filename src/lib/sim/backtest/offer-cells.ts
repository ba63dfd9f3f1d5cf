/** Offers of ours, an order at one price each, counted by where they stood: what rates of filling are taken of. */
import { OFFER_CLOSE_MS, type OfferCell } from '../../core/backtest/result.ts';
import { type Centicontracts, signOf } from '../../core/units.ts';
import type { Listed } from './exchange.ts';
import type { Standing } from './queue-side.ts';

const OFFSET_MIN = -1;
const OFFSET_MAX = 15;
/** Half centicents in a cent. */
const CENT_DOUBLED = 200;

type Cell = { -readonly [Key in keyof OfferCell]: OfferCell[Key] };

/** Those that still stand end at `endAt`. Offers without a mid are left out. */
export function offerCells(markets: readonly Listed[], endAt: number): readonly OfferCell[] {
  const cells = new Map<string, Cell>();
  for (const { listing, book } of markets) {
    const { closeAt } = listing.market;
    for (const { standing, at } of book.left) count(cells, standing, closeAt, at);
    for (const { standing: orders } of [book.bids, book.asks]) {
      for (const standing of orders) count(cells, standing, closeAt, endAt);
    }
  }
  return [...cells.values()].sort((a, b) => a.offsetCents - b.offsetCents || boundOf(a) - boundOf(b));
}

function count(cells: Map<string, Cell>, standing: Standing, closeAt: number, endAt: number): void {
  const { midDoubled, priceAtStart, sizeAtStart, order, since, filled } = standing;
  if (midDoubled === undefined) return;
  const behind = Math.floor((signOf(order.side) * (midDoubled - 2 * priceAtStart)) / CENT_DOUBLED);
  const offsetCents = Math.min(OFFSET_MAX, Math.max(OFFSET_MIN, behind));
  const closeMsMax = OFFER_CLOSE_MS.find((bound) => closeAt - since <= bound) ?? null;
  const key = `${offsetCents} ${closeMsMax}`;
  const cell = cells.get(key) ?? {
    ...{ offsetCents, closeMsMax, offers: 0, touched: 0, size: NONE, filled: NONE, restingMs: 0 },
  };
  cells.set(key, cell);
  cell.offers += 1;
  if (filled > 0) cell.touched += 1;
  cell.size = (cell.size + sizeAtStart) as Centicontracts;
  cell.filled = (cell.filled + filled) as Centicontracts;
  cell.restingMs += Math.max(0, endAt - since);
}

function boundOf({ closeMsMax }: Cell): number {
  return closeMsMax ?? Infinity;
}

const NONE = 0 as Centicontracts;
