import { describe, expect, it } from 'vitest';
import { isStampExpired, parseExchangeError } from '../../../src/lib/adapters/kalshi/exchange-error.ts';

describe('a refusal in the exchange’s words', () => {
  it.each([
    [
      'nested',
      { error: { code: 'invalid_order', message: 'invalid order', details: 'post only cross' } },
      'invalid_order',
    ],
    ['nested, of before August', { error: { code: 'not_found', message: 'no', service: 'exchange' } }, 'not_found'],
    ['nested, with nothing but a code', { error: { code: 'too_many_requests' } }, 'too_many_requests'],
    ['nested, with empty details', { error: { code: 'not_found', message: null, details: null } }, 'not_found'],
    [
      'nested, with details that are no text',
      { error: { code: 'bad_request', details: { field: 'count' } } },
      'bad_request',
    ],
    ['flat', { code: 'bad_request', message: 'bad request', details: 'json: cannot' }, 'bad_request'],
    ['of a parameter', { msg: 'Parameter validation failed for GetMarkets' }, 'invalid_parameter'],
    ['of a 429', { error: 'too many requests' }, 'too_many_requests'],
  ])('is understood: %s', (_shape, body, code) => {
    expect(parseExchangeError(JSON.stringify(body))?.code).toBe(code);
  });

  it.each([
    ['a proxy’s page', '<html>429</html>'],
    ['a gateway’s message', '{"message":"Too Many Requests"}'],
    ['nothing', ''],
    ['an empty error', '{"error":""}'],
    ['an error without a code', '{"error":{"message":"no"}}'],
    ['null', 'null'],
    ['a list', '[{"code":"no"}]'],
  ])('is not %s', (_what, body) => {
    expect(parseExchangeError(body)).toBeUndefined();
  });

  it('keeps message and details together, on one line', () => {
    const body = JSON.stringify({
      error: { code: 'invalid_order', message: 'in\nvalid', details: 'post only\u202E cross' },
    });
    expect(parseExchangeError(body)?.message).toBe('in valid: post only cross');
  });

  it('is about our stamp only with both the status and the code', () => {
    const body = '{"error":{"code":"header_timestamp_expired","message":"header timestamp expired"}}';
    expect([isStampExpired(401, body), isStampExpired(403, body), isStampExpired(401, '{}')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
