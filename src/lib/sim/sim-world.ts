/**
 * The embedded exchange behind its contract: `Venue` in terms of the exchange's own records. It translates and decides
 * nothing; commands run at the world's time, and only `advanceTo` moves that.
 */
import { invariant } from '../core/invariant.ts';
import {
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  moneyOf,
  NO_SIZE,
  ONE_CONTRACT,
  PRICE_ONE,
} from '../core/units.ts';
import { cashOf, moveCash, openAccount, type ShardCash, venuePosition } from './exchange/account.ts';
import { type Amended, amendOrder, cancelAll, cancelOrder, type Decrease, decreaseOrder } from './exchange/change.ts';
import { freeCash } from './exchange/collateral.ts';
import { createOrder } from './exchange/create.ts';
import { changeGroup, createGroup, type GroupChange, venueGroup } from './exchange/groups.ts';
import { deactivateMarket, reactivateMarket } from './exchange/lifecycle.ts';
import { venueOrder } from './exchange/order.ts';
import { setShardStatus } from './exchange/pause.ts';
import type { Account, Listing } from './exchange/records.ts';
import { refuse } from './exchange/refusal.ts';
import type { ExchangeState, ShardStatus } from './exchange/state.ts';
import { isFlowAccount } from './participants/populate.ts';
import type {
  AmendRequest,
  AmendResult,
  CancelResult,
  CreateResult,
  NewOrder,
  Venue,
  VenueEvent,
  VenueFact,
  VenueMarket,
  VenueOrder,
  VenueRefusal,
  VenueSeries,
} from './venue.ts';

export class SimWorld implements Venue {
  readonly #exchange: ExchangeState;
  readonly #series: readonly VenueSeries[];

  constructor(exchange: ExchangeState, series: readonly VenueSeries[]) {
    this.#exchange = exchange;
    this.#series = series;
  }

  get now(): EpochMs {
    return this.#exchange.schedule.now;
  }

  advanceTo(at: EpochMs): void {
    this.#exchange.schedule.runTo(at);
  }

  nextAt(): EpochMs | undefined {
    return this.#exchange.schedule.nextAt();
  }

  drain(): readonly VenueFact[] {
    return this.#exchange.facts.drain();
  }

