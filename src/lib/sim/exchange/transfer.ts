/**
 * Cash of an account that moves otherwise than by trading: from one shard to another (kalshi/api.md 4), not while either of
 * them is paused as a whole; in from outside, and out again.
 */
import type { Microdollars } from '../../core/units.ts';
import type { VenueRefusal } from '../venue.ts';
import type { VenueMovement, VenueTransfer } from '../venue-terms.ts';
import { chargeBack, depositCash, moveCash } from './account.ts';
import { freeCash } from './collateral.ts';
import type { Account } from './records.ts';
import { refuse } from './refusal.ts';
import { type ExchangeState, idOf } from './state.ts';

export type Transfer = Pick<VenueTransfer, 'from' | 'to' | 'amount'>;

export function transferCash(
  exchange: ExchangeState,
  account: Account,
  { from, to, amount }: Transfer,
): VenueTransfer | VenueRefusal {
  const [source, destination] = [exchange.shards.get(from), exchange.shards.get(to)];
  if (source === undefined || destination === undefined) return refuse('bad_request', 'unknown exchange shard');
  if (!source.isActive || !destination.isActive) return refuse('exchange_is_paused');
  if (!Number.isSafeInteger(amount) || amount <= 0) return refuse('bad_request', 'amount must be positive');
  if (amount > freeCash(exchange, account, from)) return refuse('insufficient_balance');
  moveCash(account, from, -amount as Microdollars);
  moveCash(account, to, amount);
  exchange.transferCount += 1;
  const transferId = idOf(exchange, 'transfer', exchange.transferCount);
  const transfer = { transferId, from, to, amount, at: exchange.schedule.now };
  account.transfers.add(transfer);
  return transfer;
}

export function bringCash(
  exchange: ExchangeState,
  account: Account,
  shard: number,
  amount: Microdollars,
): VenueMovement | VenueRefusal {
  return refusalOf(exchange, shard, amount) ?? depositCash(exchange, account, shard, amount);
}

/** No more than what no order and no position needs. */
export function takeCash(
  exchange: ExchangeState,
  account: Account,
  shard: number,
  amount: Microdollars,
): VenueMovement | VenueRefusal {
  const refusal = refusalOf(exchange, shard, amount);
  if (refusal !== undefined) return refusal;
  if (amount > freeCash(exchange, account, shard)) return refuse('insufficient_balance');
  moveCash(account, shard, -amount as Microdollars);
  exchange.withdrawalCount += 1;
  const movementId = idOf(exchange, 'withdrawal', exchange.withdrawalCount);
  const withdrawal = { movementId, shard, amount, at: exchange.schedule.now };
  account.withdrawals.add(withdrawal);
  return withdrawal;
}

/** The exchange's own hand: listed nowhere, in any amount, below zero too. */
export function correctCash(
  exchange: ExchangeState,
  account: Account,
  shard: number,
  amount: Microdollars,
): VenueRefusal | undefined {
  if (!exchange.shards.has(shard)) return refuse('bad_request', 'unknown exchange shard');
  if (amount > 0) moveCash(account, shard, amount);
  else chargeBack(account, shard, -amount as Microdollars);
  return undefined;
}

const MICRODOLLARS_PER_CENT = 10_000;

function refusalOf(exchange: ExchangeState, shard: number, amount: Microdollars): VenueRefusal | undefined {
  if (!exchange.shards.has(shard)) return refuse('bad_request', 'unknown exchange shard');
  const isWhole = Number.isSafeInteger(amount) && amount > 0 && amount % MICRODOLLARS_PER_CENT === 0;
  return isWhole ? undefined : refuse('bad_request', 'amount must be positive whole cents');
}
