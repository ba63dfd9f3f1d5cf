/** What an HTTP answer of a channel means for the message. Pure. */

export type Reply =
  | { readonly kind: 'delivered'; readonly status: number }
  /** It will be refused again: somebody has to mend something. */
  | { readonly kind: 'refused'; readonly reason: string; readonly status: number }
  /** No answer, or one that passes. `afterMs`: no sooner, by the server's own word. */
  | { readonly kind: 'later'; readonly reason: string; readonly status?: number; readonly afterMs?: number };

export function replyOf(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  wallNow: number,
): Reply {
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  if (status >= 300 && status < 400) return { kind: 'refused', reason: `redirect refused (${status})`, status };
  const said = status === 404 || status === 410 ? ': there is no such webhook' : '';
  const reason = `HTTP ${status}${said}`;
  if (status !== 429 && status !== 408 && status !== 425 && status < 500) return { kind: 'refused', reason, status };
  const afterMs = Math.max(headerMs(headers['retry-after'], wallNow), status === 429 ? bodyMs(body) : 0);
  return { kind: 'later', reason, status, ...(afterMs > 0 && { afterMs }) };
}

/** Seconds, or a date (RFC 9110 10.2.3); 0 for anything else. */
function headerMs(value: string | string[] | undefined, wallNow: number): number {
  const text = (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
  if (text === '') return 0;
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - wallNow : seconds * 1_000;
  return Number.isFinite(ms) && ms > 0 ? Math.ceil(ms) : 0;
}

/** Discord says it in the body, in seconds with a fraction. */
function bodyMs(body: string): number {
  try {
    const parsed: unknown = JSON.parse(body);
    const seconds = typeof parsed === 'object' && parsed !== null && 'retry_after' in parsed ? parsed.retry_after : 0;
    return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds * 1_000) : 0;
  } catch {
    return 0;
  }
}

/** A code from elsewhere, kept to what a code looks like. */
export function shortOf(code: string): string {
  return /^[\w-]{1,60}$/.test(code) ? code : 'unknown error';
}
