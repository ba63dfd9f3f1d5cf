/**
 * A maker of the world's own flow: a ladder on both sides of what it believes, which is the truth of the moment of its
 * last look, with an error that wanders. It leans against its inventory and backs off when its belief moves a lot.
 */
import { snap } from '../../core/grid.ts';
import { type Centicents, ONE_CONTRACT, PRICE_ONE, type Side, signOf } from '../../core/units.ts';
import { positionSize } from '../exchange/account.ts';
import type { Order } from '../exchange/records.ts';
import type { ScheduledMarket } from '../markets/program.ts';
import { exponential, normal, type RandomStream } from '../random.ts';
import { type Desk, wholeContracts } from './desk.ts';
import type { MakerProfile } from './profile.ts';

/** How slowly its error wanders: the share kept from one look to the next. */
const ERROR_KEPT = 0.9;
/** Of the moves of its belief, to judge how jumpy the market is. */
const MOVE_KEPT = 0.7;
/** Dollars it leans per contract held, and at most. */
const LEAN_PER_CONTRACT = 0.00005;
const LEAN_MAX = 0.03;
/** Each level deeper holds so much more. */
const DEEPER_SIZE = 0.6;
const BELIEF_MIN = 0.0005;
/** Even a slow maker is there soon after the open. */
const FIRST_LOOK_MS = 1_000;

export function startMaker(desk: Desk, market: ScheduledMarket, profile: MakerProfile, stream: RandomStream): void {
  const maker = new Maker(desk, market, profile, stream);
  desk.repeat(stream.next() * Math.min(profile.waitMs, FIRST_LOOK_MS), () => maker.look());
}

class Maker {
  readonly #desk: Desk;
  readonly #market: ScheduledMarket;
  readonly #profile: MakerProfile;
  readonly #stream: RandomStream;
  readonly #orders: Record<Side, Map<Centicents, Order>> = { bid: new Map(), ask: new Map() };
  #error = 0;
  #belief: number | undefined;
  #typicalMove = 0;

  constructor(desk: Desk, market: ScheduledMarket, profile: MakerProfile, stream: RandomStream) {
    this.#desk = desk;
    this.#market = market;
    this.#profile = profile;
    this.#stream = stream;
  }

  /** Renews the ladder and answers how long to wait. */
  look(): number {
    if (this.#desk.isOpen) this.#renew();
    return exponential(this.#stream, this.#profile.waitMs);
  }

  #renew(): void {
    const belief = this.#believe();
    const bids = this.#ladder('bid', belief);
    const asks = this.#ladder('ask', belief);
    this.#cancelOthers('bid', bids);
    this.#cancelOthers('ask', asks);
    this.#placeMissing('bid', bids);
    this.#placeMissing('ask', asks);
  }

  #believe(): number {
    const spread = this.#profile.error * Math.sqrt(1 - ERROR_KEPT * ERROR_KEPT);
    this.#error = normal(this.#stream, this.#error * ERROR_KEPT, spread);
    const truth = this.#market.probability(this.#desk.now, this.#desk.listing.market.closeAt);
    const belief = within(truth + this.#error * sharpness(truth), BELIEF_MIN, 1 - BELIEF_MIN);
    const move = Math.abs(belief - (this.#belief ?? belief));
    this.#typicalMove = MOVE_KEPT * this.#typicalMove + (1 - MOVE_KEPT) * move;
    this.#belief = belief;
    return belief;
  }

  #ladder(side: Side, belief: number): ReadonlySet<Centicents> {
    const { levels, halfSpread, spacing } = this.#profile;
    const held = positionSize(this.#desk.account, this.#desk.listing) / ONE_CONTRACT;
    const lean = within(held * LEAN_PER_CONTRACT, -LEAN_MAX, LEAN_MAX);
    const scale = sharpness(belief);
    const prices = new Set<Centicents>();
    for (let level = 0; level < levels; level += 1) {
      const distance = (halfSpread + level * spacing + signOf(side) * lean) * scale + this.#typicalMove;
      const raw = (belief - signOf(side) * distance) * PRICE_ONE;
      const price = snap(raw, side, this.#desk.listing.market.grid);
      if (price !== undefined) prices.add(price);
    }
    return prices;
  }

  #cancelOthers(side: Side, wanted: ReadonlySet<Centicents>): void {
    const orders = this.#orders[side];
    for (const [price, order] of orders) {
      if (order.status === 'resting' && wanted.has(price)) continue;
      if (order.status === 'resting') this.#desk.cancel(order);
      if (order.status !== 'resting') orders.delete(price);
    }
  }

  #placeMissing(side: Side, wanted: ReadonlySet<Centicents>): void {
    const orders = this.#orders[side];
    let level = 0;
    for (const price of wanted) {
      const contracts = this.#profile.size * (1 + level * DEEPER_SIZE) * (0.5 + this.#stream.next());
      level += 1;
      if (orders.has(price)) continue;
      const order = this.#desk.rest(side, price, wholeContracts(contracts));
      if (order !== undefined && !orders.has(order.price)) orders.set(order.price, order);
      else if (order !== undefined) this.#desk.cancel(order);
    }
  }
}

/** 1 where a contract is worth 50 cents, towards 0 at the ends: spreads and errors shrink with what can still happen. */
function sharpness(probability: number): number {
  return 2 * Math.sqrt(probability * (1 - probability));
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
