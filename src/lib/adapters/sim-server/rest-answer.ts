/** The bodies of REST answers: success as JSON, refusals in the three shapes that the exchange uses (kalshi/api.md 3.9). */
import type { VenueRefusal } from '../../sim/venue.ts';

export interface RestAnswer {
  readonly status: number;
  /** JSON text unless `contentType` says otherwise; empty for 204. */
  readonly body: string;
  readonly contentType?: string;
}

export function answer(status: number, value: object): RestAnswer {
  return { status, body: JSON.stringify(value) };
}

export const NO_CONTENT: RestAnswer = { status: 204, body: '' };

/** `{"error":{"code","message","details"?}}`: what orders, authentication and lookups answer. */
export function refuse(status: number, code: string, details?: string): RestAnswer {
  return answer(status, { error: errorObject(code, code.replaceAll('_', ' '), details) });
}

export function refuseAsVenue(refusal: VenueRefusal): RestAnswer {
  return answer(refusal.status, { error: errorObject(refusal.code, refusal.message, refusal.details) });
}

/** The error object of one item in a batch answer. */
export function errorObject(code: string, message: string, details?: string) {
  return { code, message, ...(details === undefined ? {} : { details }) };
}

export const EXPIRED_STAMP = refuse(401, 'header_timestamp_expired');
export const NOT_FOUND = refuse(404, 'not_found');
/** Documented 429 body; no headers come with it (kalshi/api.md 5). */
export const TOO_MANY_REQUESTS = answer(429, { error: 'too many requests' });
/** Writes on the retired paths (kalshi/api.md 3.1). */
export const GONE = answer(410, {
  error: errorObject('gone', 'this endpoint is retired', 'Please switch to the V2 endpoints'),
});

/** The flat shape of a body that does not decode. */
export function malformed(details: string): RestAnswer {
  return answer(400, { code: 'bad_request', message: 'bad request', details });
}

/** The shape of a query parameter that fails validation. */
export function badParameter(operation: string, field: string, rule: string): RestAnswer {
  const key = `Key: '${operation}Params.${field}' Error:Field validation for '${field}' failed on the '${rule}' tag`;
  return answer(400, { msg: `Parameter validation failed for ${operation}: ${key}` });
}
