/**
 * Cash from one shard to another (kalshi/api.md 4). Collateral is checked inside the shard, so an order is refused while
 * the cash for it lies elsewhere. The exchange carries a transfer out later than it answers, and not atomically; it is
 * never asked for twice.
 */
import * as z from 'zod';
import type { Microdollars } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { REST_ROOT } from './environments.ts';
import { maybe, name, shard } from './fields.ts';
import { ask } from './rest-call.ts';
import type { Result } from './result.ts';

export interface Transfer {
  readonly from: number;
  readonly to: number;
  /** A whole number of centicents, > 0. */
  readonly amount: Microdollars;
}

/** The exchange counts a transfer in centicents, alone among its amounts. */
const MICRODOLLARS_PER_CENTICENT = 100;

/** Gives the id of the transfer. */
export async function transferCash(wire: Wire, { from, to, amount }: Transfer): Promise<Result<string>> {
  const body = {
    source: 'event_contract',
    destination: 'event_contract',
    amount: amount / MICRODOLLARS_PER_CENTICENT,
    source_exchange_shard: from,
    destination_exchange_shard: to,
  };
  const path = `${REST_ROOT}/portfolio/intra_exchange_instance_transfer`;
  const schema = z.object({ transfer_id: name }).transform((raw) => raw.transfer_id);
  return ask(wire, { method: 'POST', path, body: JSON.stringify(body) }, schema);
}

/** The shards of these that take no transfers now. In normal operation the exchange may leave the flags out. */
export async function withoutTransfers(wire: Wire, shards: readonly number[]): Promise<Result<readonly number[]>> {
  const schema = statusSchema.transform((raw) => {
    const stated = new Map(
      (raw.exchange_index_statuses ?? []).map((row) => [row.exchange_index, row.intra_exchange_transfers_active]),
    );
    // The top level speaks of shard 0.
    const isActive = (one: number) => stated.get(one) ?? (one === 0 ? raw.intra_exchange_transfers_active : undefined);
    return shards.filter((one) => isActive(one) === false);
  });
  return ask(wire, { method: 'GET', path: `${REST_ROOT}/exchange/status` }, schema);
}

const statusSchema = z.object({
  intra_exchange_transfers_active: maybe(z.boolean()),
  exchange_index_statuses: maybe(
    z.array(z.object({ exchange_index: shard, intra_exchange_transfers_active: maybe(z.boolean()) })),
  ),
});
