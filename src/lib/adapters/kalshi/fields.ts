/**
 * The scalar fields of the exchange's messages as zod schemas: decimal text to integers, RFC 3339 to milliseconds, names
 * to names, free text cleaned. A value that does not fit exactly is an issue, never a rounding.
 */
import * as z from 'zod';
import { epochMs, microdollars, parseMoney, parsePrice, parseSize } from '../../core/units.ts';
import { cleanText } from './clean-text.ts';

/** "0.5500" dollars → centicents, 0…10000. */
export const price = scaled(parsePrice, 'a price in dollars, at most $1 and four decimals');
/** "-13.50" contracts → centicontracts. */
export const size = scaled(parseSize, 'a count with at most two decimals');
/** "12.345678" dollars → microdollars. */
export const money = scaled(parseMoney, 'dollars with at most six decimals');

/** RFC 3339 UTC with any fraction → epoch milliseconds, the rest of the fraction cut off. */
export const time = z.string().transform((text, context) => {
  const ms = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? refuse(context, text, 'an RFC 3339 time in UTC') : epochMs(ms);
});
/** Integer Unix milliseconds. */
export const stampMs = z.int().positive().transform(epochMs);
/** Integer Unix seconds. */
export const stampSeconds = z
  .int()
  .nonnegative()
  .transform((seconds) => epochMs(seconds * 1_000));
/** Integer cents, as the few integers that are left count money (kalshi/api.md 6). */
export const wholeCents = z.int().transform((cents) => microdollars(cents * 10_000));

/** A ticker or an id: what may stand in a path, a file name and a screen as it is. */
export const name = z.string().regex(/^[\w][\w.:+=-]{0,127}$/);
/** The shard; absent on older answers, then 0. */
export const shard = z.int().nonnegative().default(0);
/** Free text, safe to show. */
export const title = z.string().transform(cleanText);

/** A word of an open set, safe to show: one that we do not know is said aloud. */
export const word = z.string().min(1).transform(cleanText);

/** Present or not, null counts as not. */
export function maybe<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function scaled<Unit>(parse: (text: string) => Unit | undefined, wanted: string) {
  return z.string().transform((text, context) => parse(text) ?? refuse(context, text, wanted));
}

function refuse(context: z.RefinementCtx, input: string, wanted: string): never {
  context.issues.push({ code: 'custom', message: `expected ${wanted}`, input });
  return z.NEVER;
}
