/**
 * The slow loops beside the stream: complete listings of orders, positions and cash, places in the queue, fills with
 * overlap, settlements; every ten minutes the account's limits and costs and the markets' terms. A failed or partial answer
 * is skipped, never read as "nothing" (reliability.md section 4).
 */

import { chunksOf } from '../../../adapters/kalshi/chunks.ts';
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { Result } from '../../../adapters/kalshi/result.ts';
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import { type EpochMs, epochMs, type Microdollars } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import { KNOWN_SHARDS } from '../../exchange/link.ts';
import type { Loops } from '../loops.ts';
import { fillEvent } from '../orders/order-resolver.ts';
import { TERMS_MS } from './account-terms.ts';
import { cashDifferences, explainCash, type ListedCash } from './adopt-cash.ts';
import type { DataAge } from './data-age.ts';

/** Cash as the exchange states it. */
type Shards = readonly { readonly shard: number; readonly cash: Microdollars }[];

export interface WatchOptions {
  readonly engine: Engine;
  readonly rest: KalshiRest;
  /** Deposits, withdrawals and transfers as the exchange lists them. */
  readonly listCash: () => Promise<Result<ListedCash>>;
  readonly clock: Clock;
  readonly loops: Loops;
  readonly emit: (event: EngineEvent) => void;
  readonly dataAge: Pick<DataAge, 'ask'>;
  /** Reads anew what the account may send and what it costs, and what the markets are. */
  readonly rereadTerms: () => Promise<void>;
}

const ORDERS_MS = 30_000;
const FILLS_MS = 30_000;
const FILLS_OVERLAP_MS = 120_000;
const BALANCE_MS = 60_000;
/** While the cash stated last differs from ours: most often news was lost, and the lists name it by now. */
const BALANCE_DIFFERS_MS = 10_000;
const QUEUE_MS = 60_000;
const SETTLEMENTS_MS = 300_000;
/** While a closed market still holds something of ours. */
const SETTLEMENTS_DUE_MS = 5_000;
/** In one question, so that its address stays short. */
const TICKERS_MAX = 100;

