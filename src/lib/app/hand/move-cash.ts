/**
 * Moves cash from one shard to another and tells the engine, whose ledger counts cash by shard. Refuses what the exchange
 * would not do: transfers that are inactive, more than is there. A transfer is asked for once; without an answer nobody
 * knows, and the balance has the last word.
 */
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { sentenceOf } from '../../adapters/kalshi/result.ts';
import { type Transfer, transferCash, withoutTransfers } from '../../adapters/kalshi/transfer-cash.ts';
import type { EngineEvent } from '../../core/events.ts';
import { formatMoney, type Microdollars, NO_MONEY } from '../../core/units.ts';
import type { Clock, Wire } from '../../ports.ts';
import { KmmError } from '../errors/errors.ts';
import { wait } from '../session/cancel-ours.ts';
import { KNOWN_SHARDS } from '../session/open-ledger.ts';
import type { MoveReport } from './hand-reply.ts';

export interface MoveOptions {
  readonly rest: KalshiRest;
  /** Paced: shared with all that reads. */
  readonly wire: Wire;
  readonly clock: Clock;
  readonly emit: (event: EngineEvent) => void;
  /** Exchange time per real time. */
  readonly speed: number;
}

type Cash = MoveReport['before'];

/** The exchange carries it out after its answer; we look for so long. */
const VISIBLE_MS = 5_000;
const LOOK_MS = 250;

/** What the shards hold now. Throws KMM_TRANSFERS_INACTIVE, KMM_CASH_SHARD when it cannot be, KMM_UNREACHABLE. */
async function checkMove({ rest, wire }: MoveOptions, { from, to, amount }: Transfer): Promise<Cash> {
  const inactive = await withoutTransfers(wire, [from, to]);
  if (!inactive.ok) throw new KmmError('KMM_UNREACHABLE', `the exchange's status was ${sentenceOf(inactive.error)}`);
  if (inactive.value.length > 0) {
    throw new KmmError('KMM_TRANSFERS_INACTIVE', `shard ${inactive.value.join(' and ')} takes no transfers now`);
  }
  const before = await cashOf(rest);
  const there = before.find(({ shard }) => shard === from)?.cash ?? NO_MONEY;
  if (there < amount) {
    throw new KmmError(
      'KMM_CASH_SHARD',
      `shard ${from} holds $${formatMoney(there)}, less than $${formatMoney(amount)}`,
      {
        next: ['kmm trade balance'],
      },
    );
  }
  return before;
}

export async function moveCash(options: MoveOptions, transfer: Transfer): Promise<MoveReport> {
  const { rest, wire, clock, emit, speed } = options;
  const { from, to, amount } = transfer;
  const before = await checkMove(options, transfer);
  const moved = await transferCash(wire, transfer);
  if (!moved.ok) throw notMoved(moved.error.kind === 'refused', sentenceOf(moved.error));
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

function notMoved(isRefused: boolean, said: string): KmmError {
  if (isRefused) return new KmmError('KMM_TRANSFER_REFUSED', `the transfer was ${said}`);
  return new KmmError('KMM_UNREACHABLE', `it is not known whether the transfer was done: ${said}`, {
    position: 'the cash is on one of the two shards; a running trader halts when its own figures differ',
    next: ['kmm trade balance', 'look before you ask again: a transfer that is asked for twice is done twice'],
  });
}

async function cashOf(rest: KalshiRest): Promise<readonly { readonly shard: number; readonly cash: Microdollars }[]> {
  const balance = await rest.balance(KNOWN_SHARDS);
  if (balance.ok) return balance.value.shards;
  throw new KmmError('KMM_UNREACHABLE', `the balance was ${sentenceOf(balance.error)}`);
}
