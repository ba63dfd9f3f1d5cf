/**
 * Levers of the embedded exchange that the real one does not have: one POST with an action, by anyone on this machine, and
 * the counts of the faults that it made on request.
 */
import { z } from 'zod';
import type { Venue } from '../../sim/venue.ts';
import { SCOPES } from './access.ts';
import { type BackOffice, startMischief } from './back-office.ts';
import { readPlan } from './mischief-plan.ts';
import { answer, NOT_FOUND, type RestAnswer, refuse } from './rest-answer.ts';
import { publicRoute, type Route } from './route.ts';
import { TIER_NAMES } from './tiers.ts';

interface ControlCall {
  readonly venue: Venue;
  readonly office: BackOffice;
  /** The whole body. */
  readonly body: Readonly<Record<string, unknown>>;
}

const limitBody = z.object({ api_key: z.string(), scopes: z.array(z.enum(SCOPES)) });

const ACTIONS: Readonly<Record<string, (call: ControlCall) => RestAnswer>> = {
  misbehave({ venue, office, body }) {
    const read = readPlan(body.plan);
    if (read.kind === 'refused') return refuse(400, 'invalid_parameters', read.problem);
    startMischief(office, read.plan, venue.now);
    return answer(200, { rules: read.plan.rules.length });
  },
  behave({ office }) {
    office.mischief.behave();
    return answer(200, {});
  },
  /** A key loses scopes, or gets them, while it is in use. */
  limit_key({ office, body }) {
    const read = limitBody.safeParse(body);
    if (!read.success) return refuse(400, 'invalid_parameters', 'limit_key takes api_key and a list of scopes');
    return office.keys.limit(read.data.api_key, read.data.scopes) ? answer(200, {}) : NOT_FOUND;
  },
  /** Everyone's buckets change their size. */
  set_tier({ office, body }) {
    const read = z.enum(TIER_NAMES).safeParse(body.tier);
    if (!read.success) return refuse(400, 'invalid_parameters', `tier is one of ${TIER_NAMES.join(', ')}`);
    office.tiers.reset(read.data);
    return answer(200, {});
  },
};

const control = publicRoute({
  method: 'POST',
  path: '/sim/control',
  operation: 'SimControl',
  body: z.looseObject({ action: z.string() }),
  handle({ venue, office, body }) {
    const act = Object.hasOwn(ACTIONS, body.action) ? ACTIONS[body.action] : undefined;
    const known = Object.keys(ACTIONS).join(', ');
    return act?.({ venue, office, body }) ?? refuse(400, 'invalid_parameters', `action is one of ${known}`);
  },
});

const faults = publicRoute({
  method: 'GET',
  path: '/sim/faults',
  operation: 'SimFaults',
  handle: ({ office: { mischief } }) => answer(200, { faults: mischief.counts, plan: mischief.plan ?? null }),
});

export const CONTROL_ROUTES: readonly Route[] = [control, faults];
