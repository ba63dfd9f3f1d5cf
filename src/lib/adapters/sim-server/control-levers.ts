/**
 * Actions of `POST /sim/control` that name a key, or concern the server and not the world: the faults it makes, the keys and the
 * buckets, and cash of a key's account from outside.
 *
 *   misbehave   plan (its shape: mischief-plan.ts); replaces any other
 *   behave
 *   limit_key   api_key, scopes; the key loses scopes, or gets them, while it is in use
 *   set_tier    tier; everyone's buckets change their size
 *   deposit     api_key, amount_cents, exchange_index? (0): cash from outside, as on the web page
 *   withdraw    likewise, to outside
 *   pay_reward  likewise, of an incentive programme: no list speaks of it
 */
import { z } from 'zod';
import { microdollars } from '../../core/units.ts';
import type { Venue } from '../../sim/venue.ts';
import { SCOPES } from './access.ts';
import { type BackOffice, startMischief } from './back-office.ts';
import { readPlan } from './mischief-plan.ts';
import { answer, NOT_FOUND, type RestAnswer, refuse, refuseAsVenue } from './rest-answer.ts';
import { TIER_NAMES } from './tiers.ts';

export interface LeverCall {
  readonly venue: Venue;
  readonly office: BackOffice;
  /** The whole body. */
  readonly body: Readonly<Record<string, unknown>>;
}

const MICRODOLLARS_PER_CENT = 10_000;

const cashBody = z.object({
  api_key: z.string(),
  amount_cents: z.number().int().min(1).max(1e12),
  exchange_index: z.number().int().min(0).default(0),
});
const limitBody = z.object({ api_key: z.string(), scopes: z.array(z.enum(SCOPES)) });

export const LEVERS = {
  misbehave({ venue, office, body }) {
    const read = readPlan(body.plan);
    if (read.kind === 'refused') return refuse(400, 'invalid_parameters', read.problem);
    startMischief(office, read.plan, venue.now);
    return done(venue);
  },
  behave({ venue, office }) {
    office.mischief.behave();
    return done(venue);
  },
  limit_key({ venue, office, body }) {
    const read = limitBody.safeParse(body);
    if (!read.success) return refuse(400, 'invalid_parameters', 'limit_key takes api_key and a list of scopes');
    return office.keys.limit(read.data.api_key, read.data.scopes) ? done(venue) : NOT_FOUND;
  },
  set_tier({ venue, office, body }) {
    const read = z.enum(TIER_NAMES).safeParse(body.tier);
    if (!read.success) return refuse(400, 'invalid_parameters', `tier is one of ${TIER_NAMES.join(', ')}`);
    office.tiers.reset(read.data);
    return done(venue);
  },
  deposit: (call) => movedCash(call, 'deposit'),
  withdraw: (call) => movedCash(call, 'withdraw'),
  pay_reward: (call) => movedCash(call, 'payReward'),
} as const satisfies Readonly<Record<string, (call: LeverCall) => RestAnswer>>;

function movedCash({ venue, office, body }: LeverCall, how: 'deposit' | 'withdraw' | 'payReward'): RestAnswer {
  const read = cashBody.safeParse(body);
  if (!read.success) return refuse(400, 'invalid_parameters', 'it takes api_key, amount_cents and exchange_index');
  const accountId = office.keys.find(read.data.api_key)?.accountId;
  if (accountId === undefined) return NOT_FOUND;
  const amount = microdollars(read.data.amount_cents * MICRODOLLARS_PER_CENT);
  const moved = venue[how](accountId, read.data.exchange_index, amount);
  if (moved === undefined) return done(venue);
  return 'kind' in moved ? refuseAsVenue(moved) : answer(200, { ts_ms: venue.now, id: moved.movementId });
}

function done(venue: Venue): RestAnswer {
  return answer(200, { ts_ms: venue.now });
}
