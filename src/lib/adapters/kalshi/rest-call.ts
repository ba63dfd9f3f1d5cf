/**
 * One call, or all pages of one listing, over a wire: reply to result. A listing is whole or it is an error: a page that
 * fails, or a cursor that repeats, never passes for the end (an incomplete list of orders would look like cancelled ones).
 */
import * as z from 'zod';
import type { Wire, WireReply, WireRequest } from '../../ports.ts';
import { parseExchangeError, parseJson } from './exchange-error.ts';
import { malformed, type Result, unreachable } from './result.ts';

export async function ask<Value>(wire: Wire, request: WireRequest, schema: z.ZodType<Value>): Promise<Result<Value>> {
  const reply = await wire.request(request);
  return isSuccess(reply) ? decode(reply, schema) : failed(reply);
}

/** For commands whose answer says nothing but that it was done. */
export async function command(wire: Wire, request: WireRequest): Promise<Result<void>> {
  const reply = await wire.request(request);
  return isSuccess(reply) ? { ok: true, value: undefined, ...dateOf(reply) } : failed(reply);
}

/** Reads the listing `key` to its last page. `dateMs` is that of the first page: what came later may be missing. */
export async function askAll<Row>(
  wire: Wire,
  path: string,
  query: Readonly<Record<string, string | number>>,
  key: string,
  row: z.ZodType<Row>,
): Promise<Result<readonly Row[]>> {
  const page = pageSchema(key, row);
  const rows: Row[] = [];
  const seen = new Set<string>();
  let dated = {};
  for (let cursor = ''; ; ) {
    const paged = cursor === '' ? { ...query, limit: PAGE_SIZE } : { ...query, limit: PAGE_SIZE, cursor };
    const reply = await ask(wire, { method: 'GET', path, query: paged }, page);
    if (!reply.ok) return reply;
    rows.push(...reply.value.rows);
    if (seen.size === 0) dated = dateOf(reply);
    cursor = reply.value.cursor;
    if (cursor === '') return { ok: true, value: rows, ...dated };
    // A cursor the exchange does not know answers with the first page (kalshi/api.md 3.9): that would go on for ever.
    if (seen.has(cursor)) return malformed(`${path}: the cursor repeats itself`);
    seen.add(cursor);
  }
}

export function decode<Value>(reply: { body: string; dateMs?: number }, schema: z.ZodType<Value>): Result<Value> {
  const parsed = schema.safeParse(parseJson(reply.body));
  if (!parsed.success) return malformed(issueOf(parsed.error));
  return { ok: true, value: parsed.data, ...dateOf(reply) };
}

/** Answered with a 2xx. */
export function isSuccess(reply: WireReply): reply is Extract<WireReply, { kind: 'response' }> {
  return reply.kind === 'response' && reply.status >= 200 && reply.status < 300;
}

/** The most the exchange gives at once in every listing that is read here. */
const PAGE_SIZE = 1_000;

/** The listing's own name becomes `rows`; without it the page is malformed, never empty. The last page has no cursor. */
function pageSchema<Row>(key: string, row: z.ZodType<Row>) {
  const page = z.object({ rows: z.array(row), cursor: z.string() });
  return z.preprocess((raw) => {
    const { [key]: rows, cursor } = Object(raw) as Record<string, unknown>;
    return { rows, cursor: cursor ?? '' };
  }, page);
}

function failed(reply: WireReply): Result<never> {
  if (reply.kind === 'failure') return unreachable(reply.reason);
  const error = parseExchangeError(reply.body);
  const isRefusal = reply.status >= 400 && reply.status < 500 && reply.status !== 408;
  if (error === undefined || !isRefusal) return unreachable(`status ${reply.status}${error ? ` ${error.code}` : ''}`);
  return { ok: false, error: { kind: 'refused', status: reply.status, ...error } };
}

/** Where it went wrong and what was expected there; not what was found. */
function issueOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'unexpected answer' : `${issue.path.join('.') || 'the answer'}: ${issue.message}`;
}

function dateOf(reply: { dateMs?: number }): { dateMs?: number } {
  return reply.dateMs === undefined ? {} : { dateMs: reply.dateMs };
}
