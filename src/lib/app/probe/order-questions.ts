/** What becomes of single orders: V1 amending the lease, V2 ids used again, V3 expiries, V6 crossing, V7 cancelling what is gone. */
import { costOf } from '../../adapters/kalshi/endpoint-costs.ts';
import { centicontracts, epochMs, formatSize, ONE_CONTRACT } from '../../core/units.ts';
import type { WireReply } from '../../ports.ts';
import { memberOf } from './evidence.ts';
import type { Finding, Interview, KeepEvidence } from './interview.ts';
import { leaseEnd, msUntil, type ProbeContext } from './probe-context.ts';
import type { SentOrder } from './probe-writes.ts';
import { isOrder } from './round-trip.ts';
import { bestAsk } from './take-one.ts';

/** Two of them are never more than the one contract that a probe risks. */
const HALF = centicontracts(ONE_CONTRACT / 2);

/** Orders that have ended, for the question what a cancel of them answers. */
type EndedOrders = Partial<Record<'cancelled' | 'expired', SentOrder>>;

export async function askAboutOrders(interview: Interview, context: ProbeContext): Promise<void> {
  const ended: EndedOrders = {};
  await interview.ask('V1', 'does amend take expiration_time and keep the queue place, at what cost?', (keep) =>
    amendLease(context, keep),
  );
  await interview.ask('V2', 'is a client_order_id unique for ever? does the 409 name the order?', (keep) =>
    reuseId(context, keep, ended),
  );
  await interview.ask('V3', 'past or near expiry: refused, or immediate-or-cancel?', (keep) =>
    nearExpiry(context, keep, ended),
  );
  await interview.ask('V6', 'post-only cross: refused, or 201 and then cancelled?', (keep) => cross(context, keep));
  await interview.ask('V7', 'what does a cancel of an order answer that is gone?', (keep) =>
    cancelGone(context, keep, ended),
  );
}

/** A second order behind the first one tells: an amend that loses the place lets it pass. */
async function amendLease(context: ProbeContext, keep: KeepEvidence): Promise<Finding> {
  const { writes, rest, market, lagMsMax } = context;
  const terms = { price: market.lowest, size: HALF };
  const first = await writes.create({ ...terms, expiresAt: leaseEnd(context) });
  keep(first);
  const { orderId } = first;
  if (orderId === undefined) return `the order to amend was not accepted: ${wordsOf(first.reply)}`;
  const behind = await writes.create({ ...terms, expiresAt: leaseEnd(context) });
  try {
    const before = await aheadOf(context, orderId);
    const until = epochMs(leaseEnd(context) + 30_000);
    const amended = await writes.extend(first, until);
    keep(amended);
    const isAccepted = amended.outcome.kind === 'amended';
    const isMoved = async () => {
      const record = await rest.order(orderId);
      return record.ok && record.value.expiresAt === until;
    };
    const isChanged = isAccepted && (await msUntil(context, isMoved, lagMsMax)) !== undefined;
    const after = await aheadOf(context, orderId);
    const isTold = behind.orderId !== undefined && before !== undefined && after !== undefined;
    const isKept = isTold ? after <= before : undefined;
    const cost = await costOfAmend(context);
    const place =
      isKept === undefined ? 'the queue place is not known' : `the queue place is ${isKept ? 'kept' : 'lost'}`;
    return {
      answer: isAccepted
        ? `accepted, the expiry ${isChanged ? 'moved' : 'did not move'}, ${place}, ${cost ?? 'unknown'} tokens`
        : `not accepted: ${wordsOf(amended.reply)}`,
      facts: {
        isAccepted,
        isExpiryMoved: isChanged,
        isPlaceKept: isKept ?? null,
        aheadBefore: text(before),
        aheadAfter: text(after),
        cost,
      },
    };
  } finally {
    for (const order of [first, behind]) if (order.orderId !== undefined) await writes.cancel(order);
  }
}

async function reuseId(context: ProbeContext, keep: KeepEvidence, ended: { cancelled?: SentOrder }): Promise<Finding> {
  const { writes, market } = context;
  const order = await writes.create({ price: market.lowest, size: HALF, expiresAt: leaseEnd(context) });
  keep(order);
  if (order.orderId === undefined) return `the order was not accepted: ${wordsOf(order.reply)}`;
  const again = async () => {
    const sent = await writes.createAgain(order, leaseEnd(context));
    keep(sent);
    if (sent.orderId !== undefined && sent.orderId !== order.orderId) await writes.cancel(sent);
    return sent;
  };
  const whileOpen = await again();
  await writes.cancel(order);
  ended.cancelled = order;
  const afterCancel = await again();
  const namesOrder = [whileOpen, afterCancel].some(({ reply }) => {
    return reply.kind === 'response' && reply.status === CONFLICT && reply.body.includes(order.orderId ?? '');
  });
  const [open, gone] = [whileOpen, afterCancel].map(({ reply }) => wordsOf(reply));
  return {
    answer: `while it rests: ${open}; once cancelled: ${gone}; the refusal ${namesOrder ? 'names' : 'does not name'} the order`,
    facts: {
      ...{ whileOpen: statusOf(whileOpen.reply), afterCancel: statusOf(afterCancel.reply), namesOrder },
      isUniqueForEver: statusOf(afterCancel.reply) === CONFLICT,
    },
  };
}

