/**
 * Moves cash from one shard to another and tells the engine, whose ledger counts cash by shard. Refuses what the exchange
 * would not do: transfers that are inactive, more than is there. A transfer is asked for once; without an answer nobody
 * knows, and the balance has the last word.
 */

import type { ExchangeStatus } from '../../adapters/kalshi/account-schema.ts';
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { KalshiTransfers } from '../../adapters/kalshi/rest-transfers.ts';
import { type CallError, sentenceOf } from '../../adapters/kalshi/result.ts';
import type { EngineEvent } from '../../core/events.ts';
import { formatMoney, NO_MONEY } from '../../core/units.ts';
import type { Clock, Wire } from '../../ports.ts';
import { KmmError } from '../errors/errors.ts';
import { KNOWN_SHARDS } from '../exchange/link.ts';
import { notRead } from '../exchange/unreachable.ts';
import { wait } from '../session/orders/cancel-ours.ts';
import type { CashMove, MoveReport, ShardCash } from './hand-reply.ts';

export interface MoveOptions {
  readonly rest: KalshiRest;
  /** Paced: shared with all that reads. */
  readonly wire: Wire;
  readonly clock: Clock;
  readonly emit: (event: EngineEvent) => void;
  /** Exchange time per real time. */
  readonly speed: number;
}

/** The exchange carries it out after its answer; we look for so long. */
const VISIBLE_MS = 5_000;
const LOOK_MS = 250;

/** What the shards hold now. Throws KMM_TRANSFERS_INACTIVE, KMM_CASH_SHARD when it cannot be, KMM_UNREACHABLE. */
async function checkMove({ rest }: MoveOptions, { from, to, amount }: CashMove): Promise<readonly ShardCash[]> {
  const status = await rest.exchangeStatus();
  if (!status.ok) throw notRead("the exchange's status cannot be read", status.error);
  const inactive = [from, to].filter((shard) => !takesTransfers(status.value, shard));
  if (inactive.length > 0) {
    throw new KmmError('KMM_TRANSFERS_INACTIVE', `shard ${inactive.join(' and ')} takes no transfers now`);
  }
  const before = await cashOf(rest);
  const there = before.find(({ shard }) => shard === from)?.cash ?? NO_MONEY;
  if (there < amount) {
    const what = `shard ${from} holds $${formatMoney(there)}, less than $${formatMoney(amount)}`;
    throw new KmmError('KMM_CASH_SHARD', what, { next: ['kmm trade balance'] });
  }
  return before;
}

export async function moveCash(options: MoveOptions, move: CashMove): Promise<MoveReport> {
  const { rest, wire, clock, emit, speed } = options;
  const { from, to, amount } = move;
  const before = await checkMove(options, move);
  const moved = await new KalshiTransfers(wire).move({ shard: from }, { shard: to }, amount);
  if (!moved.ok) throw notMoved(moved.error);
  const transferId = moved.value;
  emit({ type: 'cash_moved', at: clock.now(), transferId, from, to, amount });
  const giveUpAt = clock.now() + VISIBLE_MS * speed;
  for (;;) {
    const after = await cashOf(rest);
    const isVisible = JSON.stringify(after) !== JSON.stringify(before);
    if (isVisible || clock.now() >= giveUpAt) return { transferId, before, after, isVisible };
    await wait(clock, LOOK_MS * speed);
  }
}

/** In normal operation the exchange may leave the flags out; the top level speaks of shard 0. */
function takesTransfers({ shards, isTransferActive }: ExchangeStatus, shard: number): boolean {
  const stated = shards.find((one) => one.shard === shard)?.isTransferActive;
  return (stated ?? (shard === 0 ? isTransferActive : undefined)) !== false;
}

/** Refused, by the exchange or before it was asked, is proof that nothing moved; everything else is none. */
function notMoved(error: CallError): KmmError {
  const said = sentenceOf(error);
  if (error.kind === 'refused' || error.kind === 'unsent') {
    return new KmmError('KMM_TRANSFER_REFUSED', `the transfer was ${said}`);
  }
  return new KmmError('KMM_UNREACHABLE', `it is not known whether the transfer was done: ${said}`, {
    position: 'the cash is on one of the two shards; a running trader halts when its own figures differ',
    next: ['kmm trade balance', 'look before you ask again: a transfer that is asked for twice is done twice'],
  });
}

async function cashOf(rest: KalshiRest): Promise<readonly ShardCash[]> {
  const balance = await rest.balance(KNOWN_SHARDS);
  if (balance.ok) return balance.value.shards;
  throw notRead('the balance cannot be read', balance.error);
}
