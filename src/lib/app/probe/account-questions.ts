/** What is asked of the account rather than of an order: V4 clocks and the age of reads, V8 limits and batches, V9 fees, V10 voids. */

import { costOf } from '../../adapters/kalshi/endpoint-costs.ts';
import { REST_ROOT } from '../../adapters/kalshi/environments.ts';
import { centicontracts, ONE_CONTRACT } from '../../core/units.ts';
import type { WireRequest } from '../../ports.ts';
import { KNOWN_SHARDS } from '../exchange/link.ts';
import { memberOf } from './evidence.ts';
import type { Finding, Interview, KeepEvidence } from './interview.ts';
import { statusOf, wordsOf } from './order-questions.ts';
import { leaseEnd, msUntil, type ProbeContext } from './probe-context.ts';

/** Milliseconds that a stamp is off; those behind come first. */
const OFFSETS_MS = [-2_000, -5_000, -10_000, -20_000, -30_000, 2_000, 5_000, 10_000, 30_000];
const HALF = centicontracts(ONE_CONTRACT / 2);

export async function askAboutClocks(interview: Interview, context: ProbeContext): Promise<void> {
  await interview.ask('V4', 'tolerated clock offset, sending_ts_ms, and how old reads are', (keep) =>
    ages(context, keep),
  );
}

/** The last ones: the stream is closed for it. */
export async function askAboutAccount(interview: Interview, context: ProbeContext): Promise<void> {
  await interview.ask('V9', 'fee decimals per fill', (keep) => feeDecimals(context, keep));
  await interview.ask('V10', 'a void or a refund in settlements', (keep) => voids(context, keep));
  await interview.ask('V8', 'limits, costs, batches; does a lost stream cancel anything?', (keep) =>
    limits(context, keep),
  );
}

async function ages(context: ProbeContext, keep: KeepEvidence): Promise<Finding> {
  const accepted: number[] = [];
  const refused: number[] = [];
  let words = '';
  for (const offset of OFFSETS_MS) {
    const reply = await context.askAt(offset);
    const isIn = statusOf(reply) === 200;
    (isIn ? accepted : refused).push(offset);
    if (isIn) continue;
    keep({ request: BALANCE, reply });
    words = wordsOf(reply);
  }
  const stamped = context.stream.frames.filter((frame) => frame.sending_ts_ms !== undefined).length;
  const lags = await readLags(context);
  const staleAccepted = Math.max(0, ...accepted.filter((ms) => ms < 0).map((ms) => -ms));
  const staleRefused = Math.min(Infinity, ...refused.filter((ms) => ms < 0).map((ms) => -ms));
  const isBounded = Number.isFinite(staleRefused);
  const bound = isBounded ? `, refused from ${staleRefused / 1_000} s (${words})` : ', nothing was refused';
  const shown = typeof lags === 'string' ? lags : Object.entries(lags).map(([name, ms]) => `${name} ${ms ?? 'never'}`);
  const stamps = stamped > 0 ? 'frames have sending_ts_ms' : 'frames have no sending_ts_ms';
  return {
    answer: `stamps up to ${staleAccepted / 1_000} s old accepted${bound}; ${stamps}; reads show it after ms: ${String(shown)}`,
    facts: {
      ...{ acceptedMs: accepted, refusedMs: refused, staleAcceptedMs: staleAccepted },
      ...{ staleRefusedMs: isBounded ? staleRefused : null, hasSendingStamps: stamped > 0 },
      readLagMs: typeof lags === 'string' ? null : lags,
    },
  };
}

/** Real milliseconds from an acknowledgement until each read knows of it; null: not within the bound. */
async function readLags(context: ProbeContext): Promise<Readonly<Record<string, number | null>> | string> {
  const { writes, rest, market, lagMsMax } = context;
  const free = async () => {
    const balance = await rest.balance(KNOWN_SHARDS);
    return balance.ok ? balance.value.shards.find(({ shard }) => shard === market.shard)?.cash : undefined;
  };
  const before = await free();
  const order = await writes.create({ price: market.lowest, size: HALF, expiresAt: leaseEnd(context) });
  const { orderId } = order;
  if (orderId === undefined) return `the order was not accepted: ${wordsOf(order.reply)}`;
  const ackAt = Number(order.reply.kind === 'response' ? memberOf(order.reply.body, 'ts_ms') : Number.NaN);
  const listed = async () => {
    const all = await rest.orders({ status: 'resting' });
    return all.ok ? all.value.some((one) => one.orderId === orderId) : undefined;
  };
  const known = async () => {
    const as = await rest.userDataTimestamp();
    return as.ok && as.value >= ackAt;
  };
  const [byId, inList, asOf] = await Promise.all([
    msUntil(context, async () => (await rest.order(orderId)).ok, lagMsMax),
    msUntil(context, async () => (await listed()) === true, lagMsMax),
    msUntil(context, known, lagMsMax),
  ]);
  const cash = await msUntil(context, async () => (await free()) !== before, Math.min(lagMsMax, BALANCE_MS));
  await writes.cancel(order);
  const isEnded = async () => {
    const record = await rest.order(orderId);
    return record.ok && record.value.status !== 'resting';
  };
  const [endById, endInList] = await Promise.all([
    msUntil(context, isEnded, lagMsMax),
    msUntil(context, async () => (await listed()) === false, lagMsMax),
  ]);
  return {
    ...{
      placedById: byId ?? null,
      placedInList: inList ?? null,
      userDataTimestamp: asOf ?? null,
      balance: cash ?? null,
    },
    ...{ cancelledById: endById ?? null, cancelledInList: endInList ?? null },
  };
}