async function nearExpiry(context: ProbeContext, keep: KeepEvidence, ended: { expired?: SentOrder }): Promise<Finding> {
  const { clock, market, writes, speed, stream } = context;
  const terms = { price: market.lowest, size: HALF };
  const at = (seconds: number) => epochMs(Math.floor(clock.now() / 1_000) * 1_000 + seconds * 1_000);
  const facts: Record<string, unknown> = {};
  const parts: string[] = [];
  for (const [name, seconds] of [
    ['past', -10],
    ['next', 1],
    ['near', NEAR_SECONDS],
  ] as const) {
    const order = await writes.create({ ...terms, expiresAt: at(seconds) });
    keep(order);
    const { orderId } = order;
    facts[name] = { seconds, status: statusOf(order.reply) };
    if (orderId === undefined) {
      parts.push(`${seconds} s: ${wordsOf(order.reply)}`);
      continue;
    }
    const frame = await stream.until(isOrder(orderId, 'canceled'), (seconds * 1_000) / speed + EXPIRY_MS);
    const record = await writes.look(orderId);
    if (frame === undefined && record?.status === 'resting') await writes.cancel(order);
    else ended.expired = order;
    const reason = record?.reason ?? frame?.msg.last_update_reason;
    const endedAt = Number(frame?.msg.last_updated_ts_ms ?? frame?.sending_ts_ms);
    const lateMs = Number.isFinite(endedAt) ? endedAt - order.expiresAt : null;
    facts[name] = {
      seconds,
      status: statusOf(order.reply),
      reason: reason ?? null,
      lateMs,
      filled: text(record?.filled),
    };
    const late = lateMs === null ? 'when is not told' : `${lateMs} ms after its time`;
    parts.push(`${seconds} s: accepted, ended by ${reason ?? 'nothing that was told'}, ${late}`);
  }
  return { answer: `${parts.join('; ')}. During a pause: not provoked`, facts };
}

/** Never above what one contract costs: it is post-only, and one that trades nevertheless is told. */
async function cross(context: ProbeContext, keep: KeepEvidence): Promise<Finding> {
  const { rest, market, writes, stream, lagMsMax } = context;
  const price = await bestAsk(rest, market.ticker);
  const sent = await writes.create({ price, size: HALF, expiresAt: leaseEnd(context) });
  keep(sent);
  const { orderId } = sent;
  if (orderId === undefined) {
    const isRefused = sent.reply.kind === 'response' && sent.reply.status < 500;
    if (!isRefused) return `no proof: ${wordsOf(sent.reply)}`;
    return {
      answer: `refused: ${wordsOf(sent.reply)}`,
      facts: { postOnlyCross: 'refuse', status: statusOf(sent.reply) },
    };
  }
  const frame = await stream.until(isOrder(orderId, 'canceled'), lagMsMax);
  const record = await writes.look(orderId);
  if (record?.status === 'resting') {
    await writes.cancel(sent);
    return 'the offer was gone before the order came';
  }
  const reason = record?.reason ?? frame?.msg.last_update_reason ?? null;
  const filled = record?.filled ?? 0;
  if (filled > 0) return `it TRADED ${formatSize(centicontracts(filled))} although it was post-only`;
  return {
    answer: `accepted, then cancelled: ${String(reason ?? 'no reason told')}`,
    facts: { postOnlyCross: 'cancel', status: statusOf(sent.reply), reason },
  };
}

async function cancelGone(
  context: ProbeContext,
  keep: KeepEvidence,
  { cancelled, expired }: EndedOrders,
): Promise<Finding> {
  const { writes, market } = context;
  const terms = { price: market.lowest, size: HALF };
  const asked: readonly (readonly [
    string,
    Pick<SentOrder, 'clientOrderId' | 'orderId' | 'price' | 'size'> | undefined,
  ])[] = [
    ['cancelled', cancelled],
    ['expired', expired],
    ['never there', { ...terms, clientOrderId: NOBODY, orderId: NOBODY }],
  ];
  const facts: Record<string, unknown> = {};
  const parts: string[] = [];
  for (const [name, order] of asked) {
    if (order === undefined) {
      parts.push(`${name}: not asked, there was none`);
      continue;
    }
    const sent = await writes.cancel(order);
    keep(sent);
    facts[name] = statusOf(sent.reply);
    parts.push(`${name}: ${wordsOf(sent.reply)}`);
  }
  return { answer: `${parts.join('; ')}. In a pause and after the close: not provoked`, facts };
}

const CONFLICT = 409;
/** An id that no order has. */
const NOBODY = '00000000-0000-4000-8000-00000000dead';
/** Longer than the two seconds below which kmm sends nothing. */
const NEAR_SECONDS = 4;
/** Real time after the expiry within which an order should be gone. */
const EXPIRY_MS = 5_000;

export function statusOf(reply: WireReply): number | null {
  return reply.kind === 'response' ? reply.status : null;
}

/** "400 invalid_order (post only cross)". */
export function wordsOf(reply: WireReply): string {
  if (reply.kind === 'failure') return `no answer (${reply.reason})`;
  const said = (key: string) => memberOf(reply.body, 'error', key) ?? memberOf(reply.body, key);
  const [code, details] = [said('code'), said('details') ?? said('message')].map((one) =>
    typeof one === 'string' ? one.slice(0, 80) : undefined,
  );
  return [reply.status, code, details === undefined || details === code ? undefined : `(${details})`]
    .filter((part) => part !== undefined)
    .join(' ');
}

/** In contracts; null where it is not known. */
function text(size: number | undefined): string | null {
  return size === undefined ? null : formatSize(centicontracts(size));
}

async function aheadOf({ portfolio }: ProbeContext, orderId: string): Promise<number | undefined> {
  const place = await portfolio.queuePosition(orderId);
  return place.ok ? place.value : undefined;
}

async function costOfAmend({ rest }: ProbeContext): Promise<number | null> {
  const costs = await rest.endpointCosts();
  return costs.ok ? costOf(costs.value, { method: 'POST', path: AMEND }) : null;
}

const AMEND = '/trade-api/v2/portfolio/events/orders/id/amend';
