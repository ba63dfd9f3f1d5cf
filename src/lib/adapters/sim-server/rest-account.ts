/** What the account may do per second, its usage level, and moving its cash between shards (kalshi/api.md 4, 5). */
import { z } from 'zod';
import { microdollars } from '../../core/units.ts';
import { answer, type RestAnswer, refuse, refuseAsVenue } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';
import type { BucketSize } from './tiers.ts';
import { namedId } from './wire-text.ts';

const MICRODOLLARS_PER_CENTICENT = 100;
const AMOUNT_MAX = 1e13;
const UPGRADE_COST = 30;
const CREATED: RestAnswer = { status: 201, body: '' };

const limits = privateRoute({
  method: 'GET',
  path: '/account/limits',
  operation: 'GetAccountApiLimits',
  handle({ office: { tiers }, accountId }) {
    const { read, write } = tiers.of(accountId);
    return answer(200, {
      usage_tier: tiers.nameOf(accountId),
      read: bucketObject(read),
      write: bucketObject(write),
      grants: tiers.grantsOf(accountId).map((grant) => ({ exchange_instance: 'event_contract', ...grant })),
    });
  },
});

/** Every order here came over the API, so one among the last hundred is one at all. */
const upgrade = privateRoute({
  method: 'POST',
  path: '/account/api_usage_level/upgrade',
  operation: 'UpgradeAccountApiUsageLevel',
  cost: UPGRADE_COST,
  handle({ venue, office, accountId }) {
    if (venue.orders(accountId).length === 0) {
      return refuse(403, 'forbidden', 'no order of the last 100 was created over the API');
    }
    office.tiers.upgrade(accountId);
    return CREATED;
  },
});

const shard = z.number().int().min(0).max(100).default(0);
const instance = z.enum(['event_contract', 'margined']);
const subaccount = z.number().int().min(0).max(0).optional();

const transfer = privateRoute({
  method: 'POST',
  path: '/portfolio/intra_exchange_instance_transfer',
  operation: 'IntraExchangeInstanceTransfer',
  body: z.object({
    source: instance,
    destination: instance,
    amount: z.number().int().min(1).max(AMOUNT_MAX),
    source_exchange_shard: shard,
    destination_exchange_shard: shard,
    source_subaccount: subaccount,
    destination_subaccount: subaccount,
  }),
  handle({ venue, accountId, body }) {
    if (body.source === 'margined' || body.destination === 'margined') {
      return refuse(400, 'invalid_parameters', 'the margined instance is not simulated');
    }
    const { source_exchange_shard: from, destination_exchange_shard: to } = body;
    const refusal = venue.transfer(accountId, from, to, microdollars(body.amount * MICRODOLLARS_PER_CENTICENT));
    if (refusal !== undefined) return refuseAsVenue(refusal);
    const name = [accountId, venue.now, from, to, ...venue.balance(accountId).map((account) => account.cash)].join(' ');
    return answer(200, { transfer_id: namedId('transfer', name) });
  },
});

export const ACCOUNT_ROUTES: readonly Route[] = [limits, upgrade, transfer];

function bucketObject({ refillPerSecond, capacity }: BucketSize) {
  return { refill_rate: refillPerSecond, bucket_capacity: capacity };
}
