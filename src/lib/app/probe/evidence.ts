/** Calls and answers as evidence that may be shown and shared: without the ids of orders, fills, groups and people. */
import { parseJson } from '../../adapters/kalshi/exchange-error.ts';
import type { WireReply, WireRequest } from '../../ports.ts';
import type { Evidence } from './probe-report.ts';

export function evidenceOf(request: WireRequest, reply: WireReply): Evidence {
  const call = `${request.method} ${withoutIds(request.path)}`;
  if (reply.kind === 'failure') return { call, status: null, body: reply.reason.slice(0, LENGTH_MAX) };
  const json = parseJson(reply.body);
  // A page of a gateway is told by its length: nobody knows what stands in it.
  const body = json === undefined ? `${reply.body.length} signs that are no JSON` : JSON.stringify(json, hidden);
  return { call, status: reply.status, body: withoutIds(body).slice(0, LENGTH_MAX) };
}

/** A member of a JSON answer, at any depth that is named; undefined when it is not there. */
export function memberOf(body: string, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    parseJson(body),
  );
}

const LENGTH_MAX = 400;

/** Every `…_id`, and an `id` of its own. */
function hidden(key: string, value: unknown): unknown {
  return /(^|_)id$/.test(key) && typeof value === 'string' ? '<id>' : value;
}

/** Ids in the exchange's form (UUID) and in ours. */
function withoutIds(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>')
    .replace(/\bkmm-[\w-]+/g, '<id>');
}
