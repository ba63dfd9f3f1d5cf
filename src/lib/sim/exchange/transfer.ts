/** Moving cash of an account from one shard to another (kalshi/api.md 4). Not while either of them is paused as a whole. */
import type { Microdollars } from '../../core/units.ts';
import type { VenueRefusal } from '../venue.ts';
import type { VenueTransfer } from '../venue-terms.ts';
import { moveCash } from './account.ts';
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
