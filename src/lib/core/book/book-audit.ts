/**
 * One market's book beside the exchange's own over REST (reliability.md F15): a level that drifts while every sequence is
 * intact is found by nothing else.
 *
 * A busy book moves on between asking and hearing, and an answer may be a little older or newer than our book. So it is not
 * the book of one moment that is compared: every size that a level has had since before we asked is as good as another. A
 * level is in dispute when the exchange states a size it never had; it differs when two answers in a row say so.
 */

import type { BookDelta, Level } from '../events.ts';
import { type Centicents, type Centicontracts, formatPrice, formatSize, NO_SIZE, type Side, signOf } from '../units.ts';
import type { Book } from './book.ts';

/** What the exchange stated: the best levels of each side, in any order, `depth` of them unless it has fewer. */
export interface StatedBook {
  readonly depth: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** `doubtful`: ask once more. `void`: our own book was lost meanwhile. */
export type AuditVerdict = 'equal' | 'doubtful' | 'differs' | 'void';

type Sizes = Map<Centicents, Set<Centicontracts>>;

const SIDES: readonly Side[] = ['bid', 'ask'];

export class BookAudit {
  readonly #seen: Readonly<Record<Side, Sizes>> = { bid: new Map(), ask: new Map() };
  #disputed: ReadonlyMap<string, string> | undefined;

  /** Begins with the book as it is. */
  constructor(book: Book) {
    for (const side of SIDES) {
      for (const { price, size } of book.levels(side)) this.#seen[side].set(price, new Set([size]));
    }
  }

  /** Call after each change of one level. */
  changed({ side, price }: BookDelta, book: Book): void {
    this.#note(side, price, book.sizeAt(side, price));
  }

  /** Call after each snapshot. */
  replaced(book: Book): void {
    for (const side of SIDES) {
      for (const price of this.#seen[side].keys()) this.#note(side, price, book.sizeAt(side, price));
      for (const { price, size } of book.levels(side)) this.#note(side, price, size);
    }
  }

  /** What the exchange's answer comes to, with the differences that two answers agree on in words. */
  compare(stated: StatedBook, book: Book): { readonly verdict: AuditVerdict; readonly text: string } {
    const disputed = new Map<string, string>();
    for (const side of SIDES) for (const [key, text] of this.#disputesOn(side, stated, book)) disputed.set(key, text);
    const proved = [...disputed].filter(([key]) => this.#disputed?.has(key));
    this.#disputed = disputed;
    if (proved.length > 0) return { verdict: 'differs', text: proved.map(([, text]) => text).join('; ') };
    return { verdict: disputed.size > 0 ? 'doubtful' : 'equal', text: [...disputed.values()].join('; ') };
  }

  #disputesOn(side: Side, stated: StatedBook, book: Book): [string, string][] {
    const theirs = statedOn(side, stated);
    const last = theirs.length < stated.depth ? undefined : theirs.at(-1);
    const isWithin = (price: Centicents) => last === undefined || signOf(side) * (price - last.price) >= 0;
    const sizes = new Map(theirs.map(({ price, size }) => [price, size]));
    const ours = book.levels(side).map(({ price }) => price);
    const found: [string, string][] = [];
    for (const price of new Set([...sizes.keys(), ...ours.filter(isWithin)])) {
      const size = sizes.get(price) ?? NO_SIZE;
      if (this.#seen[side].get(price)?.has(size) ?? size === NO_SIZE) continue;
      const figures = `ours ${formatSize(book.sizeAt(side, price))}, theirs ${formatSize(size)}`;
      found.push([`${side} ${price}`, `${side} ${formatPrice(price)}: ${figures}`]);
    }
    return found;
  }

  /** Of a price that is not among them nothing rested when it all began. */
  #note(side: Side, price: Centicents, size: Centicontracts): void {
    const sizes = this.#seen[side].get(price);
    if (sizes === undefined) this.#seen[side].set(price, new Set([NO_SIZE, size]));
    else sizes.add(size);
  }
}

/** Size at a price by the exchange's word; undefined below the levels that it stated. */
export function statedSizeAt(stated: StatedBook, side: Side, price: Centicents): Centicontracts | undefined {
  const levels = statedOn(side, stated);
  const level = levels.find((one) => one.price === price);
  if (level !== undefined) return level.size;
  const last = levels.at(-1);
  const isBelow = last !== undefined && levels.length >= stated.depth && signOf(side) * (price - last.price) < 0;
  return isBelow ? undefined : NO_SIZE;
}

/** Best first, `depth` at most. */
function statedOn(side: Side, { bids, asks, depth }: StatedBook): readonly Level[] {
  const levels = side === 'bid' ? bids : asks;
  return [...levels].sort((a, b) => signOf(side) * (b.price - a.price)).slice(0, depth);
}