async function limits(context: ProbeContext, keep: KeepEvidence): Promise<Finding> {
  const { rest, writes, controls, market, stream, clock, lagMsMax } = context;
  const [terms, costs] = [await rest.limits(), await rest.endpointCosts()];
  const both = await writes.createBoth({ price: market.lowest, size: HALF, expiresAt: leaseEnd(context) });
  keep(both);
  const open = both.orders.filter(({ orderId }) => orderId !== undefined);
  let survives: boolean | null = null;
  if (open.length > 0) {
    await stream.close();
    await msUntil(context, async () => false, Math.min(lagMsMax, LOST_MS));
    const records = await Promise.all(open.map(({ orderId = '' }) => writes.look(orderId)));
    survives = clock.now() < (open[0]?.expiresAt ?? 0) ? records.every((one) => one?.status === 'resting') : null;
  }
  const outcomes = [...(await controls.cancelById(open.map((order) => writes.addressOf(order)))).values()];
  for (const { orderId = '' } of open) await writes.look(orderId);
  const isBatchGone = open.length > 0 && outcomes.every(({ kind }) => kind === 'cancelled');
  const price = (method: 'POST' | 'DELETE', path: string) => (costs.ok ? costOf(costs.value, { method, path }) : null);
  const facts = {
    tier: terms.ok ? terms.value.tier : null,
    ...{ read: terms.ok ? terms.value.read : null, write: terms.ok ? terms.value.write : null },
    ...{ createCost: price('POST', ORDERS), cancelCost: price('DELETE', `${ORDERS}/id`) },
    ...{ batchCreateStatus: statusOf(both.reply), isBatchCancelled: isBatchGone, outlivesStream: survives },
  };
  const size =
    facts.write === null
      ? 'limits not told'
      : `${facts.write.refillPerSecond} write tokens/s up to ${facts.write.capacity}`;
  const lost = survives === null ? 'not seen' : survives ? 'cancels nothing' : 'CANCELS orders';
  const batch = `batch of 2: ${wordsOf(both.reply)}, cancelled together ${isBatchGone ? 'too' : 'not'}`;
  return {
    answer: `${facts.tier ?? 'tier not told'}, ${size}; create ${facts.createCost}, cancel ${facts.cancelCost}; ${batch}; a lost stream ${lost}. Bucket per account, key or shard: not provoked`,
    facts,
  };
}

async function feeDecimals({ wire, noFill }: ProbeContext, keep: KeepEvidence): Promise<Finding> {
  const request: WireRequest = { method: 'GET', path: `${REST_ROOT}/portfolio/fills`, query: { limit: 20 } };
  const reply = await wire.request(request);
  keep({ request, reply });
  const fills = reply.kind === 'response' ? memberOf(reply.body, 'fills') : undefined;
  if (!Array.isArray(fills)) return `fills could not be listed: ${wordsOf(reply)}`;
  const fees = fills.flatMap(({ fee_cost: fee }: { fee_cost?: unknown }) => (typeof fee === 'string' ? [fee] : []));
  if (fees.length === 0) return `not asked: the account has no fill; ${noFill ?? '--take makes one'}`;
  // "0.010000" is told with six and uses two.
  const told = Math.max(...fees.map((fee) => fee.split('.')[1]?.length ?? 0));
  const used = Math.max(...fees.map((fee) => fee.replace(/0+$/, '').split('.')[1]?.length ?? 0));
  return {
    answer: `told with ${told} decimals of a dollar, ${used} of them used, in ${fees.length} fills`,
    facts: { decimalsTold: told, decimalsUsed: used, fills: fees.length, examples: fees.slice(0, 3) },
  };
}

async function voids({ wire }: ProbeContext, keep: KeepEvidence): Promise<Finding> {
  const request: WireRequest = { method: 'GET', path: `${REST_ROOT}/portfolio/settlements`, query: { limit: 200 } };
  const reply = await wire.request(request);
  const rows = reply.kind === 'response' ? memberOf(reply.body, 'settlements') : undefined;
  const odd = Array.isArray(rows)
    ? rows.filter((row: { market_result?: unknown }) => row.market_result !== 'yes' && row.market_result !== 'no')
    : [];
  if (odd.length === 0) return 'cannot be provoked, and none of the account’s settlements is one';
  keep({ request, reply });
  const results = [...new Set(odd.map((row: { market_result?: unknown }) => String(row.market_result)))];
  return { answer: `seen: ${results.join(', ')}`, facts: { results } };
}

const ORDERS = `${REST_ROOT}/portfolio/events/orders`;
const BALANCE: WireRequest = { method: 'GET', path: `${REST_ROOT}/portfolio/balance` };
/** Cash may not show a resting order at all. */
const BALANCE_MS = 2_000;
/** How long an order is watched after its stream is gone. */
const LOST_MS = 3_000;
