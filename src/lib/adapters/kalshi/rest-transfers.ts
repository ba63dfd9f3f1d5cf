/**
 * Cash between shards: collateral is checked inside the shard, so an order is refused while its cash is elsewhere
 * (kalshi/api.md 4). A transfer is not atomic and is never repeated here: without an answer, read the list.
 */
import * as z from 'zod';
import type { EpochMs, Microdollars } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { REST_ROOT } from './environments.ts';
import { money, name, stampSeconds, title, wholeCents } from './fields.ts';
import { present } from './present.ts';
import { ask, read, readAll, segment } from './rest-call.ts';
import { type Result, unsent } from './result.ts';
import { PRIMARY_SUBACCOUNT } from './subaccount-wire.ts';

/** One end of a transfer. */
export interface CashPlace {
  readonly shard: number;
  /** Absent: the primary account. */
  readonly subaccount?: number;
}
export interface Transfer {
  readonly transferId: string;
  readonly fromShard: number;
  readonly toShard: number;
  readonly amount: Microdollars;
  readonly status: 'pending' | 'complete';
  readonly createdAt: EpochMs;
  /** Exchange instances or numbered subaccounts; other than `event_contract` are no business of ours. */
  readonly from: string;
  readonly to: string;
}

export class KalshiTransfers {
  readonly #wire: Wire;
  readonly #own: number;

  /** @param own the subaccount that trades */
  constructor(wire: Wire, own = PRIMARY_SUBACCOUNT) {
    this.#wire = wire;
    this.#own = own;
  }

  async list(): Promise<Result<readonly Transfer[]>> {
    return readAll(this.#wire, TRANSFERS, {}, 'transfers', transferSchema, TRANSFERS_AT_ONCE);
  }

  /** Between the subaccount that trades and others: made elsewhere, never by us. Between others they are told, too. */
  async betweenSubaccounts(): Promise<Result<readonly Transfer[]>> {
    const schema = subaccountTransferSchema(this.#own);
    return readAll(this.#wire, SUBACCOUNT_TRANSFERS, {}, 'transfers', schema, TRANSFERS_AT_ONCE);
  }

  async one(transferId: string): Promise<Result<Transfer>> {
    const schema = z.object({ transfer: transferSchema }).transform((raw) => raw.transfer);
    return read(this.#wire, `${TRANSFERS}/${segment(transferId)}`, schema);
  }

  /** Moves `amount` and gives the id of the transfer. Unsent when the amount is not positive whole centicents. */
  async move(from: CashPlace, to: CashPlace, amount: Microdollars): Promise<Result<string>> {
    const centicents = amount / MICRODOLLARS_PER_CENTICENT;
    if (!(Number.isSafeInteger(centicents) && centicents > 0)) {
      return unsent('a transfer moves a positive amount in whole units of $0.0001');
    }
    if (from.shard === to.shard && (from.subaccount ?? 0) === (to.subaccount ?? 0)) {
      return unsent('a transfer to where the cash is already');
    }
    const fields = present({
      source: INSTANCE,
      destination: INSTANCE,
      amount: centicents,
      source_exchange_shard: from.shard,
      destination_exchange_shard: to.shard,
      source_subaccount: from.subaccount,
      destination_subaccount: to.subaccount,
    });
    const schema = z.object({ transfer_id: name }).transform((raw) => raw.transfer_id);
    return ask(this.#wire, { method: 'POST', path: TRANSFER, body: JSON.stringify(fields) }, schema);
  }
}

const TRANSFER = `${REST_ROOT}/portfolio/intra_exchange_instance_transfer`;
const TRANSFERS = '/portfolio/intra_exchange_instance_transfers';
const SUBACCOUNT_TRANSFERS = '/portfolio/subaccounts/transfers';
const TRANSFERS_AT_ONCE = 500;
const INSTANCE = 'event_contract';
/** Requests count in $0.0001, answers in dollars (kalshi/openapi.yaml). */
const MICRODOLLARS_PER_CENTICENT = 100;

const transferSchema = z
  .object({
    transfer_id: name,
    source: title,
    destination: title,
    source_exchange_shard: z.int().nonnegative(),
    destination_exchange_shard: z.int().nonnegative(),
    amount: money,
    status: z.enum(['pending', 'complete']),
    created_ts: stampSeconds,
  })
  .transform(
    (raw): Transfer => ({
      transferId: raw.transfer_id,
      fromShard: raw.source_exchange_shard,
      toShard: raw.destination_exchange_shard,
      amount: raw.amount,
      status: raw.status,
      createdAt: raw.created_ts,
      from: raw.source,
      to: raw.destination,
    }),
  );

const rawSubaccountTransfer = z.object({
  transfer_id: name,
  from_subaccount: z.int().nonnegative(),
  to_subaccount: z.int().nonnegative(),
  amount_cents: wholeCents,
  created_ts: stampSeconds,
  exchange_index: z.int().nonnegative(),
});

function subaccountTransferSchema(own: number) {
  return rawSubaccountTransfer.transform(
    (raw): Transfer => ({
      transferId: raw.transfer_id,
      fromShard: raw.exchange_index,
      toShard: raw.exchange_index,
      amount: raw.amount_cents,
      status: 'complete',
      createdAt: raw.created_ts,
      from: placeOf(raw.from_subaccount, own),
      to: placeOf(raw.to_subaccount, own),
    }),
  );
}

/** 0 is the primary account (kalshi/api.md 5). */
function placeOf(subaccount: number, own: number): string {
  if (subaccount === own) return INSTANCE;
  return subaccount === PRIMARY_SUBACCOUNT ? 'the primary account' : `subaccount ${subaccount}`;
}
