/**
 * Actions of `POST /sim/control` that concern the server and not the world: the faults it makes, the keys and the buckets.
 *
 *   misbehave   plan (its shape: mischief-plan.ts); replaces any other
 *   behave
 *   limit_key   api_key, scopes; the key loses scopes, or gets them, while it is in use
 *   set_tier    tier; everyone's buckets change their size
 */
import { z } from 'zod';
import type { Venue } from '../../sim/venue.ts';
import { SCOPES } from './access.ts';
import { type BackOffice, startMischief } from './back-office.ts';
import { readPlan } from './mischief-plan.ts';
import { answer, NOT_FOUND, type RestAnswer, refuse } from './rest-answer.ts';
import { TIER_NAMES } from './tiers.ts';

export interface LeverCall {
  readonly venue: Venue;
  readonly office: BackOffice;
  /** The whole body. */
  readonly body: Readonly<Record<string, unknown>>;
}

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
} as const satisfies Readonly<Record<string, (call: LeverCall) => RestAnswer>>;

function done(venue: Venue): RestAnswer {
  return answer(200, { ts_ms: venue.now });
}
