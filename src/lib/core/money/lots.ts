/**
 * Lots, first in, first out: contracts bought or sold together and not yet closed, and what became of each when it is. A
 * lot that closes tells what a tax return asks: when and for how much it was opened and closed, and its share of the fees.
 */
import {
  type Centicents,
  type Centicontracts,
  complement,
  type EpochMs,
  type Microdollars,
  microdollars,
  moneyOf,
} from '../units.ts';

export interface Lot {
  /** The trade that opened it. */
  readonly tradeId: string;
  readonly at: EpochMs;
  /** YES price. */
  readonly price: Centicents;
  /** Still open: + YES, − NO. */
  size: Centicontracts;
  /** Of the opening trade's fee, what has not been shared out yet. */
  fee: Microdollars;
}

/** What closes lots. */
export interface Closing {
  readonly how: 'trade' | 'settlement';
  /** The trade, or `<ticker> <settledAt>`. */
  readonly id: string;
  readonly at: EpochMs;
  /** YES price, or what one YES paid. */
  readonly price: Centicents;
}

/**
 * A lot, or part of one, that was closed. `gain` = proceeds − basis; fees are beside it. A settlement that did not stand is
 * taken back by a record with `isReversal` and every figure negated.
 */
export interface ClosedLot {
  readonly ticker: string;
  /** What was held: selling YES that one has not is buying NO. */
  readonly outcome: 'yes' | 'no';
  readonly size: Centicontracts;
  readonly openedAt: EpochMs;
  readonly openedBy: string;
  /** Of the outcome that was held. */
  readonly openPrice: Centicents;
  readonly closedAt: EpochMs;
  readonly closedBy: string;
  readonly closedHow: Closing['how'];
  readonly closePrice: Centicents;
  readonly basis: Microdollars;
  readonly proceeds: Microdollars;
  readonly gain: Microdollars;
  readonly openFee: Microdollars;
  readonly closeFee: Microdollars;
  readonly isReversal?: true;
}

/** `size` of the lot, signed like it. */
export function closedLot(
  ticker: string,
  lot: Pick<Lot, 'tradeId' | 'at' | 'price'>,
  size: number,
  by: Closing,
  fees: { readonly open: number; readonly close: number },
): ClosedLot {
  const isYes = size > 0;
  const [openPrice, closePrice] = isYes ? [lot.price, by.price] : [complement(lot.price), complement(by.price)];
  const held = Math.abs(size) as Centicontracts;
  const [basis, proceeds] = [moneyOf(openPrice, held), moneyOf(closePrice, held)];
  return {
    ticker,
    outcome: isYes ? 'yes' : 'no',
    size: held,
    openedAt: lot.at,
    openedBy: lot.tradeId,
    openPrice,
    closedAt: by.at,
    closedBy: by.id,
    closedHow: by.how,
    closePrice,
    basis,
    proceeds,
    gain: microdollars(proceeds - basis),
    openFee: microdollars(fees.open),
    closeFee: microdollars(fees.close),
  };
}

/** The whole of a lot, paid at `value`. */
export function paidLot(
  ticker: string,
  lot: Lot,
  { id, settledAt, value }: { readonly id: string; readonly settledAt: EpochMs; readonly value: Centicents },
): ClosedLot {
  const by: Closing = { how: 'settlement', id, at: settledAt, price: value };
  return closedLot(ticker, lot, lot.size, by, { open: lot.fee, close: 0 });
}

/** The record that takes another one back. */
export function reversalOf(lot: ClosedLot, at: EpochMs, by: string): ClosedLot {
  const { size, basis, proceeds, gain, openFee, closeFee } = lot;
  return {
    ...lot,
    closedAt: at,
    closedBy: by,
    size: (0 - size) as Centicontracts,
    basis: negated(basis),
    proceeds: negated(proceeds),
    gain: negated(gain),
    openFee: negated(openFee),
    closeFee: negated(closeFee),
    isReversal: true,
  };
}

/**
 * The share that `part` of `whole` has in an amount: cut off, so that taking shares one after another from what is left
 * loses nothing, for the last part is the whole. Exact.
 */
export function shareOf(amount: number, part: number, whole: number): number {
  if (part === whole || amount === 0) return amount;
  const product = amount * part;
  if (Number.isSafeInteger(product)) return (product - (product % whole)) / whole;
  return Number((BigInt(amount) * BigInt(part)) / BigInt(whole));
}

/** The open lots of a market, oldest first. Taking from the front costs the same however many there are. */
export class LotQueue {
  #lots: Lot[] = [];
  #first = 0;

  get oldest(): Lot | undefined {
    return this.#lots[this.#first];
  }

  push(lot: Lot): void {
    this.#lots.push(lot);
  }

  drop(): void {
    this.#first += 1;
    const isEmpty = this.#first === this.#lots.length;
    const isCompact = this.#first < KEPT_BEFORE_COMPACTION || this.#first * 2 < this.#lots.length;
    if (isCompact && !isEmpty) return;
    this.#lots = this.#lots.slice(this.#first);
    this.#first = 0;
  }

  /** All of them; the queue is empty then. */
  takeAll(): Lot[] {
    const lots = this.#lots.slice(this.#first);
    this.#lots = [];
    this.#first = 0;
    return lots;
  }
}

const KEPT_BEFORE_COMPACTION = 64;

function negated(amount: Microdollars): Microdollars {
  return (0 - amount) as Microdollars;
}
