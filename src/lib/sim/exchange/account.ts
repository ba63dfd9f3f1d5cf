/**
 * Opening accounts and moving cash. The invariant of every movement is here: cash is a whole number, and nothing but a
 * settlement that is taken back, or a correction by the operator (`chargeBack`), brings it below zero.
 */
import { invariant } from '../../core/invariant.ts';
import {
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  moneyOf,
  NO_MONEY,
  NO_SIZE,
  PRICE_ONE,
} from '../../core/units.ts';
import type { VenuePosition } from '../venue.ts';
import type { VenueMovement } from '../venue-terms.ts';
import { BoundedLog } from './bounded-log.ts';
import { FILLS_KEPT, SETTLEMENTS_KEPT, TRANSFERS_KEPT } from './bounds.ts';
import type { Account, Listing, Position } from './records.ts';
import { type ExchangeState, idOf } from './state.ts';

export interface ShardCash {
  readonly shard: number;
  readonly cash: Microdollars;
}

/** The same id again is the same account, as it is. */
export function openAccount(
  exchange: ExchangeState,
  id: string,
  deposits: readonly ShardCash[],
  { isTold }: { readonly isTold: boolean },
): Account {
  const existing = exchange.accounts.get(id);
  if (existing !== undefined) return existing;
  const account: Account = {
    id,
    isTold,
    cash: new Map(),
    reserved: new Map(),
    positions: new Map(),
    resting: new Set(),
    groups: new Map(),
    orders: new Map(),
    clientOrderIds: new Set(),
    fills: new BoundedLog(FILLS_KEPT),
    settlements: new BoundedLog(SETTLEMENTS_KEPT),
    settledPositions: new BoundedLog(SETTLEMENTS_KEPT),
    deposits: new BoundedLog(TRANSFERS_KEPT),
    withdrawals: new BoundedLog(TRANSFERS_KEPT),
    transfers: new BoundedLog(TRANSFERS_KEPT),
    sweptUntil: 0 as EpochMs,
  };
  for (const { shard, cash } of deposits) {
    invariant(exchange.shards.has(shard), `there is no shard ${shard}`);
    if (isTold) depositCash(exchange, account, shard, cash);
    else moveCash(account, shard, cash);
  }
  exchange.accounts.set(id, account);
  return account;
}

export function cashOf(account: Account, shard: number): Microdollars {
  return account.cash.get(shard) ?? NO_MONEY;
}

export function moveCash(account: Account, shard: number, change: Microdollars): void {
  const cash = cashOf(account, shard) + change;
  invariant(cash >= 0 || change >= 0, `cash of ${account.id} on shard ${shard} stays ≥ 0, not ${cash}`);
  setCash(account, shard, cash);
}

/** Takes back what was paid by a result that did not stand; who has spent it owes it. */
export function chargeBack(account: Account, shard: number, amount: Microdollars): void {
  setCash(account, shard, cashOf(account, shard) - amount);
}

function setCash(account: Account, shard: number, cash: number): void {
  invariant(Number.isSafeInteger(cash), `cash of ${account.id} on shard ${shard} is a whole number, not ${cash}`);
  account.cash.set(shard, cash as Microdollars);
}

export function depositCash(
  exchange: ExchangeState,
  account: Account,
  shard: number,
  amount: Microdollars,
): VenueMovement {
  exchange.depositCount += 1;
  const movementId = idOf(exchange, 'deposit', exchange.depositCount);
  const deposit = { movementId, shard, amount, at: exchange.schedule.now };
  moveCash(account, shard, amount);
  account.deposits.add(deposit);
  return deposit;
}

/** What a short position locks: the dollar that each of its contracts may have to pay. */
export function lockedFor(position: number): Microdollars {
  return position < 0 ? moneyOf(PRICE_ONE, -position as Centicontracts) : NO_MONEY;
}

export function positionSize(account: Account, listing: Listing): Centicontracts {
  return account.positions.get(listing.market.ticker)?.size ?? NO_SIZE;
}

/** The account's position in a market, begun at zero when it has none. */
export function positionIn(account: Account, listing: Listing, at: EpochMs): Position {
  const known = account.positions.get(listing.market.ticker);
  if (known !== undefined) return known;
  const position: Position = {
    listing,
    size: NO_SIZE,
    exposure: NO_MONEY,
    realized: NO_MONEY,
    traded: NO_MONEY,
    fees: NO_MONEY,
    updatedAt: at,
  };
  account.positions.set(listing.market.ticker, position);
  listing.holders.add(account);
  return position;
}

export function venuePosition(position: Position): VenuePosition {
  const { listing, size, traded, exposure, realized, fees, updatedAt } = position;
  const { ticker, shard } = listing.market;
  return { ticker, shard, position: size, traded, exposure, realized, fees, updatedAt };
}

export function tellPosition(exchange: ExchangeState, account: Account, position: Position): void {
  if (!account.isTold) return;
  const at = exchange.schedule.now;
  exchange.facts.add({ type: 'position', at, accountId: account.id, position: venuePosition(position) });
}
