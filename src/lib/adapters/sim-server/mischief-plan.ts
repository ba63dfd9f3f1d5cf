/**
 * The plan of an exchange that misbehaves, as data: which faults, how hot, when, and for which calls or channels.
 *
 *     { "seed": "storm",                       the draws; the same seed and the same traffic give the same faults
 *       "rules": [
 *         { "fault": "status", "status": 503, "applied": "either", "method": "POST", "chance": 0.1 },
 *         { "fault": "too_many_requests", "chance": 0.01, "lasts_ms": 3000 },
 *         { "fault": "frame_dropped", "channel": "orderbook_delta", "after_ms": 5000, "times": 1 } ] }
 *
 * Every rule may have `chance` (of each call, frame or second, 0–1, default 1), `times` (so often at most), `after_ms` and
 * `until_ms` (since the plan was given), and `lasts_ms` (once begun, everything it matches for so long). These are exchange
 * time. Rules on calls may name a `method` and a `path` prefix below `/trade-api/v2`, rules on frames a `channel`. The
 * first rule that fires wins. Anything unknown is refused, with its place.
 */
import { z } from 'zod';
import { CHANNELS, type Channel } from './channels.ts';

const ms = z.number().int().min(0).max(86_400_000);
const DELAY_MS_MAX = 600_000;
const delay = z.number().int().min(1).max(DELAY_MS_MAX);

const whenever = {
  chance: z.number().min(0).max(1).default(1),
  times: z.number().int().min(1).optional(),
  after_ms: ms.default(0),
  until_ms: ms.optional(),
  lasts_ms: ms.default(0),
};
const onCalls = {
  ...whenever,
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).optional(),
  path: z.string().startsWith('/').optional(),
};
const channels = Object.keys(CHANNELS) as [Channel, ...Channel[]];
const onFrames = { ...whenever, channel: z.enum(channels).optional() };
/** Before or after the call took effect; `either` is drawn. */
const applied = z.enum(['before', 'after', 'either']).default('either');

const callRules = [
  /** The bucket pretends to be empty. */
  rule('too_many_requests', onCalls),
  rule('status', {
    ...onCalls,
    applied,
    status: z.union([z.literal(408), z.literal(500), z.literal(502), z.literal(503), z.literal(504)]),
  }),
  /** A page of some gateway instead of JSON. */
  rule('html_page', {
    ...onCalls,
    applied,
    status: z.union([z.literal(200), z.literal(403), z.literal(502)]).default(502),
  }),
  /** Carried out; then the connection is reset. */
  rule('reply_lost', onCalls),
  /** Carried out; the answer waits so many milliseconds of real time. */
  rule('reply_delayed', { ...onCalls, delay_ms: delay }),
  /** Carried out; the connection breaks in the middle of the body. */
  rule('reply_truncated', onCalls),
  /** Carried out; a 2xx that names no order. */
  rule('order_id_missing', onCalls),
  /** 401 for a stamp that is good. */
  rule('timestamp_expired', onCalls),
  /** Reads show the account as it was so long ago. */
  rule('read_lag', { ...onCalls, lag_ms: delay }),
  /** The exchange's clock is off by so much, in its `Date` header as in its checks. */
  rule('clock_step', {
    ...whenever,
    offset_ms: z.number().int().min(-3_600_000).max(3_600_000),
  }),
] as const;

const frameRules = [
  rule('frame_dropped', onFrames),
  rule('frame_duplicated', onFrames),
  /** It goes out after the one that follows it. */
  rule('frame_reordered', onFrames),
  /** A stale feed: the frame, and all behind it, wait so many milliseconds. */
  rule('frame_delayed', { ...onFrames, delay_ms: delay }),
  /** A change of a level is never told, and the numbers do not show it. */
  rule('level_drift', whenever),
  /** Code 10 ends the subscription. */
  rule('channel_error', onFrames),
  /** Code 25 ends the subscription. */
  rule('overflow', onFrames),
] as const;

/** Asked for once a second of real time and connection. */
const socketRules = [
  rule('socket_dropped', whenever),
  /** The link stays up and says nothing any more, not even pong. */
  rule('half_open', whenever),
  /** No heartbeats while it lasts. */
  rule('pings_stopped', whenever),
] as const;

/** Of the index feed, which is not the exchange's (index-feed.ts). */
const feedRules = [
  /** It says nothing while it lasts; the link stays up. */
  rule('index_silent', whenever),
] as const;

const planSchema = z.strictObject({
  seed: z.string().default('mischief'),
  rules: z.array(z.discriminatedUnion('fault', [...callRules, ...frameRules, ...socketRules, ...feedRules])).max(1_000),
});

export type MischiefPlan = z.infer<typeof planSchema>;
export type MischiefRule = MischiefPlan['rules'][number];
export type Fault = MischiefRule['fault'];
export type CallRule = z.infer<(typeof callRules)[number]>;
export type FrameRule = z.infer<(typeof frameRules)[number]>;
export type SocketRule = z.infer<(typeof socketRules)[number]>;
export type FeedRule = z.infer<(typeof feedRules)[number]>;

export const CALL_FAULTS = callRules.map(faultOf);
export const FRAME_FAULTS = frameRules.map(faultOf);
export const SOCKET_FAULTS = socketRules.map(faultOf);
export const FEED_FAULTS = feedRules.map(faultOf);

/** The plan, or in words what is wrong with it and where. */
export function readPlan(
  value: unknown,
): { readonly kind: 'plan'; readonly plan: MischiefPlan } | { readonly kind: 'refused'; readonly problem: string } {
  const result = planSchema.safeParse(value);
  if (result.success) return { kind: 'plan', plan: result.data };
  const [issue] = result.error.issues;
  const place = issue?.path.length === 0 ? 'the plan' : issue?.path.join('.');
  return { kind: 'refused', problem: `${place}: ${issue?.message}` };
}

function rule<Name extends string, Shape extends z.ZodRawShape>(fault: Name, shape: Shape) {
  return z.strictObject({ fault: z.literal(fault), ...shape });
}

function faultOf(
  schema: (typeof callRules | typeof frameRules | typeof socketRules | typeof feedRules)[number],
): Fault {
  return schema.shape.fault.value;
}
