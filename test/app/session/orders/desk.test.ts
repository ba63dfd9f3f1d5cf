import { describe, expect, it } from 'vitest';
import type { CallError } from '../../../../src/lib/adapters/kalshi/result.ts';
import { unreachable } from '../../../../src/lib/app/exchange/unreachable.ts';

function refused(status: number, code: string): CallError {
  return { kind: 'refused', status, code, message: '' };
}

describe('bad news from the exchange', () => {
  it.each([
    ['KMM_KEY_REFUSED', refused(401, 'authentication_error')],
    ['KMM_KEY_REFUSED', refused(403, 'forbidden')],
    ['KMM_CLOCK', refused(401, 'header_timestamp_expired')],
    ['KMM_UNREACHABLE', refused(429, 'too_many_requests')],
    ['KMM_UNREACHABLE', { kind: 'unreachable', reason: 'ECONNRESET' }],
    ['KMM_UNREACHABLE', { kind: 'malformed', reason: 'the answer: not an object' }],
  ] as const)('is %s for %j', (code, error) => {
    expect(unreachable('the account cannot be read', error)).toMatchObject({ code });
  });
});
