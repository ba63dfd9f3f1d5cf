/** What the account may do per second, and moving its cash between shards (kalshi/api.md 4, 5). */
import { z } from 'zod';
import { microdollars } from '../../core/units.ts';
import { answer, refuse, refuseAsVenue } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';
import { ADVANCED_TIER } from './token-buckets.ts';
import { namedId } from './wire-text.ts';

const MICRODOLLARS_PER_CENTICENT = 100;
const AMOUNT_MAX = 1e13;

const limits = privateRoute({
  method: 'GET',
  path: '/account/limits',
  operation: 'GetAccountApiLimits',
  handle() {
    const bucket = { refill_rate: ADVANCED_TIER.refillPerSecond, bucket_capacity: ADVANCED_TIER.capacity };
    return answer(200, { usage_tier: 'advanced', read: bucket, write: bucket, grants: [] });
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

export const ACCOUNT_ROUTES: readonly Route[] = [limits, transfer];
