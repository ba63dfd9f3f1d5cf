/**
 * One contract there and back (C-9), by the same path as an order by hand: placed at the lowest price, post-only, with a
 * lease; looked for in every channel; amended, decreased, cancelled; and looked for in every channel again.
 */
import { randomUUID } from 'node:crypto';
import type { HandAsk } from '../../core/hand/hand-types.ts';
import { centicontracts, ONE_CONTRACT, parsePrice, parseSize } from '../../core/units.ts';
import { endError, refusalError } from '../hand/hand-errors.ts';
import type { HandOrderFacts, HandReply } from '../hand/hand-reply.ts';
import type { HandSession } from '../hand/hand-session.ts';
import { msUntil, type ProbeContext } from './probe-context.ts';
import type { ChannelCheck } from './probe-report.ts';
import type { ProbeFrame } from './probe-stream.ts';

type TripContext = Pick<ProbeContext, 'clock' | 'rest' | 'portfolio' | 'stream' | 'market' | 'speed' | 'lagMsMax'> & {
  readonly hand: HandSession;
  readonly by: string;
  readonly stop: AbortSignal;
};

/** A minute; where the exchange's time flies, more of it. */
const LIFE_MS = 60_000;
const LIFE_MS_MAX = 600_000;
/** Half a contract: smaller than what rests, and still of the exchange's grain. */
const LESS = centicontracts(ONE_CONTRACT / 2);

/** Throws what the hand path throws; then whatever rests is still to be cancelled. */
export async function roundTrip(context: TripContext): Promise<readonly ChannelCheck[]> {
  const { market, speed, stop } = context;
  const { ticker, lowest, second } = market;
  const checks: ChannelCheck[] = [];
  const life = { kind: 'rest', ms: Math.min(LIFE_MS * speed, LIFE_MS_MAX) } as const;
  const terms = { side: 'bid', price: lowest, size: ONE_CONTRACT } as const;
  const placed = await carriedOut(context, { kind: 'order', id: randomUUID(), ticker, life, ...terms });
  const { orderId = '' } = placed;
  checks.push(...(await seen(context, 'placed', placed)));
  if (!stop.aborted) {
    const amended = await carriedOut(context, { kind: 'amend', id: randomUUID(), orderId, price: second });
    checks.push(...(await changed(context, 'amended', amended)));
  }
  if (!stop.aborted) {
    const less = await carriedOut(context, { kind: 'decrease', id: randomUUID(), orderId, to: LESS });
    checks.push(...(await changed(context, 'decreased', less)));
  }
  const cancelled = await carriedOut(context, { kind: 'cancel', id: randomUUID(), orderId });
  checks.push(...(await gone(context, cancelled)));
  return checks;
}

async function carriedOut({ hand, by }: TripContext, ask: HandAsk): Promise<HandOrderFacts> {
  const reply: HandReply = await hand.carryOut(ask, by);
  if (reply.kind === 'refused') throw refusalError(reply.refusal);
  const error = reply.kind === 'ended' ? endError(reply, ask) : undefined;
  if (error !== undefined) throw error;
  if (reply.kind !== 'ended' || reply.order === undefined) throw new Error(`no order came of ${ask.kind}`);
  return reply.order;
}

function seen(context: TripContext, step: 'placed', order: HandOrderFacts): Promise<ChannelCheck[]> {
  const { rest, portfolio } = context;
  const { orderId = '', clientOrderId } = order;
  return lookAll(context, step, [
    ['answer', async () => order.state === 'working'],
    ['user_orders', () => heard(context, isOrder(orderId, 'resting'))],
    ['orderbook_delta', () => heard(context, isOwnDelta(clientOrderId, +1))],
    ['order', async () => (await statusOf(context, orderId)) === 'resting'],
    ['listing', async () => (await isListed(context, orderId)) === true],
    [
      'queue_positions',
      async () => {
        const places = await rest.queuePositions([order.ticker]);
        return places.ok && places.value.some((one) => one.orderId === orderId);
      },
    ],
    ['queue_position', async () => (await portfolio.queuePosition(orderId)).ok],
  ]);
}

/** By its price or its size, wherever an order is told. */
function changed(context: TripContext, step: 'amended' | 'decreased', order: HandOrderFacts): Promise<ChannelCheck[]> {
  const { orderId = '', price, remaining } = order;
  return lookAll(context, step, [
    ['answer', async () => order.state === 'working'],
    [
      'user_orders',
      () =>
        heard(context, (frame) => {
          const { yes_price_dollars: told, remaining_count_fp: left } = frame.msg;
          const isSame = parsePrice(String(told)) === price && parseSize(String(left)) === remaining;
          return isOrder(orderId, 'resting')(frame) && isSame;
        }),
    ],
    [
      'order',
      async () => {
        const record = await context.rest.order(orderId);
        return record.ok && record.value.price === price && record.value.remaining === remaining;
      },
    ],
  ]);
}

function gone(context: TripContext, order: HandOrderFacts): Promise<ChannelCheck[]> {
  const { orderId = '', clientOrderId } = order;
  return lookAll(context, 'cancelled', [
    ['answer', async () => order.state === 'cancelled'],
    ['user_orders', () => heard(context, isOrder(orderId, 'canceled'))],
    ['orderbook_delta', () => heard(context, isOwnDelta(clientOrderId, -1))],
    ['order', async () => (await statusOf(context, orderId)) === 'canceled'],
    ['listing', async () => (await isListed(context, orderId)) === false],
    [
      'queue_positions',
      async () => {
        const places = await context.rest.queuePositions([order.ticker]);
        return places.ok && places.value.every((one) => one.orderId !== orderId);
      },
    ],
  ]);
}

type Look = readonly [channel: string, isThere: () => Promise<boolean>];

async function lookAll(
  context: TripContext,
  step: ChannelCheck['step'],
  looks: readonly Look[],
): Promise<ChannelCheck[]> {
  return Promise.all(
    looks.map(async ([channel, isThere]) => {
      const ms = await msUntil(context, isThere, context.lagMsMax);
      return { step, channel, isConfirmed: ms !== undefined, ms: ms ?? context.lagMsMax };
    }),
  );
}

async function heard({ stream }: TripContext, isIt: (frame: ProbeFrame) => boolean): Promise<boolean> {
  return stream.frames.some(isIt);
}

export function isOrder(orderId: string, status: string): (frame: ProbeFrame) => boolean {
  return ({ type, msg }) => type === 'user_order' && msg.order_id === orderId && msg.status === status;
}

/** Our own change of a level: only our connection is told whose it is (kalshi/api.md 7.4). */
function isOwnDelta(clientOrderId: string, sign: 1 | -1): (frame: ProbeFrame) => boolean {
  return ({ type, msg }) =>
    type === 'orderbook_delta' && msg.client_order_id === clientOrderId && Number(msg.delta_fp) * sign > 0;
}

async function statusOf({ rest }: TripContext, orderId: string): Promise<string | undefined> {
  const record = await rest.order(orderId);
  return record.ok ? record.value.status : undefined;
}

/** Undefined: the listing could not be had. */
async function isListed({ rest }: TripContext, orderId: string): Promise<boolean | undefined> {
  const listed = await rest.orders({ status: 'resting' });
  return listed.ok ? listed.value.some((one) => one.orderId === orderId) : undefined;
}
