/**
 * The embedded exchange behind its contract: `Venue` in terms of the exchange's own records. It translates and decides
 * nothing; commands run at the world's time, and only `advanceTo` moves that.
 */

import { type MaintenanceWindow, maintenanceWindow } from '../core/clock/maintenance.ts';
import { invariant } from '../core/invariant.ts';
import {
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  moneyOf,
  NO_SIZE,
  ONE_CONTRACT,
  PRICE_ONE,
  type Side,
} from '../core/units.ts';
import type { CandleMinutes } from './candles.ts';
import type { ControlCommand, ControlResult } from './control.ts';
import { cashOf, openAccount, type ShardCash, venuePosition } from './exchange/account.ts';
import { type Amended, amendOrder, cancelAll, cancelOrder, type Decrease, decreaseOrder } from './exchange/change.ts';
import { controlExchange } from './exchange/control.ts';
import { createOrder } from './exchange/create.ts';
import { changeGroup, createGroup, type GroupChange, venueGroup } from './exchange/groups.ts';
import { venueOrder } from './exchange/order.ts';
import { isTrading } from './exchange/pause.ts';
import type { Account, Listing } from './exchange/records.ts';
import type { ExchangeState } from './exchange/state.ts';
import { bringCash, takeCash, transferCash } from './exchange/transfer.ts';
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
import type { VenueMovement, VenueTransfer } from './venue-terms.ts';

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
    return {
      kind: 'created',
      order,
      filled: order.filled,
      ...averages(order.side, order.filled, order.takerCost, order.takerFees),
    };
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

  transfer(accountId: string, from: number, to: number, amount: Microdollars): VenueTransfer | VenueRefusal {
    return transferCash(this.#exchange, this.#account(accountId), { from, to, amount });
  }

  transfers(accountId: string) {
    return this.#account(accountId).transfers.list();
  }

  deposit(accountId: string, shard: number, amount: Microdollars): VenueMovement | VenueRefusal {
    return bringCash(this.#exchange, this.#account(accountId), shard, amount);
  }

  withdraw(accountId: string, shard: number, amount: Microdollars): VenueMovement | VenueRefusal {
    return takeCash(this.#exchange, this.#account(accountId), shard, amount);
  }

  deposits(accountId: string) {
    return this.#account(accountId).deposits.list();
  }

  withdrawals(accountId: string) {
    return this.#account(accountId).withdrawals.list();
  }

  seriesList(): readonly VenueSeries[] {
    const { seriesFees } = this.#exchange;
    return this.#series.map((series) => ({ ...series, fees: seriesFees.get(series.ticker) ?? series.fees }));
  }

  events(): readonly VenueEvent[] {
    const events = new Map(this.#listings().map(({ event }) => [event.eventTicker, event]));
    return [...events.values()].map((event) => {
      const feeOverride = this.#exchange.eventFees.get(event.eventTicker);
      return feeOverride === undefined ? event : { ...event, feeOverride };
    });
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
    const trades = this.#exchange.trades.list();
    return ticker === undefined ? trades : trades.filter((trade) => trade.ticker === ticker);
  }

  candles(ticker: string, minutes: CandleMinutes) {
    return this.#exchange.listings.get(ticker)?.candles.list(minutes);
  }

  feeChanges() {
    return this.#exchange.feeChanges.list();
  }

  incentives() {
    return this.#exchange.incentives.list();
  }

  /** On a whole second, as the cutoff is told. */
  get historyEndsAt(): EpochMs {
    const { schedule, rules } = this.#exchange;
    return (Math.floor((schedule.now - rules.liveWindowMs) / 1_000) * 1_000) as EpochMs;
  }

  balance(accountId: string): readonly ShardCash[] {
    const account = this.#account(accountId);
    return [...account.cash.keys()].sort().map((shard) => ({ shard, cash: cashOf(account, shard) }));
  }

  positions(accountId: string) {
    return [...this.#account(accountId).positions.values()].map(venuePosition);
  }

  fills(accountId: string) {
    return this.#account(accountId).fills.list();
  }

  settlements(accountId: string) {
    return this.#account(accountId).settlements.list();
  }

  settledPositions(accountId: string) {
    return this.#account(accountId).settledPositions.list();
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
    return isTrading(this.#exchange, shard);
  }

  isExchangeActive(shard: number): boolean {
    return this.#exchange.shards.get(shard)?.isActive ?? false;
  }

  resumesAt(shard: number): EpochMs | undefined {
    const status = this.#exchange.shards.get(shard);
    if (status?.isTrading === false) return status.resumesAt;
    return status?.isInMaintenance ? maintenanceWindow(this.now).endsAt : undefined;
  }

  maintenance(): MaintenanceWindow | undefined {
    return this.#exchange.rules.hasWeeklyPause ? maintenanceWindow(this.now) : undefined;
  }

  control(command: ControlCommand): ControlResult {
    return controlExchange(this.#exchange, command);
  }

  #amended(result: Amended): AmendResult {
    if (result.kind === 'refused') return result;
    const { filled, cost, fees } = result;
    const order = venueOrder(this.#exchange, result.order);
    return { kind: 'amended', order, filled, ...averages(order.side, filled, cost, fees) };
  }

  #account(accountId: string): Account {
    const account = this.#exchange.accounts.get(accountId);
    invariant(account !== undefined, `account ${accountId} is open`);
    return account;
  }

  #listings(): readonly Listing[] {
    return [...this.#exchange.listings.values()];
  }
}

/** Per contract, of the fills of one command: microdollars, rounded to the nearest. */
function averages(side: Side, filled: Centicontracts, takerCost: Microdollars, takerFees: Microdollars) {
  if (filled === NO_SIZE) return {};
  const perContract = (money: number): Microdollars => Math.round((money * ONE_CONTRACT) / filled) as Microdollars;
  const yesCost = side === 'bid' ? takerCost : moneyOf(PRICE_ONE, filled) - takerCost;
  return { averagePrice: perContract(yesCost), averageFee: perContract(takerFees) };
}

function venueMarket(listing: Listing): VenueMarket {
  const { market, stats, outcome, settledAt, settlementTimerSeconds, createdAt, updatedAt } = listing;
  const known = outcome && {
    result: outcome.result,
    settlementValue: outcome.value,
    ...(outcome.expirationValue === undefined ? {} : { expirationValue: outcome.expirationValue }),
  };
  const paid = settledAt === undefined ? {} : { settledAt };
  return { market, stats, settlementTimerSeconds, createdAt, updatedAt, ...known, ...paid };
}
