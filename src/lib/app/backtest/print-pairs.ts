/**
 * Finds the decrease of a book that is a print, as they come: of the same market, stamp, level and side, of just its size, or
 * of more than that which nothing else was found for (sim/backtest/rows.ts does the same over whole recordings). What one
 * would have to wait longer for is not paired.
 */
import type { EpochMs } from '../../core/units.ts';
import type { Row } from '../../sim/backtest/rows.ts';

/** The two come on channels of their own, milliseconds apart. */
export const HELD_MS = 250;

interface Stamped {
  readonly decreases: Row[];
  /** Not found yet. */
  readonly prints: Row[];
  readonly at: number;
}

export class PrintPairs {
  /** By market and the exchange's stamp, the oldest first. */
  readonly #stamped = new Map<string, Stamped>();

  /** A change of a book; its `traded` is what prints are found for, now and as they come. */
  decrease(row: Row, stamp: EpochMs | undefined): void {
    if (row.size >= 0 || stamp === undefined) return;
    const { decreases, prints } = this.#of(row, stamp);
    decreases.push(row);
    const near = prints.filter((print) => isOf(row, print));
    const exact = near.find(({ size }) => -row.size === size);
    for (const print of exact === undefined ? near : [exact]) {
      if (-row.size - row.traded < print.size) continue;
      row.traded += print.size;
      prints.splice(prints.indexOf(print), 1);
    }
  }

  /** The decrease that it is, if that came before it. */
  print(print: Row, stamp: EpochMs | undefined): Row | undefined {
    if (stamp === undefined) return undefined;
    const { decreases, prints } = this.#of(print, stamp);
    const near = decreases.filter((row) => isOf(row, print) && print.at - row.at < HELD_MS);
    const exact = near.find((row) => row.traded === 0 && -row.size === print.size);
    const found = exact ?? near.find((row) => -row.size - row.traded >= print.size);
    if (found === undefined) prints.push(print);
    else found.traded += print.size;
    return found;
  }

  #of({ market, at }: Row, stamp: EpochMs): Stamped {
    for (const [key, old] of this.#stamped) {
      if (at - old.at < HELD_MS) break;
      this.#stamped.delete(key);
    }
    const key = `${market} ${stamp}`;
    const known = this.#stamped.get(key);
    if (known !== undefined) return known;
    const stamped: Stamped = { decreases: [], prints: [], at };
    this.#stamped.set(key, stamped);
    return stamped;
  }
}

function isOf(row: Row, print: Row): boolean {
  return row.price === print.price && row.side !== print.side;
}
