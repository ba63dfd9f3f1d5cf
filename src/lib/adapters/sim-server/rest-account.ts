/** What the account may do per second, and its usage level (kalshi/api.md 5). */
import { answer, type RestAnswer, refuse } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';
import type { BucketSize } from './tiers.ts';

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

export const ACCOUNT_ROUTES: readonly Route[] = [limits, upgrade];

function bucketObject({ refillPerSecond, capacity }: BucketSize) {
  return { refill_rate: refillPerSecond, bucket_capacity: capacity };
}
