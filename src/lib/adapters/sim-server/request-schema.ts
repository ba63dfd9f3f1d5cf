/**
 * Checks the query and the body of a REST call against a schema and says no in the exchange's own words.
 *
 * A wrong JSON type is a decoding error (flat body); a missing or unlisted value is a refusal; a bad query is a `msg`.
 */
import { z } from 'zod';
import { parseGuarded } from './json-guard.ts';
import { badParameter, malformed, type RestAnswer, refuse } from './rest-answer.ts';

export type Parsed<Value> =
  | { readonly kind: 'parsed'; readonly value: Value }
  | { readonly kind: 'refused'; readonly answer: RestAnswer };

/** Page size up to `max`, of market data: 0 is accepted and means the default, as an omitted one does. */
export function marketLimitUpTo(max: number, fallback: number) {
  return z.coerce
    .number()
    .int()
    .min(0)
    .max(max)
    .default(0)
    .transform((limit) => (limit === 0 ? fallback : limit));
}
/** Page size between 1 and `max`. */
export function limitUpTo(max: number, fallback: number) {
  return z.coerce.number().int().min(1).max(max).default(fallback);
}
/** Unix seconds, shard numbers. */
export const optionalInteger = z.coerce.number().int().min(0).optional();
/** Unix seconds that must be given. */
export const wholeSeconds = z.coerce.number().int().min(0);
/** The account has its primary subaccount only. */
export const onlySubaccount = z.coerce.number().int().min(0).max(0).optional();
export const commaSeparated = z
  .string()
  .transform((text) => text.split(',').filter((part) => part !== ''))
  .optional();
/** Comma-separated, at least one, at most `max`. */
export function tickerList(max: number) {
  return z
    .string()
    .transform((text) => text.split(',').filter((ticker) => ticker !== ''))
    .pipe(z.array(z.string()).min(1).max(max));
}
export const optionalFlag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .default(false);

/** A parameter that is left empty was not given (kalshi/openapi.yaml, `status` and `cursor`). */
export function parseQuery<Query>(
  operation: string,
  schema: z.ZodType<Query> | undefined,
  query: URLSearchParams,
): Parsed<Query> {
  if (schema === undefined) return { kind: 'parsed', value: undefined as Query };
  const record: Readonly<Record<string, string>> = Object.fromEntries(
    [...new Set(query.keys())].map((key) => [key, query.getAll(key).join(',')]).filter(([, value]) => value !== ''),
  );
  const result = schema.safeParse(record);
  if (result.success) return { kind: 'parsed', value: result.data };
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  const field = String(issue.path[0] ?? '');
  const said = issue.code === 'custom' ? issue.message : RULES[issue.code];
  const rule = record[field] === undefined ? 'required' : (said ?? 'invalid');
  return { kind: 'refused', answer: badParameter(operation, goName(field), rule) };
}

export function parseBody<Body>(operation: string, schema: z.ZodType<Body> | undefined, text: string): Parsed<Body> {
  if (schema === undefined) return { kind: 'parsed', value: undefined as Body };
  const decoded = parseGuarded(text);
  if (decoded === undefined) return { kind: 'refused', answer: malformed('body is not JSON of a reasonable depth') };
  const result = schema.safeParse(decoded.value);
  if (result.success) return { kind: 'parsed', value: result.data };
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  return { kind: 'refused', answer: refuseBody(operation, issue, decoded.value) };
}

/** Names of the exchange's validation rules by kind of schema issue; a check of our own is named by its message. */
const RULES: Readonly<Record<string, string>> = {
  too_big: 'lte',
  too_small: 'gte',
  invalid_value: 'oneof',
  invalid_type: 'number',
};

function refuseBody(operation: string, issue: z.core.$ZodIssue, body: unknown): RestAnswer {
  const field = issue.path.join('.');
  const given = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], body);
  if (given === undefined) return refuse(400, 'invalid_parameters', `${field} is required`);
  const isWrongType = issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof given !== 'string');
  if (!isWrongType) return refuse(400, 'invalid_parameters', `${field}: ${issue.message}`);
  const expected = issue.code === 'invalid_type' ? issue.expected : 'string';
  const target = `Go struct field ${operation}Request.${field} of type ${expected}`;
  return malformed(`json: cannot unmarshal ${jsonTypeOf(given)} into ${target}`);
}

function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** `min_close_ts` → `MinCloseTs`. */
function goName(field: string): string {
  return field.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
