/**
 * What the exchange itself said of our places in the queue: between two answers for an order that kept its place, each share
 * says what should stand before it at the second, and the exchange says what does. Levels are those of others.
 */
import { Book } from '../book/book.ts';
import type { Centicents, Centicontracts, Side } from '../units.ts';
import type { FlowOp } from './flow.ts';
import { levelKey } from './level-key.ts';
import { ShareTrial } from './share-trial.ts';
import { closeBucket } from './situations.ts';
import type { CancelTally } from './study.ts';

/** One answer, about one order. */
export interface ToldPlace {
  readonly at: number;
  readonly orderId: string;
  readonly side: Side;
  readonly price: number;
  /** Centicontracts that fill before it. */
  readonly ahead: number;
}

type Tally = { -readonly [Key in keyof CancelTally]: CancelTally[Key] } & { readonly errors: number[] };

interface Watched {
  readonly key: number;
  readonly told: ToldPlace;
  readonly trial: ShareTrial;
  /** Something of others was cancelled at its level since the last answer: else all shares agree. */
  hasCancels: boolean;
}

/** `told` in order of time, of one market; `closeAt` absent: not known. */
export function weighOwnPlaces(
  ops: readonly FlowOp[],
  told: readonly ToldPlace[],
  closeAt?: number,
): readonly CancelTally[] {
  const book = new Book();
  const watched = new Map<string, Watched>();
  const tallies = new Map<string, Tally>();
  const answer = (place: ToldPlace): void => {
    const before = watched.get(place.orderId);
    if (before !== undefined && isSamePlace(before.told, place) && before.hasCancels) {
      weigh(tallies, before, place, book, closeAt);
    }
    const behind = Math.max(0, book.sizeAt(place.side, place.price as Centicents) - place.ahead);
    const trial = new ShareTrial(place.ahead, behind);
    watched.set(place.orderId, { key: levelKey(place.side, place.price), told: place, trial, hasCancels: false });
  };
  let next = 0;
  for (const op of ops) {
    for (let place = told[next]; place !== undefined && place.at < op.at; place = told[next]) {
      if (book.isValid) answer(place);
      next += 1;
    }
    apply(book, watched, op);
  }
  return [...tallies.values()];
}

/** Nothing but a lost place lets more stand before us than before. */
function isSamePlace(before: ToldPlace, now: ToldPlace): boolean {
  return before.side === now.side && before.price === now.price && now.ahead <= before.ahead;
}

function weigh(
  tallies: Map<string, Tally>,
  { trial }: Watched,
  { side, price, ahead, at }: ToldPlace,
  book: Book,
  closeAt: number | undefined,
): void {
  const best = side === 'bid' ? book.bestBid : book.bestAsk;
  const place = price === best ? 'touch' : 'behind';
  const close = closeBucket(closeAt === undefined ? undefined : closeAt - at);
  const key = `${place} ${close}`;
  const tally = tallies.get(key) ?? { place, close, cancels: 0, squares: 0, errors: [] };
  tallies.set(key, tally);
  tally.cancels += 1;
  tally.squares += book.sizeAt(side, price as Centicents) ** 2;
  trial.weigh(ahead, tally.errors);
}

function apply(book: Book, watched: Map<string, Watched>, op: FlowOp): void {
  if (op.kind === 'snapshot' || op.kind === 'lost') {
    if (op.kind === 'snapshot') book.snapshot(op.bids, op.asks);
    else book.invalidate('gap');
    watched.clear();
    return;
  }
  const { kind, side, price, size } = op;
  const key = levelKey(side, price);
  for (const one of watched.values()) {
    if (one.key !== key) continue;
    if (kind === 'add') one.trial.added(size);
    else if (kind === 'trade') one.trial.traded(size);
    else {
      one.trial.cancelled(size);
      one.hasCancels = true;
    }
  }
  book.delta(side, price as Centicents, (kind === 'add' ? size : -size) as Centicontracts);
}
