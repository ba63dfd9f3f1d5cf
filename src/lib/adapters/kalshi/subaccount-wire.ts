/**
 * One subaccount and no other: every call about the account names it, and what the archive lists of others is left out.
 * A key that is bound to a subaccount needs none of it, one that is bound to none sees and does everything everywhere
 * (kalshi/api.md 2, 6.3): without a name some endpoints mean the primary account and others all of them.
 */
import type { Wire, WireReply, WireRequest } from '../../ports.ts';
import { REST_ROOT } from './environments.ts';

/** `subaccount`: 0 is the primary account, 1 to 63 are numbered; undefined: the key's own, and nothing is changed. */
export function subaccountWire(wire: Wire, subaccount: number | undefined): Wire {
  if (subaccount === undefined) return wire;
  return {
    request: async (request: WireRequest) => {
      const reply = await wire.request(named(request, subaccount));
      return ARCHIVE.test(request.path) ? withoutOthers(reply, subaccount) : reply;
    },
  };
}

/** Reads and changes that take it as a parameter. */
const QUERIED =
  /^\/portfolio\/(balance|positions|fills|settlements|orders(\/queue_positions)?|events\/orders(\/[^/]+(\/(amend|decrease))?)?|order_groups(\/[^/]+(\/\w+)?)?)$/;
/** Of those, the ones that make something: they say it in what they send. */
const MAKING = /^\/portfolio\/(events\/orders|order_groups\/create)$/;
const BATCH = /^\/portfolio\/events\/orders\/batched$/;
const TRANSFER = /^\/portfolio\/intra_exchange_instance_transfer$/;
const ARCHIVE = new RegExp(`^${REST_ROOT}/historical/(fills|orders)$`);

function named(request: WireRequest, subaccount: number): WireRequest {
  const path = request.path.startsWith(REST_ROOT) ? request.path.slice(REST_ROOT.length) : request.path;
  const { method, body } = request;
  if (BATCH.test(path)) return withBody(request, (sent) => ({ ...sent, orders: each(sent.orders, { subaccount }) }));
  if (TRANSFER.test(path) && method === 'POST') {
    return withBody(request, (sent) => ({
      source_subaccount: subaccount,
      destination_subaccount: subaccount,
      ...sent,
    }));
  }
  if (method === 'POST' && MAKING.test(path) && body !== undefined)
    return withBody(request, (sent) => ({ subaccount, ...sent }));
  if (!QUERIED.test(path)) return request;
  return { ...request, query: { subaccount, ...request.query } };
}

type Sent = Readonly<Record<string, unknown>>;

function withBody(request: WireRequest, change: (sent: Sent) => Sent): WireRequest {
  return request.body === undefined
    ? request
    : { ...request, body: JSON.stringify(change(JSON.parse(request.body) as Sent)) };
}

function each(orders: unknown, more: Sent): readonly Sent[] {
  return Array.isArray(orders) ? orders.map((order: Sent) => ({ ...more, ...order })) : [];
}

/** The archive cannot be asked for one: its rows say whose they are. A row that does not is of the primary account. */
function withoutOthers(reply: WireReply, subaccount: number): WireReply {
  if (reply.kind !== 'response' || reply.status !== 200) return reply;
  try {
    const page = JSON.parse(reply.body) as Record<string, unknown>;
    for (const key of ['fills', 'orders']) {
      const rows = page[key];
      if (Array.isArray(rows)) page[key] = rows.filter((row) => numberOf(row) === subaccount);
    }
    return { ...reply, body: JSON.stringify(page) };
  } catch {
    // Not JSON: whoever asked says so.
    return reply;
  }
}

function numberOf(row: unknown): number {
  const stated = (row as { subaccount_number?: unknown } | null)?.subaccount_number;
  return typeof stated === 'number' ? stated : PRIMARY_SUBACCOUNT;
}

/** Also where the exchange says nothing. */
export const PRIMARY_SUBACCOUNT = 0;
