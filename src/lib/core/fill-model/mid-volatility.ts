/**
 * How much the mid of recorded markets moves: cents per root hour, from the mid once a second, without the bounce between bid
 * and ask (Zhou 1996, math.md 7). Seconds without a book of two sides are left out, and nothing is made of the jump across them.
 */
import { Book } from '../book/book.ts';
import type { ModelRefusal } from '../fair-value/types.ts';
import { zhouVariance } from '../reference/volatility.ts';
import type { Centicents, Centicontracts } from '../units.ts';
import type { FlowOp } from './flow.ts';

const STEP_MS = 1_000;
const HOUR_SECONDS = 3_600;
/** Doubled centicents in a cent. */
const CENT = 200;

/** Cents from second to second; a zero stands where seconds are missing, so that no product reaches across. */
export function midChanges(ops: readonly FlowOp[], closeAt = Infinity): readonly number[] {
  const book = new Book();
  const changes: number[] = [];
  let [next, last] = [ops[0]?.at ?? 0, undefined as number | undefined];
  for (const op of ops) {
    if (op.at >= closeAt) break;
    for (; next <= op.at; next += STEP_MS) {
      const mid = midOf(book);
      changes.push(mid === undefined || last === undefined ? 0 : (mid - last) / CENT);
      last = mid;
    }
    apply(book, op);
  }
  return changes;
}

export interface MidVolatility {
  readonly kind: 'volatility';
  readonly centsPerRootHour: number;
  readonly seconds: number;
}

/** Refuses too few changes, and where only the bounce was seen. */
export function midVolatility(markets: readonly (readonly number[])[]): MidVolatility | ModelRefusal {
  const all = markets.flatMap((changes) => [0, ...changes]);
  const seconds = all.length - markets.length;
  const found = zhouVariance(all);
  if (found.kind === 'refused') return found;
  return { kind: 'volatility', centsPerRootHour: Math.sqrt((found.variance / seconds) * HOUR_SECONDS), seconds };
}

/** Doubled, in centicents. */
function midOf(book: Book): number | undefined {
  const [bid, ask] = [book.bestBid, book.bestAsk];
  return book.isValid && !book.isCrossed && bid !== undefined && ask !== undefined ? bid + ask : undefined;
}

function apply(book: Book, op: FlowOp): void {
  if (op.kind === 'snapshot') book.snapshot(op.bids, op.asks);
  else if (op.kind === 'lost') book.invalidate('gap');
  else if (book.isValid) {
    const delta = (op.kind === 'add' ? op.size : -op.size) as Centicontracts;
    book.delta(op.side, op.price as Centicents, delta);
  }
}