  openAccount(accountId: string, cash: readonly ShardCash[]): void {
    invariant(!isFlowAccount(accountId), `${accountId} is the name of an account of the world's own flow`);
    openAccount(this.#exchange, accountId, cash, { isTold: true });
  }

  create(accountId: string, request: NewOrder): CreateResult {
    const created = createOrder(this.#exchange, this.#account(accountId), request);
    if (created.kind === 'refused') return created;
    const order = venueOrder(this.#exchange, created.order);
    return { kind: 'created', order, filled: order.filled, ...averages(order) };
  }

  cancel(accountId: string, orderId: string): CancelResult {
    const result = cancelOrder(this.#exchange, this.#account(accountId), orderId);
    return result.kind === 'refused' ? result : { ...result, order: venueOrder(this.#exchange, result.order) };
  }

  cancelAll(accountId: string): void {
    cancelAll(this.#exchange, this.#account(accountId));
  }

  amend(accountId: string, orderId: string, change: AmendRequest): AmendResult {
    return this.#amended(amendOrder(this.#exchange, this.#account(accountId), orderId, change));
  }

  decrease(accountId: string, orderId: string, change: Decrease): AmendResult {
    return this.#amended(decreaseOrder(this.#exchange, this.#account(accountId), orderId, change));
  }

  createGroup(accountId: string, limit: Centicontracts, shard: number) {
    return createGroup(this.#exchange, this.#account(accountId), limit, shard);
  }

  changeGroup(accountId: string, groupId: string, change: GroupChange) {
    return changeGroup(this.#exchange, this.#account(accountId), groupId, change);
  }

  groups(accountId: string) {
    return [...this.#account(accountId).groups.values()].map((group) => venueGroup(this.#exchange, group));
  }

  transfer(accountId: string, from: number, to: number, amount: Microdollars): VenueRefusal | undefined {
    const account = this.#account(accountId);
    const { shards } = this.#exchange;
    if (!shards.has(from) || !shards.has(to)) return refuse('bad_request', 'unknown exchange shard');
    if (!Number.isSafeInteger(amount) || amount <= 0) return refuse('bad_request', 'amount must be positive');
    if (amount > freeCash(this.#exchange, account, from)) return refuse('insufficient_balance');
    moveCash(account, from, -amount as Microdollars);
    moveCash(account, to, amount);
    return undefined;
  }

  seriesList(): readonly VenueSeries[] {
    return this.#series;
  }

  events(): readonly VenueEvent[] {
    return [...new Map(this.#listings().map(({ event }) => [event.eventTicker, event])).values()];
  }

  markets(): readonly VenueMarket[] {
    return this.#listings().map(venueMarket);
  }

  market(ticker: string): VenueMarket | undefined {
    const listing = this.#exchange.listings.get(ticker);
    return listing && venueMarket(listing);
  }

  book(ticker: string) {
    const listing = this.#exchange.listings.get(ticker);
    if (listing === undefined) return undefined;
    return { bids: listing.book?.levels('bid') ?? [], asks: listing.book?.levels('ask') ?? [] };
  }

  trades(ticker?: string) {
    return this.#exchange.trades.list(ticker);
  }

  balance(accountId: string): readonly ShardCash[] {
    const account = this.#account(accountId);
    return [...account.cash.keys()].sort().map((shard) => ({ shard, cash: cashOf(account, shard) }));
  }

  positions(accountId: string) {
    const positions = [...this.#account(accountId).positions.values()];
    return positions.filter(({ size }) => size !== NO_SIZE).map(venuePosition);
  }

  fills(accountId: string) {
    return [...this.#account(accountId).fills];
  }

  settlements(accountId: string) {
    return [...this.#account(accountId).settlements];
  }

  orders(accountId: string): readonly VenueOrder[] {
    const orders = [...this.#account(accountId).orders.values()];
    return orders.map((order) => venueOrder(this.#exchange, order));
  }

  order(accountId: string, orderId: string): VenueOrder | undefined {
    const order = this.#account(accountId).orders.get(orderId);
    return order && venueOrder(this.#exchange, order);
  }

  queueAhead(accountId: string, orderId: string): Centicontracts | undefined {
    const order = this.#account(accountId).orders.get(orderId);
    return order?.isInBook ? order.listing.book?.sizeAhead(order) : undefined;
  }

  isTradingActive(shard: number): boolean {
    return this.#shard(shard).isTrading;
  }

  isExchangeActive(shard: number): boolean {
    return this.#shard(shard).isActive;
  }

  /** A trading pause (`isTrading: false`), an exchange pause (`isActive: false`), or their end. */
  setShardStatus(shard: number, status: Readonly<ShardStatus>): void {
    setShardStatus(this.#exchange, shard, status);
  }

  /** Takes a market out of trading, or back in: then its resting orders are gone. */
  setMarketActive(ticker: string, isActive: boolean): void {
    const listing = this.#exchange.listings.get(ticker);
    invariant(listing !== undefined, `${ticker} is listed`);
    if (isActive) reactivateMarket(this.#exchange, listing);
    else deactivateMarket(this.#exchange, listing);
  }

  #amended(result: Amended): AmendResult {
    return result.kind === 'refused' ? result : { ...result, order: venueOrder(this.#exchange, result.order) };
  }

  #account(accountId: string): Account {
    const account = this.#exchange.accounts.get(accountId);
    invariant(account !== undefined, `account ${accountId} is open`);
    return account;
  }

  #shard(shard: number): ShardStatus {
    return this.#exchange.shards.get(shard) ?? { isTrading: false, isActive: false };
  }

  #listings(): readonly Listing[] {
    return [...this.#exchange.listings.values()];
  }
}

/** Per contract, of the fills of a create: microdollars, rounded to the nearest. */
function averages({ filled, side, takerCost, takerFees }: VenueOrder) {
  if (filled === NO_SIZE) return {};
  const perContract = (money: number): Microdollars => Math.round((money * ONE_CONTRACT) / filled) as Microdollars;
  const yesCost = side === 'bid' ? takerCost : moneyOf(PRICE_ONE, filled) - takerCost;
  return { averagePrice: perContract(yesCost), averageFee: perContract(takerFees) };
}

function venueMarket({ market, stats, outcome, settledAt, settlementTimerSeconds }: Listing): VenueMarket {
  const known = outcome && {
    result: outcome.result,
    settlementValue: outcome.value,
    ...(outcome.expirationValue === undefined ? {} : { expirationValue: outcome.expirationValue }),
  };
  return { market, stats, settlementTimerSeconds, ...known, ...(settledAt === undefined ? {} : { settledAt }) };
}
