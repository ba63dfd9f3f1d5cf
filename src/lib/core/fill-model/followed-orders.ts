/** The orders of the grid while they stand in the book: what happens to each, for how long, and what cancels say of the queue. */
import { type Side, signOf } from '../units.ts';
import { levelKey } from './level-key.ts';
import { LevelOrders } from './level-orders.ts';
import type { MidLine } from './mid-line.ts';
import type { Spot } from './placement.ts';
import { ShareTrial } from './share-trial.ts';
import { closeBucket } from './situations.ts';
import { LOTS, Standing } from './standing.ts';
import type { CancelTally, FillMoves, StudiedOrder } from './study.ts';
import type { Band } from './types.ts';

/** No order is followed for longer. */
const FOLLOWED_MS_MAX = 300_000;
/** After a fill, as core/pnl/split.ts has them. */
export const MOVE_SECONDS = [1, 10, 60] as const;

class Followed {
  readonly spot: Spot;
  readonly standing: Standing;
  readonly close: ReturnType<typeof closeBucket>;
  readonly trial: ShareTrial;
  endAt: number | undefined;

  constructor(spot: Spot, standing: Standing, untilCloseMs: number | undefined) {
    this.spot = spot;
    this.standing = standing;
    this.trial = new ShareTrial(spot.ahead);
    this.close = closeBucket(untilCloseMs);
  }

  get side(): Side {
    return this.standing.side;
  }

  get price(): number {
    return this.standing.price;
  }
}

export interface KnownCancel {
  readonly cameAt: number;
  /** The level before it. */
  readonly level: number;
  /** What stands at the level after it, of those who were there at a moment. */
  standingSince(at: number): number;
}

type Tally = { -readonly [Key in keyof CancelTally]: CancelTally[Key] } & { readonly errors: number[] };

export class FollowedOrders {
  readonly #shares: Readonly<Record<Band, number>>;
  readonly #closeAt: number | undefined;
  readonly #levels = new LevelOrders<Followed>();
  readonly #ended: Followed[] = [];
  readonly #tallies = new Map<string, Tally>();
  #cancelled = 0;
  #known = 0;

  constructor(shares: Readonly<Record<Band, number>>, closeAt: number | undefined) {
    this.#shares = shares;
    this.#closeAt = closeAt;
  }

  place(spot: Spot, at: number): void {
    const standing = new Standing(spot.side, spot.price, at, spot.ahead, this.#shares);
    const untilClose = this.#closeAt === undefined ? undefined : this.#closeAt - at;
    this.#levels.add(levelKey(spot.side, spot.price), new Followed(spot, standing, untilClose));
  }

  added(key: number, size: number): void {
    for (const { standing, trial } of this.#levels.at(key)) {
      standing.added(size);
      trial.added(size);
    }
  }

  traded(key: number, side: Side, price: number, size: number, at: number): void {
    for (const { standing, trial } of this.#levels.at(key)) {
      standing.traded(size, at);
      trial.traded(size);
    }
    for (const { standing } of this.#levels.passedBy(side, price)) standing.passed(at);
  }

  /** `known`: whose cancel it was; undefined: it cannot be told. */
  cancelled(key: number, size: number, known: KnownCancel | undefined): void {
    const orders = this.#levels.at(key);
    if (orders.length > 0) {
      this.#cancelled += size;
      if (known !== undefined) this.#known += size;
    }
    for (const order of orders) {
      if (known !== undefined) this.#weigh(order, size, known);
      order.standing.cancelled(size);
      order.trial.cancelled(size);
    }
  }

  /** The best prices after a moment: an order that the other side's quote has come to would have been its fill. */
  met(bid: number | undefined, ask: number | undefined, at: number): void {
    if (ask !== undefined) for (const { standing } of this.#levels.metBy('bid', ask)) standing.passed(at);
    if (bid !== undefined) for (const { standing } of this.#levels.metBy('ask', bid)) standing.passed(at);
  }

  expire(at: number): void {
    const isLeft = ({ standing }: Followed) => !standing.isDone && at < standing.at + FOLLOWED_MS_MAX;
    for (const order of this.#levels.weed(isLeft)) this.#end(order, at);
  }

  /** Nothing is known from here on. */
  end(at: number): void {
    for (const order of this.#levels.all()) this.#end(order, at);
    this.#levels.clear();
  }

  cancels(): { readonly cancels: readonly CancelTally[]; readonly cancelled: number; readonly placed: number } {
    return { cancels: [...this.#tallies.values()], cancelled: this.#cancelled, placed: this.#known };
  }

  studied(mids: MidLine): readonly StudiedOrder[] {
    return this.#ended.map((order) => studied(order, mids));
  }

  #end(order: Followed, at: number): void {
    order.endAt = Math.min(at, order.standing.at + FOLLOWED_MS_MAX);
    this.#ended.push(order);
  }

  /** Where nobody stands on one side of us, there is nothing to guess. */
  #weigh(
    { standing, trial, spot, close }: Followed,
    size: number,
    { cameAt, level, standingSince }: KnownCancel,
  ): void {
    const isAhead = cameAt <= standing.at;
    const front = standingSince(standing.at) + (isAhead ? size : 0);
    if (front <= 0 || front >= level) return;
    const { place } = spot;
    const key = `${place} ${close}`;
    const tally = this.#tallies.get(key) ?? { place, close, cancels: 0, squares: 0, errors: [] };
    this.#tallies.set(key, tally);
    tally.cancels += 1;
    tally.squares += level ** 2;
    trial.weigh(front, tally.errors);
  }
}

function studied({ spot, standing, close, endAt }: Followed, mids: MidLine): StudiedOrder {
  const followedMs = (endAt as number) - standing.at;
  const times = (band: Band) => LOTS.map((_, n) => elapsed(standing, band, n));
  const { cents, offset } = spot;
  return {
    offset,
    close,
    cents,
    ahead: (spot.ahead + spot.depth) / 100,
    followedMs,
    filledMs: {
      pessimistic: times('pessimistic'),
      calibrated: times('calibrated'),
      optimistic: times('optimistic'),
    },
    fill: fillMoves(standing, mids),
    moves: moves(mids, standing, mids.at(standing.at), standing.at),
  };
}

function elapsed({ bands, at }: Standing, band: Band, lot: number): number | null {
  const filledAt = bands[band].filledAt[lot];
  return filledAt === undefined ? null : filledAt - at;
}

function fillMoves(standing: Standing, mids: MidLine): FillMoves | null {
  const filledAt = standing.bands.calibrated.filledAt[0];
  const before = filledAt === undefined ? undefined : mids.before(filledAt);
  if (filledAt === undefined || before === undefined) return null;
  const against = moves(mids, standing, before, filledAt);
  const left = moves(mids, standing, 2 * standing.price, filledAt);
  return { against, left: left.map((cents) => (cents === null ? null : -cents)) };
}

const DOUBLED_CENTICENTS_PER_CENT = 200;

/** Cents from a doubled price to the mid at each horizon, against the order's side. */
function moves(mids: MidLine, { side }: Standing, from: number | undefined, at: number): readonly (number | null)[] {
  return MOVE_SECONDS.map((seconds) => {
    const then = mids.at(at + seconds * 1_000);
    if (from === undefined || then === undefined) return null;
    return (signOf(side) * (from - then)) / DOUBLED_CENTICENTS_PER_CENT || 0;
  });
}