export class AccountWatch {
  readonly #options: WatchOptions;
  readonly #stops: (() => void)[] = [];
  /** When the fills were last asked for with success: what happened since may be missing, however long ago that is. */
  #fillsAskedAt: EpochMs;
  /** When cash was last stated that differs from ours and that nothing explained; undefined: the last was equal. */
  #cashDiffersAt: EpochMs | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#fillsAskedAt = options.clock.now();
  }

  start(): void {
    const { loops, rereadTerms } = this.#options;
    this.#stops.push(
      loops.every('open orders', ORDERS_MS, () => this.#orders()),
      loops.every('fills', FILLS_MS, () => this.#fills()),
      loops.every('statements', BALANCE_MS, () => this.statements()),
      loops.every('statements that differ', BALANCE_DIFFERS_MS, () => this.#statementsIfDiffering()),
      loops.every('queue places', QUEUE_MS, () => this.#queuePlaces()),
      loops.every('settlements', SETTLEMENTS_MS, () => this.settlements()),
      loops.every('settlements due', SETTLEMENTS_DUE_MS, () => this.#settlementsIfDue()),
      loops.every('limits and costs', TERMS_MS, () => rereadTerms()),
    );
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /**
   * Cash and positions as the exchange states them now, told to the engine, and before that what else moved cash and is why
   * they differ. False: one of them could not be read.
   */
  async statements(): Promise<boolean> {
    const { rest, clock, emit, dataAge } = this.#options;
    const asked = await dataAge.ask();
    const balance = await rest.balance(KNOWN_SHARDS);
    // What differs and cannot be held against what is listed proves nothing yet.
    const isExplained = balance.ok && (await this.#adopt(balance.value.shards));
    if (balance.ok) this.#cashDiffersAt = this.#differs(balance.value.shards) ? clock.now() : undefined;
    if (balance.ok && isExplained) emit({ type: 'balance', at: clock.now(), ...asked, shards: balance.value.shards });
    const positions = await rest.positions();
    if (positions.ok) emit({ type: 'positions', at: clock.now(), ...asked, positions: positions.value });
    return isExplained && positions.ok;
  }

  /** Reads the settlements list now; those already booked change nothing. False: it could not be read. */
  async settlements(): Promise<boolean> {
    const { rest, clock, emit } = this.#options;
    const listed = await rest.settlements({ since: epochMs(clock.now() - SETTLEMENTS_BACK_MS) });
    if (!listed.ok) return false;
    for (const settlement of listed.value) emit({ type: 'settlement', at: clock.now(), ...settlement });
    return true;
  }

  /** Reads everything of the account now: the private channels may have missed anything. False: part of it failed. */
  async catchUp(): Promise<boolean> {
    return (await this.#fills()) && (await this.#orders()) && (await this.settlements()) && (await this.statements());
  }

  /**
   * What is listed and explains a difference is booked: fills and settlements whose news was lost, then deposits, withdrawals
   * and transfers made elsewhere. False: one of the lists cannot be read.
   */
  async #adopt(shards: Shards): Promise<boolean> {
    const { engine, listCash, clock, emit } = this.#options;
    const { ledger } = engine;
    if (!this.#differs(shards)) return true;
    const stated = cashOf(shards);
    const differing = cashDifferences(ledger, stated);
    // A result that was amended pays a market in which nothing is held any more: no other loop reads it as soon as this.
    if (!(await this.#fills()) || !(await this.settlements())) return false;
    const listed = await listCash();
    if (!listed.ok) return false;
    // What was booked meanwhile the statement may hold or not.
    if (!isSame(differing, cashDifferences(ledger, stated))) return true;
    for (const news of explainCash(ledger, stated, listed.value, clock.now())) emit(news);
    return true;
  }

  #differs(shards: Shards): boolean {
    const { ledger, account } = this.#options.engine;
    return account.reconciliation.isBegun && cashDifferences(ledger, cashOf(shards)).size > 0;
  }

  async #statementsIfDiffering(): Promise<void> {
    const differsAt = this.#cashDiffersAt;
    if (differsAt !== undefined && this.#options.clock.now() - differsAt >= BALANCE_DIFFERS_MS) await this.statements();
  }

  async #orders(): Promise<boolean> {
    const { rest, clock, emit, dataAge } = this.#options;
    const asked = await dataAge.ask();
    const listed = await rest.orders({ status: 'resting' });
    if (listed.ok) emit({ type: 'orders_listed', at: clock.now(), ...asked, orders: listed.value });
    return listed.ok;
  }

  /** How much fills before each of our quotes. */
  async #queuePlaces(): Promise<void> {
    const { engine, rest, clock, emit } = this.#options;
    const working = [...engine.orders.live()].filter(
      ({ state, origin }) => state === 'working' && origin !== 'external',
    );
    for (const tickers of chunksOf([...new Set(working.map(({ ticker }) => ticker))], TICKERS_MAX)) {
      const askedAt = clock.now();
      const places = await rest.queuePositions(tickers);
      if (places.ok) emit({ type: 'queue_places', at: clock.now(), askedAt, places: places.value });
    }
  }

  async #fills(): Promise<boolean> {
    const { rest, clock, emit, engine } = this.#options;
    const askedAt = clock.now();
    const listed = await rest.fills({ since: epochMs(this.#fillsAskedAt - FILLS_OVERLAP_MS) });
    if (!listed.ok) return false;
    this.#fillsAskedAt = askedAt;
    for (const fill of listed.value) if (!engine.ledger.hasFill(fill.tradeId)) emit(fillEvent(fill, clock.now()));
    return true;
  }

  /** Only while a closed market still holds something of ours: it is paid by the list, not by its status. */
  async #settlementsIfDue(): Promise<void> {
    const { engine, clock } = this.#options;
    const now = clock.now();
    for (const { market } of engine.markets()) {
      if (market.closeAt <= now && engine.ledger.holding(market.ticker).position !== 0) {
        await this.settlements();
        return;
      }
    }
  }
}

function cashOf(shards: Shards): Map<number, Microdollars> {
  return new Map(shards.map(({ shard, cash }) => [shard, cash]));
}

function isSame(one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): boolean {
  return one.size === other.size && [...one].every(([shard, amount]) => other.get(shard) === amount);
}

const SETTLEMENTS_BACK_MS = 24 * 3_600_000;
