/** Carries out what a plan wants besides the exchange's own rules, and takes all of it back when everything heals. */
import { KmmError } from '../../src/lib/app/errors/errors.ts';
import { LINEAR_CENT, TAPERED_DECI_CENT } from '../../src/lib/core/grid.ts';
import type { HandLife } from '../../src/lib/core/hand/hand-types.ts';
import { never } from '../../src/lib/core/invariant.ts';
import { centicents, centicontracts, epochMs, microdollars, type Side } from '../../src/lib/core/units.ts';
import { integer, seededStream } from '../../src/lib/sim/random.ts';
import type { NewOrder, VenueMarket } from '../../src/lib/sim/venue.ts';
import type { Road } from './line.ts';
import type { Fault } from './plan.ts';
import { ACCOUNT, WORLD_ADDRESS } from './trader.ts';
import type { World } from './world.ts';

/** Somebody else, who takes what we show. */
export const STRANGER = 'stranger';

/** From a close to its result, as the embedded exchange has it. */
const RESULT_DELAY_MS = 5_000;

const MICRODOLLARS_PER_CENT = 10_000;

export class FaultDesk {
  readonly #world: World;
  readonly #random;
  readonly #foreign: string[] = [];
  /** Of the operator's pauses of markets, to be taken back. */
  readonly #deactivated = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    this.#random = seededStream(`desk of world ${world.plan.seed}`);
  }

  schedule(fault: Fault): void {
    if (fault.kind === 'exchange' || fault.kind === 'wire') return;
    const { clock, served, counts } = this.#world;
    clock.after(fault.atMs, () => {
      counts.add(`fault ${fault.kind}`);
      const undo = this.#begin(fault);
      served.catchUp(clock.now());
      if (undo === undefined || !('forMs' in fault)) return;
      clock.after(fault.forMs, () => {
        undo();
        served.catchUp(clock.now());
      });
    });
  }

  /** Everything is well from now on. */
  heal(): void {
    const { venue, served, clock } = this.#world;
    this.#travel('open');
    venue.control({ action: 'resume' });
    for (const ticker of this.#deactivated) this.#reactivate(ticker);
    for (const orderId of this.#foreign) venue.cancel(ACCOUNT, orderId);
    served.catchUp(clock.now());
    this.#world.meddling.key = 'good';
    served.office.tiers.reset('advanced');
    this.#world.skewMs = 0;
    this.#world.trader?.process.thaw();
    this.#world.latch(false);
    this.#world.hasHost = true;
    if (this.#world.trader === undefined) this.#world.startAgain(1_000);
  }

  /** Answers how it ends, for what does. */
  #begin(fault: Exclude<Fault, { kind: 'exchange' | 'wire' }>): (() => void) | undefined {
    const world = this.#world;
    const { venue, served, trader, clock } = world;
    const ticker = this.#openMarket()?.market.ticker;
    switch (fault.kind) {
      case 'link_cut':
        this.#travel('cut');
        return () => this.#travel('open');
      case 'link_silent':
        this.#travel('silent');
        return () => this.#travel('open');
      case 'crash':
        world.arm(fault);
        return undefined;
      case 'gone':
        world.hasHost = false;
        world.die(false);
        return undefined;
      case 'frozen':
        trader?.process.freeze();
        return () => trader?.process.thaw();
      case 'starved':
        trader?.process.starve(fault.eachMs);
        return () => trader?.process.thaw();
      case 'clock_off':
        world.skewMs = fault.byMs;
        return () => {
          world.skewMs = 0;
        };
      case 'disk_full':
        trader?.journal.fill();
        return undefined;
      case 'killed':
        world.latch(true);
        return () => world.latch(false);
      case 'killed_in_flight': {
        let isOver = false;
        world.whenCreating(() => {
          if (!isOver) world.latch(true);
        });
        return () => {
          isOver = true;
          world.latch(false);
        };
      }
      case 'kill_swept':
        world.latch(true);
        world.swept(WORLD_ADDRESS);
        venue.cancelAll(ACCOUNT);
        return () => world.latch(false);
      case 'key_revoked':
      case 'scope_cut':
        world.meddling.key = fault.kind === 'key_revoked' ? 'revoked' : 'read_only';
        return () => {
          world.meddling.key = 'good';
        };
      case 'tier_lowered':
        served.office.tiers.reset('basic');
        return () => served.office.tiers.reset('advanced');
      case 'paused':
        trader?.session.emit({ type: 'control', at: clock.now(), verb: 'pause', by: 'the plan' });
        return () => trader?.session.emit({ type: 'control', at: clock.now(), verb: 'resume', by: 'the plan' });
      case 'trading_pause':
        venue.control({ action: 'pause', scope: 'trading' });
        return () => venue.control({ action: 'resume' });
      case 'exchange_pause':
        venue.control({ action: 'pause', scope: 'exchange' });
        return () => venue.control({ action: 'resume' });
      case 'deactivated':
        if (ticker === undefined) return undefined;
        venue.control({ action: 'deactivate', ticker });
        this.#deactivated.add(ticker);
        return () => this.#reactivate(ticker);
      case 'grid_changed':
        return ticker === undefined ? undefined : this.#changeGrid(ticker);
      case 'closed_early':
        if (ticker !== undefined) venue.control({ action: 'close_early', ticker });
        return undefined;
      case 'close_moved': {
        const closeAt = epochMs(Math.ceil((clock.now() + fault.toMs) / 1_000) * 1_000);
        if (ticker !== undefined) venue.control({ action: 'move_close', ticker, closeAt });
        return undefined;
      }
      case 'all_taken':
        if (ticker !== undefined) for (const side of ['bid', 'ask'] as const) this.#take(ticker, side);
        return undefined;
      case 'all_markets_taken':
        for (const { market } of this.#openMarkets()) {
          for (const side of ['bid', 'ask'] as const) this.#take(market.ticker, side);
        }
        return undefined;
      case 'result_amended':
        return ticker === undefined ? undefined : this.#amendResult(ticker, fault);
      case 'group_tripped': {
        const group = venue.groups(ACCOUNT).at(-1);
        if (group !== undefined) venue.changeGroup(ACCOUNT, group.groupId, { verb: 'trigger' });
        return undefined;
      }
      case 'hand_order':
        if (ticker !== undefined) this.#byHand(ticker, { kind: 'rest', ms: 20_000 });
        return undefined;
      case 'hand_take':
        if (ticker !== undefined) this.#byHand(ticker, { kind: 'take', takes: 'immediate_or_cancel' });
        return undefined;
      case 'foreign_order':
        if (ticker !== undefined) this.#foreignOrder(ticker);
        return undefined;
      case 'foreign_trade':
        if (ticker !== undefined) this.#foreignTrade(ticker);
        return undefined;
      case 'foreign_transfer':
        world.observe({ kind: 'foreign' });
        venue.transfer(ACCOUNT, 0, 2, microdollars(1_000_000));
        world.cashMoved();
        return undefined;
      case 'deposit':
      case 'withdrawal':
      case 'reward':
        this.#cash(fault);
        return undefined;
      case 'second_writer':
        if (ticker !== undefined) this.#foreignOrder(ticker, 'kmm-0ddba1-1-cara-1');
        return undefined;
      case 'foreign_cancel': {
        world.observe({ kind: 'foreign' });
        const [orderId] = world.resting;
        if (orderId !== undefined) venue.cancel(ACCOUNT, orderId);
        return undefined;
      }
      case 'foreign_sweep':
        world.observe({ kind: 'foreign' });
        venue.cancelAll(ACCOUNT);
        return undefined;
      default:
        return never(fault);
    }
  }

  #travel(state: Road['state']): void {
    const { road, trader } = this.#world;
    if (road.state === state) return;
    road.state = state;
    road.breaks += 1;
    if (state === 'open') trader?.line.mended();
    else trader?.line.broken();
  }

  /** Any of those that trade. */
  #openMarket(): VenueMarket | undefined {
    const open = this.#openMarkets();
    return open.length < 2 ? open[0] : open[integer(this.#random, 0, open.length - 1)];
  }

  #openMarkets(): VenueMarket[] {
    return this.#world.venue.markets().filter(({ market }) => market.status === 'active');
  }

  /** `forMs` after the close the result that was disputed becomes another; what was paid is taken back, or more is paid. */
  #amendResult(ticker: string, { result, disputedAfterMs }: Extract<Fault, { kind: 'result_amended' }>): () => void {
    const { venue, clock, served, counts } = this.#world;
    venue.control({ action: 'close_early', ticker });
    clock.after(RESULT_DELAY_MS + disputedAfterMs, () => {
      const { kind } = venue.control({ action: 'dispute', ticker });
      counts.add(`result dispute ${kind}`);
      served.catchUp(clock.now());
    });
    return () => {
      const { kind } = venue.control({ action: 'amend_result', ticker, result });
      counts.add(`result ${result} ${kind}`);
    };
  }

  #reactivate(ticker: string): void {
    if (this.#deactivated.delete(ticker)) this.#world.venue.control({ action: 'reactivate', ticker });
  }

  #changeGrid(ticker: string): undefined {
    const { venue } = this.#world;
    const grid = venue.market(ticker)?.market.grid;
    const isLinear = JSON.stringify(grid) === JSON.stringify(LINEAR_CENT);
    venue.control({ action: 'change_grid', ticker, grid: isLinear ? TAPERED_DECI_CENT : LINEAR_CENT });
  }

  /** A stranger sells into every bid, or buys every ask. */
  #take(ticker: string, side: Side): void {
    const { venue } = this.#world;
    const levels = venue.book(ticker)?.[side === 'bid' ? 'bids' : 'asks'] ?? [];
    const size = centicontracts(levels.reduce((sum, level) => sum + level.size, 0));
    const worst = levels.at(-1);
    if (worst === undefined) return;
    const order: NewOrder = {
      ...{ ticker, side: side === 'bid' ? 'ask' : 'bid', price: worst.price, size },
      ...{ timeInForce: 'immediate_or_cancel', selfTradePrevention: 'taker_at_cross' },
    };
    venue.create(STRANGER, order);
  }

  #byHand(ticker: string, life: HandLife): void {
    const { trader } = this.#world;
    const [side, price] = life.kind === 'take' ? this.#bestPrice(ticker) : this.#farPrice(ticker);
    const order = { kind: 'order', id: `hand ${this.#world.clock.now()}`, ticker, side, price } as const;
    const note = (what: string) => this.#world.counts.add(`hand ${what}`);
    trader?.session.hands.hand.carryOut({ ...order, size: centicontracts(200), life }, 'the plan').then(
      (reply) => note(reply.kind),
      (error) => note(error instanceof KmmError ? error.code : 'broke'),
    );
  }

  #cash({ kind, shard, cents }: Extract<Fault, { kind: 'deposit' | 'withdrawal' | 'reward' }>): void {
    const { venue, counts } = this.#world;
    const amount = microdollars((kind === 'withdrawal' ? -cents : cents) * MICRODOLLARS_PER_CENT);
    const as = kind === 'reward' ? 'unlisted' : kind;
    const moved = venue.control({ action: 'move_cash', accountId: ACCOUNT, shard, amount, as });
    this.#world.cashMoved();
    if (moved.kind !== 'done') counts.add(`${kind} refused`);
  }

  /** On the web page: it has no client order id of ours and does not expire. */
  #foreignOrder(ticker: string, clientOrderId?: string): void {
    const { venue } = this.#world;
    const [side, price] = this.#farPrice(ticker);
    this.#world.observe({ kind: 'foreign' });
    const created = venue.create(ACCOUNT, {
      ...{ ticker, side, price, size: centicontracts(100), isPostOnly: true },
      ...(clientOrderId !== undefined && { clientOrderId }),
      ...{ timeInForce: 'good_till_canceled', selfTradePrevention: 'taker_at_cross' },
    });
    if (created.kind === 'created') this.#foreign.push(created.order.orderId);
  }

  #foreignTrade(ticker: string): void {
    const { venue } = this.#world;
    this.#world.observe({ kind: 'foreign' });
    const side = integer(this.#random, 0, 1) === 0 ? 'bid' : 'ask';
    venue.create(ACCOUNT, {
      ...{ ticker, side, price: centicents(side === 'bid' ? 9_900 : 100), size: centicontracts(200) },
      ...{ timeInForce: 'immediate_or_cancel', selfTradePrevention: 'taker_at_cross' },
    });
  }

  /** The price at which something is on offer now. */
  #bestPrice(ticker: string): readonly [Side, NewOrder['price']] {
    const side = integer(this.#random, 0, 1) === 0 ? 'bid' : 'ask';
    const [level] = this.#world.venue.book(ticker)?.[side === 'bid' ? 'asks' : 'bids'] ?? [];
    return [side, level?.price ?? centicents(side === 'bid' ? 9_900 : 100)];
  }

  /** Where it rests for a while: somewhat behind the best of its side. */
  #farPrice(ticker: string): readonly [Side, NewOrder['price']] {
    const side = integer(this.#random, 0, 1) === 0 ? 'bid' : 'ask';
    const levels = this.#world.venue.book(ticker)?.[side === 'bid' ? 'bids' : 'asks'] ?? [];
    const level = levels[Math.min(levels.length - 1, integer(this.#random, 0, 4))];
    return [side, level?.price ?? centicents(side === 'bid' ? 100 : 9_900)];
  }
}
