/** What the account may do per second (kalshi/api.md 5). */
import { answer } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';
import { ADVANCED_TIER } from './token-buckets.ts';

const limits = privateRoute({
  method: 'GET',
  path: '/account/limits',
  operation: 'GetAccountApiLimits',
  handle() {
    const bucket = { refill_rate: ADVANCED_TIER.refillPerSecond, bucket_capacity: ADVANCED_TIER.capacity };
    return answer(200, { usage_tier: 'advanced', read: bucket, write: bucket, grants: [] });
  },
});

export const ACCOUNT_ROUTES: readonly Route[] = [limits];
