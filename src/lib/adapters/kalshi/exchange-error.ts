/**
 * The exchange's own words of refusal, in all the shapes that are on the wire (kalshi/api.md 3.9). Anything else, such as
 * a proxy's page or a gateway's `{"message"}`, is not the exchange speaking and proves nothing.
 */
import * as z from 'zod';
import { cleanText } from './clean-text.ts';

export interface ExchangeError {
  readonly code: string;
  /** Message and details, cleaned. For people. */
  readonly message: string;
}

/** Undefined when the text is not JSON of one of the shapes. */
export function parseExchangeError(body: string): ExchangeError | undefined {
  const parsed = shapes.safeParse(parseJson(body));
  return parsed.success ? parsed.data : undefined;
}

/** The exchange found our stamp too old: a matter of clocks, not of the key (kalshi/api.md 2). */
export function isStampExpired(status: number, body: string): boolean {
  return status === 401 && parseExchangeError(body)?.code === STAMP_EXPIRED;
}

export const STAMP_EXPIRED = 'header_timestamp_expired';

/** A value of JSON text; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** For people: whatever else stands there must not turn a refusal into no answer. */
const words = z.string().catch('');

const coded = z
  .object({ code: z.string().min(1), message: words, details: words })
  .transform(({ code, message, details }) => errorOf(code, [message, details]));

export const itemErrorSchema = coded;

const shapes = z.union([
  z.object({ error: coded }).transform(({ error }) => error),
  z.object({ error: z.string().min(1) }).transform(({ error }) => errorOf(error.replaceAll(' ', '_'), [error])),
  coded,
  z.object({ msg: z.string().min(1) }).transform(({ msg }) => errorOf('invalid_parameter', [msg])),
]);

function errorOf(code: string, texts: readonly string[]): ExchangeError {
  return { code: cleanText(code), message: cleanText(texts.filter((text) => text !== '').join(': ')) };
}
