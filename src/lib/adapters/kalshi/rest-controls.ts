/**
 * The levers beside single orders: order groups, cancelling by id in batches, and the sweep. For starting, stopping and
 * `kill`; the trading loop's own writes go through the gateway. Send these over a paced wire.
 */
import * as z from 'zod';
import type { ChangeOutcome } from '../../core/orders/order-types.ts';
import { type Centicontracts, formatSize } from '../../core/units.ts';
import type { Wire, WireRequest } from '../../ports.ts';
import { groupSchema, oneGroupSchema } from './account-schema.ts';
import { classifyCancelBatch } from './classify.ts';
import { encodeCancelBatch, type OrderToCancel } from './encode.ts';
import { REST_ROOT } from './environments.ts';
import { name } from './fields.ts';
import { ask, command, read, segment } from './rest-call.ts';
import type { Result } from './result.ts';

export interface OrderGroup {
  readonly groupId: string;
  readonly shard: number;
  readonly isAutoCancelEnabled: boolean;
  /** Contracts matched in a rolling 15 s above which the group cancels its orders. */
  readonly limit?: Centicontracts;
}
/** Groups do not span shards, and their calls are not routed by themselves. */
export type GroupAddress = Pick<OrderGroup, 'groupId' | 'shard'>;

export class KalshiControls {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async orderGroups(): Promise<Result<readonly OrderGroup[]>> {
    const schema = z
      .object({ order_groups: z.array(groupSchema).nullish() })
      .transform((raw) => raw.order_groups ?? []);
    return read(this.#wire, '/portfolio/order_groups', schema);
  }

  /** One group with the ids of its orders. */
  async orderGroup(groupId: string): Promise<Result<OrderGroup & { readonly orderIds: readonly string[] }>> {
    const schema = oneGroupSchema.transform((raw) => ({ groupId, ...raw }));
    return read(this.#wire, `/portfolio/order_groups/${segment(groupId)}`, schema);
  }

  /** Gives the id of the new group. `limit`: contracts per rolling 15 s, 1…1,000,000. */
  async createOrderGroup(shard: number, limit: Centicontracts): Promise<Result<string>> {
    const body = JSON.stringify({ contracts_limit_fp: formatSize(limit), exchange_index: shard });
    const schema = z.object({ order_group_id: name }).transform((raw) => raw.order_group_id);
    return ask(this.#wire, { method: 'POST', path: `${GROUPS}/create`, body }, schema);
  }

  async limitOrderGroup(group: GroupAddress, limit: Centicontracts): Promise<Result<void>> {
    const body = JSON.stringify({ contracts_limit_fp: formatSize(limit) });
    return command(this.#wire, { ...groupRequest('PUT', group, '/limit'), body });
  }

  /** Takes orders again, with its count at zero. */
  async resetOrderGroup(group: GroupAddress): Promise<Result<void>> {
    return command(this.#wire, groupRequest('PUT', group, '/reset'));
  }

  /** Cancels the group's orders; new ones are refused until a reset, whoever sends them. */
  async triggerOrderGroup(group: GroupAddress): Promise<Result<void>> {
    return command(this.#wire, groupRequest('PUT', group, '/trigger'));
  }

  /** Cancels the group's orders too. */
  async deleteOrderGroup(group: GroupAddress): Promise<Result<void>> {
    return command(this.#wire, groupRequest('DELETE', group, ''));
  }

  /**
   * The sweep: every resting order of the account on all shards, or of one subaccount. It goes on hitting orders placed
   * up to a minute later, so nobody may create for 70 s after it: only `kill` uses it.
   */
  async cancelAll(subaccount?: number): Promise<Result<void>> {
    const query = subaccount === undefined ? {} : { query: { subaccount } };
    return command(this.#wire, { method: 'DELETE', path: `${REST_ROOT}/portfolio/events/orders`, ...query });
  }

  /** Cancels these orders, in batches; one outcome each. An order without proof is `unknown`: list, and ask again. */
  async cancelById(orders: readonly OrderToCancel[]): Promise<ReadonlyMap<string, ChangeOutcome>> {
    const outcomes = new Map<string, ChangeOutcome>();
    for (let start = 0; start < orders.length; start += BATCH_SIZE) {
      const batch = orders.slice(start, start + BATCH_SIZE);
      const reply = await this.#wire.request(encodeCancelBatch(batch));
      for (const [orderId, outcome] of classifyCancelBatch(reply, batch)) outcomes.set(orderId, outcome);
    }
    return outcomes;
  }
}

const GROUPS = `${REST_ROOT}/portfolio/order_groups`;
/** 2 tokens each: 40 of the smallest tier's 100, so the second batch waits less than half a second. */
const BATCH_SIZE = 20;

function groupRequest(method: 'PUT' | 'DELETE', group: GroupAddress, action: string): WireRequest {
  return {
    method,
    path: `${GROUPS}/${segment(group.groupId)}${action}`,
    query: { exchange_index: group.shard },
  };
}
