/**
 * One call, or all pages of one listing, over a wire: reply to result. A listing is whole or it is an error: a page that
 * fails, or a cursor that repeats, never passes for the end (an incomplete list of orders would look like cancelled ones).
 */
import * as z from 'zod';
import type { Wire, WireReply, WireRequest } from '../../ports.ts';
import { REST_ROOT } from './environments.ts';
import { parseExchangeError, parseJson } from './exchange-error.ts';
import { maybe } from './fields.ts';
import { malformed, type Result, unreachable } from './result.ts';

export type Query = NonNullable<WireRequest['query']>;

export async function ask<Value>(wire: Wire, request: WireRequest, schema: z.ZodType<Value>): Promise<Result<Value>> {
  const reply = await wire.request(request);
  return isSuccess(reply) ? decode(reply, schema) : failed(reply);
}

/** For commands whose answer says nothing but that it was done. */
export async function command(wire: Wire, request: WireRequest): Promise<Result<void>> {
  const reply = await wire.request(request);
  return isSuccess(reply) ? { ok: true, value: undefined, ...dateOf(reply) } : failed(reply);
}

/** A read below `/trade-api/v2`. */
export async function read<Value>(
  wire: Wire,
  path: string,
  schema: z.ZodType<Value>,
  query: Query = {},
): Promise<Result<Value>> {
  return ask(wire, { method: 'GET', path: REST_ROOT + path, query }, schema);
}

/** Reads the listing `key` to its last page. */
export async function readAll<Row>(
  wire: Wire,
  path: string,
  query: Query,
  key: string,
  row: z.ZodType<Row>,
  pageSize = PAGE_SIZE,
): Promise<Result<readonly Row[]>> {
  const schema = z.object({ [key]: z.array(row) }).transform((page) => page[key] as Row[]);
  const pages = await readPages(wire, path, query, schema, pageSize);
  return pages.ok ? { ...pages, value: pages.value.flat() } : pages;
}

/** Every page of a listing, in order. `dateMs` is that of the first one: what came later may be missing. */
export async function readPages<Page>(
  wire: Wire,
  path: string,
  query: Query,
  schema: z.ZodType<Page>,
  pageSize = PAGE_SIZE,
): Promise<Result<readonly Page[]>> {
  const turned = await turnPages(wire, path, query, schema, () => pageSize);
  return turned.ok ? { ...turned, value: turned.value.pages } : turned;
}

/** `isCut`: there is more than was read. */
export interface Listing<Row> {
  readonly rows: readonly Row[];
  readonly isCut: boolean;
}

/** The first `rowsMax` rows of a listing, and whether there are more: for people who choose, never for what counts. */
export async function readFirst<Row>(
  wire: Wire,
  path: string,
  query: Query,
  schema: z.ZodType<readonly Row[]>,
  { rowsMax, pageSize = PAGE_SIZE }: { readonly rowsMax: number; readonly pageSize?: number },
): Promise<Result<Listing<Row>>> {
  const left = (pages: readonly (readonly Row[])[]) => rowsMax - pages.reduce((sum, page) => sum + page.length, 0);
  const turned = await turnPages(wire, path, query, schema, (pages) => Math.min(pageSize, left(pages)));
  return turned.ok ? { ...turned, value: { rows: turned.value.pages.flat(), isCut: turned.value.isCut } } : turned;
}

/** A ticker or an id as one segment of a path, whatever it holds. */
export function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

export function decode<Value>(reply: { body: string; dateMs?: number }, schema: z.ZodType<Value>): Result<Value> {
  const answer = checked(parseJson(reply.body), schema);
  return answer.ok ? { ...answer, ...dateOf(reply) } : answer;
}

/** Answered with a 2xx. */
export function isSuccess(reply: WireReply): reply is Extract<WireReply, { kind: 'response' }> {
  return reply.kind === 'response' && reply.status >= 200 && reply.status < 300;
}

/** What most listings give at once, at most. */
const PAGE_SIZE = 1_000;

/** The cursor of the next page; absent or empty on the last one (kalshi/api.md 6, 10). */
const cursorSchema = z
  .object({ cursor: maybe(z.string()), next_cursor: maybe(z.string()) })
  .transform((raw) => raw.cursor ?? raw.next_cursor ?? '');

/** Until there are no more, or `wanted` asks for no more rows. */
async function turnPages<Page>(
  wire: Wire,
  path: string,
  query: Query,
  schema: z.ZodType<Page>,
  wanted: (pages: readonly Page[]) => number,
): Promise<Result<{ readonly pages: readonly Page[]; readonly isCut: boolean }>> {
  const pages: Page[] = [];
  const seen = new Set<string>();
  let dated = {};
  for (let cursor = ''; ; ) {
    const paged = { ...query, limit: wanted(pages), ...(cursor !== '' && { cursor }) };
    const reply = await read(wire, path, z.unknown(), paged);
    if (!reply.ok) return reply;
    const page = checked(reply.value, schema);
    if (!page.ok) return page;
    const next = checked(reply.value, cursorSchema);
    if (!next.ok) return next;
    if (pages.length === 0) dated = dateOf(reply);
    pages.push(page.value);
    cursor = next.value;
    if (cursor === '' || wanted(pages) <= 0) return { ok: true, value: { pages, isCut: cursor !== '' }, ...dated };
    // A cursor the exchange does not know answers with the first page (kalshi/api.md 3.9): that would go on for ever.
    if (seen.has(cursor)) return malformed(`${path}: the cursor repeats itself`);
    seen.add(cursor);
  }
}

function checked<Value>(raw: unknown, schema: z.ZodType<Value>): Result<Value> {
  const parsed = schema.safeParse(raw);
  return parsed.success ? { ok: true, value: parsed.data } : malformed(issueOf(parsed.error));
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
