/**
 * One market from its first fill on, cut at given moments: what each stretch between two of them has brought.
 *
 * At a moment a position is worth what the market has paid by then; before that what leaving it would bring, the best bid for
 * a long one and the best ask for a short one, as last known (the rule of portfolio.ts); and where no price was ever seen,
 * the price of our own last fill. All of a market is valued at one price, so every sum over its fills is exact.
 */
import { type Centicents, type Centicontracts, type EpochMs, PRICE_ZERO, signOf } from '../units.ts';
import { type ExitMark, executedAt, type PnlFill, type PnlSettlement } from './facts.ts';
import { PositionBook } from './position-book.ts';
import type { PnlPart } from './sums.ts';

/** In the order of time, each list. */
export interface MarketFacts {
  readonly fills: readonly PnlFill[];
  readonly settlements: readonly PnlSettlement[];
  readonly exits: readonly ExitMark[];
}

/** What a market is worth from a moment on. */
export interface Valuation {
  readonly price: Centicents;
  readonly isPaid: boolean;
}

/** Between two cuts, `index` and the next. */
export interface Stretch {
  readonly index: number;
  readonly part: PnlPart;
  /** Executed within it, and the price at its end that their gain is told to. */
  readonly fills: readonly PnlFill[];
  readonly end: Centicents;
}

/** One for each cut: what has happened before it. */
export function valuationsOf({ fills, settlements, exits }: MarketFacts, cuts: readonly EpochMs[]): Valuation[] {
  let [fill, settlement, exit, position] = [0, 0, 0, 0];
  return cuts.map((cut) => {
    for (let next = fills[fill]; next !== undefined && executedAt(next) < cut; next = fills[fill]) {
      position += signOf(next.side) * next.size;
      fill += 1;
    }
    while ((settlements[settlement]?.settledAt ?? Infinity) < cut) settlement += 1;
    while ((exits[exit]?.at ?? Infinity) <= cut) exit += 1;
    const paid = settlements[settlement - 1];
    if (paid !== undefined) return { price: paid.value, isPaid: true };
    const mark = exits[exit - 1];
    const price = mark === undefined ? (fills[fill - 1]?.price ?? PRICE_ZERO) : exitPrice(mark, position);
    return { price, isPaid: false };
  });
}

/** Of one that is flat nothing depends on it. */
function exitPrice({ bid, ask }: ExitMark, position: number): Centicents {
  if (position === 0) return ((bid + ask) >> 1) as Centicents;
  return position > 0 ? bid : ask;
}

/**
 * @param fills those of one strategy, or all
 * @param firstPaidAt when the market first paid; Infinity: never
 * @param valuations of the market as a whole, one for each cut
 * @returns one for each two cuts; those in which nothing was held, done or changed are left out
 */
export function walk(
  fills: readonly PnlFill[],
  firstPaidAt: number,
  cuts: readonly EpochMs[],
  valuations: readonly Valuation[],
): Stretch[] {
  const book = new PositionBook();
  const stretches: Stretch[] = [];
  let [next, before] = [0, NOTHING_YET];
  for (const [i, cut] of cuts.entries()) {
    const from = next;
    for (let fill = fills[next]; fill !== undefined && executedAt(fill) < cut; fill = fills[next]) {
      const change = (signOf(fill.side) * fill.size) as Centicontracts;
      book.fill(change, fill.price, executedAt(fill) >= firstPaidAt);
      next += 1;
    }
    const { price: end, isPaid } = valuations[i] as Valuation;
    const now = standingOf(book, end, isPaid);
    const isQuiet = next === from && now.gross === before.gross && now.held === before.held && unrealizedIn(now) === 0;
    if (i > 0 && !isQuiet) {
      const entered = fills.slice(from, next);
      stretches.push({ index: i - 1, part: partOf(before, now, entered, end), fills: entered, end });
    }
    before = now;
  }
  return stretches;
}

/** Since the first fill, by a cut. */
interface Standing {
  readonly gross: number;
  readonly roundTrip: number;
  readonly held: number;
  readonly average: number;
}

const NOTHING_YET: Standing = { gross: 0, roundTrip: 0, held: 0, average: 0 };

function unrealizedIn({ gross, roundTrip, held }: Standing): number {
  return gross - roundTrip - held;
}

function standingOf(book: PositionBook, price: Centicents, isPaid: boolean): Standing {
  const gross = book.grossAt(price);
  const { roundTrip } = book;
  return isPaid
    ? { gross, roundTrip, held: gross - roundTrip, average: gross }
    : { gross, roundTrip, held: 0, average: book.roundTripAverage };
}

function partOf(before: Standing, now: Standing, entered: readonly PnlFill[], end: Centicents): PnlPart {
  let [ofFills, charged, rebates, contracts] = [0, 0, 0, 0];
  for (const { side, size, price, fee } of entered) {
    ofFills += signOf(side) * size * (end - price);
    charged += Math.max(0, fee);
    rebates += Math.max(0, -fee);
    contracts += size;
  }
  const gross = now.gross - before.gross;
  const roundTrip = now.roundTrip - before.roundTrip;
  const held = now.held - before.held;
  return {
    ...{ fills: entered.length, contracts, gross, carried: gross - ofFills, roundTrip, held },
    ...{
      realizedAverage: now.average - before.average,
      unrealized: unrealizedIn(now),
      unrealizedChange: gross - roundTrip - held,
    },
    ...{ charged, rebates },
  };
}
