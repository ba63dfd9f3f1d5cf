/** What a call to the exchange comes to: a value, or one of four kinds of bad news. Nothing here throws. */
import { STAMP_EXPIRED } from './exchange-error.ts';

/** `unreachable`: no proper answer, so it is not known whether a write was done. `refused`: the exchange said no.
 *  `malformed`: it answered with something that we do not understand. `unsent`: our own side said no. */
export type CallError =
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'unsent'; readonly reason: string };

export type Result<Value> =
  /** `dateMs`: when the exchange answered, by its own clock, in whole seconds. */
  | { readonly ok: true; readonly value: Value; readonly dateMs?: number }
  | { readonly ok: false; readonly error: CallError };

export type Failed = Extract<Result<never>, { ok: false }>;

export function malformed(reason: string): Failed {
  return { ok: false, error: { kind: 'malformed', reason } };
}

export function unreachable(reason: string): Failed {
  return { ok: false, error: { kind: 'unreachable', reason } };
}

export function unsent(reason: string): Failed {
  return { ok: false, error: { kind: 'unsent', reason } };
}

/** With this key nothing can be done, however often we ask (reliability.md F22). A stamp called expired is not that. */
export function isShutOut(error: CallError): boolean {
  if (error.kind !== 'refused' || error.code === STAMP_EXPIRED) return false;
  return error.status === 401 || error.status === 403;
}

/** The bad news in a few words, for logs and people. */
export function sentenceOf(error: CallError): string {
  switch (error.kind) {
    case 'unreachable':
      return `no proper answer (${error.reason})`;
    case 'refused':
      return `refused with ${error.status} ${error.code}${error.message === '' ? '' : ` (${error.message})`}`;
    case 'malformed':
      return `not understood (${error.reason})`;
    case 'unsent':
      return `not sent (${error.reason})`;
    default:
      return error satisfies never;
  }
}
