/**
 * Offers: orders at one price, from the moment they take their place to the moment they leave it. They are what a rate of
 * filling is a rate of: fills alone have no denominator. An order that gets a new price is a new offer.
 */
import { OFFER_CLOSE_MS, type OfferCell } from '../../core/backtest/result.ts';
import { type Centicontracts, type EpochMs, signOf } from '../../core/units.ts';
import type { VenueOrder } from '../venue.ts';

interface Offer {
  readonly price: number;
  /** What is filled of the order is not all filled at this price. */
  readonly filledBefore: number;
  readonly at: number;
  readonly cell: Cell | undefined;
  size: number;
}

type Cell = { -readonly [Key in keyof OfferCell]: OfferCell[Key] };

/** Whole cents behind the mid that are told apart. */
const OFFSET_MIN = -1;
const OFFSET_MAX = 15;
/** A doubled mid in half centicents: a cent is 200. */
const CENT_DOUBLED = 200;

export class Offers {
  readonly #standing = new Map<string, Offer>();
  readonly #cells = new Map<string, Cell>();

  /**
   * What the exchange says of an order of ours.
   * @param midDoubled of the others' book now; an offer without one is in no cell
   */
  told(order: VenueOrder, at: EpochMs, closeAt: EpochMs, midDoubled: number | undefined): void {
    const offer = this.#standing.get(order.orderId);
    const isStanding = order.status === 'resting' && order.remaining > 0;
    if (offer !== undefined) {
      if (isStanding && offer.price === order.price) {
        offer.size = order.filled - offer.filledBefore + order.remaining;
        return;
      }
      this.#standing.delete(order.orderId);
      this.#end(offer, order, at);
    }
    if (!isStanding) return;
    this.#standing.set(order.orderId, {
      ...{ price: order.price, filledBefore: order.filled, at, size: order.remaining },
      cell: midDoubled === undefined ? undefined : this.#cellOf(order, closeAt - at, midDoubled),
    });
  }

  /** By offset, then by time to close. What still stands is not in them. */
  get cells(): readonly OfferCell[] {
    return [...this.#cells.values()]
      .filter(({ offers }) => offers > 0)
      .sort((a, b) => a.offsetCents - b.offsetCents || (a.closeMsMax ?? Infinity) - (b.closeMsMax ?? Infinity));
  }

  #end({ cell, filledBefore, size, at: since }: Offer, { filled }: VenueOrder, at: number): void {
    if (cell === undefined) return;
    const own = filled - filledBefore;
    cell.offers += 1;
    if (own > 0) cell.touched += 1;
    cell.size = (cell.size + Math.max(size, own)) as Centicontracts;
    cell.filled = (cell.filled + own) as Centicontracts;
    cell.restingMs += at - since;
  }

  #cellOf({ side, price }: VenueOrder, msToClose: number, midDoubled: number): Cell {
    const behind = Math.floor((signOf(side) * (midDoubled - 2 * price)) / CENT_DOUBLED);
    const offsetCents = Math.min(OFFSET_MAX, Math.max(OFFSET_MIN, behind));
    const closeMsMax = OFFER_CLOSE_MS.find((bound) => msToClose <= bound) ?? null;
    const key = `${offsetCents} ${closeMsMax}`;
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const none = 0 as Centicontracts;
    const cell = { offsetCents, closeMsMax, offers: 0, touched: 0, size: none, filled: none, restingMs: 0 };
    this.#cells.set(key, cell);
    return cell;
  }
}
