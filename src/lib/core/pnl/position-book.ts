/**
 * What trading in one market has realized: first in, first out, and at average cost. The two differ only in when a profit
 * counts as realized, never in the sum with what is open.
 */
import { type Centicents, type Centicontracts, type Microdollars, microdollars } from '../units.ts';

interface Lot {
  readonly price: number;
  size: number;
}

export class PositionBook {
  #position = 0;
  /** Σ signed size × price: what the fills have cost. */
  #paid = 0;
  #roundTrip = 0;
  #averageCost = 0;
  #average = 0;
  readonly #lots: Lot[] = [];
  #first = 0;

  /** Signed: bought less sold, before any settlement. */
  get position(): Centicontracts {
    return this.#position as Centicontracts;
  }

  /** Realized by trading out, first in, first out. */
  get roundTrip(): Microdollars {
    return microdollars(this.#roundTrip);
  }

  /** The same at average cost. */
  get roundTripAverage(): Microdollars {
    return microdollars(this.#average);
  }

  /** Everything gained by `price`: realized, and the open position at it. */
  grossAt(price: Centicents): Microdollars {
    return microdollars(price * this.#position - this.#paid);
  }

  /** @param change signed size. `isLate`: after the market was paid, so that it is held to settlement and closes nothing. */
  fill(change: Centicontracts, price: Centicents, isLate: boolean): void {
    this.#paid += change * price;
    if (!isLate) {
      this.#fifo(change, price);
      this.#atAverage(change, price);
    }
    this.#position += change;
  }

  #fifo(change: number, price: number): void {
    let rest = change;
    while (rest !== 0) {
      const oldest = this.#lots[this.#first];
      if (oldest === undefined || Math.sign(oldest.size) === Math.sign(rest)) {
        this.#lots.push({ price, size: rest });
        return;
      }
      const closed = Math.sign(oldest.size) * Math.min(Math.abs(oldest.size), Math.abs(rest));
      this.#roundTrip += (price - oldest.price) * closed;
      oldest.size -= closed;
      rest += closed;
      if (oldest.size === 0) this.#first += 1;
    }
  }

  /** The cost that goes with what is closed is its share, cut to the microdollar; the rest stays with what is open. */
  #atAverage(change: number, price: number): void {
    const before = this.#position;
    const isOpening = before === 0 || Math.sign(before) === Math.sign(change);
    if (isOpening) {
      this.#averageCost += change * price;
      return;
    }
    const closed = Math.sign(before) * Math.min(Math.abs(before), Math.abs(change));
    const cost = Number((BigInt(this.#averageCost) * BigInt(closed)) / BigInt(before));
    this.#average += price * closed - cost;
    this.#averageCost += (change + closed) * price - cost;
  }
}
