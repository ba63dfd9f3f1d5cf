/** What the account may do per second, and its usage level (kalshi/api.md 5). */
import { type Centicontracts, centicontracts, formatSize } from '../../core/units.ts';
import { answer, type RestAnswer, refuse } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';
import { type BucketSize, VOLUME_GOALS } from './tiers.ts';
import { secondsOf } from './wire-text.ts';

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

/** Of the exchange's volume there are the markets that it still lists: they stand in for its previous month. */
const volumeProgress = privateRoute({
  method: 'GET',
  path: '/account/api_usage_level/volume_progress',
  operation: 'GetAccountApiUsageLevelVolumeProgress',
  handle({ venue, accountId }) {
    const since = venue.now - TRAILING_MS;
    const own = venue.fills(accountId).filter(({ at }) => at > since);
    const all = venue.markets().map(({ stats }) => stats.volume);
    const bothSides = 2 * sum(all);
    return answer(200, {
      volume_progress: [
        {
          computed_ts: secondsOf(venue.now),
          trailing_30d_volume_fp: formatSize(sum(own.map(({ size }) => size))),
          goals: VOLUME_GOALS.map(({ level, earn, keep }) => ({
            level,
            earn_volume_goal_fp: formatSize(shareOf(bothSides, earn)),
            keep_volume_goal_fp: formatSize(shareOf(bothSides, keep)),
          })),
        },
      ],
    });
  },
});

export const ACCOUNT_ROUTES: readonly Route[] = [limits, upgrade, volumeProgress];

const TRAILING_MS = 30 * 86_400_000;

function sum(sizes: readonly Centicontracts[]): Centicontracts {
  return centicontracts(sizes.reduce((total, size) => total + size, 0));
}

/** `share`: hundred-thousandths, of which the goal is the next whole hundredth of a contract. */
function shareOf(volume: number, share: number): Centicontracts {
  return centicontracts(Math.ceil((volume * share) / 100_000));
}

function bucketObject({ refillPerSecond, capacity }: BucketSize) {
  return { refill_rate: refillPerSecond, bucket_capacity: capacity };
}
