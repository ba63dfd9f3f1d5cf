import { describe, expect, it } from 'vitest';
import { bitstamp } from '../../../src/lib/adapters/reference/bitstamp.ts';
import { coinbase } from '../../../src/lib/adapters/reference/coinbase.ts';
import { kraken } from '../../../src/lib/adapters/reference/kraken.ts';
import { polygon } from '../../../src/lib/adapters/reference/polygon.ts';

const TIME = '2026-09-20T12:00:00.123456Z';
const AT = Date.parse('2026-09-20T12:00:00.123Z');
const index = polygon(() => 'a-key');

describe('what sources say', () => {
  it.each([
    [
      'a trade of Coinbase',
      coinbase,
      { type: 'match', product_id: 'BTC-USD', price: '100000.12', time: TIME, size: '0.1', side: 'buy' },
      [{ symbol: 'BTC-USD', value: 100_000.12, at: AT }],
    ],
    [
      'trades of Kraken',
      kraken,
      {
        channel: 'trade',
        type: 'update',
        data: [
          { symbol: 'BTC/USD', price: 100_000.1, timestamp: TIME, qty: 1 },
          { symbol: 'BTC/USD', price: 100_000.2, timestamp: TIME, qty: 1 },
        ],
      },
      [
        { symbol: 'BTC/USD', value: 100_000.1, at: AT },
        { symbol: 'BTC/USD', value: 100_000.2, at: AT },
      ],
    ],
    [
      'a trade of Bitstamp',
      bitstamp,
      {
        event: 'trade',
        channel: 'live_trades_btcusd',
        data: { price: 100_000, microtimestamp: `${AT}456`, amount: 1 },
      },
      [{ symbol: 'btcusd', value: 100_000, at: AT }],
    ],
    [
      'a value of an index',
      index,
      [{ ev: 'V', val: 6_900.25, T: 'I:SPX', t: AT }],
      [{ symbol: 'I:SPX', value: 6_900.25, at: AT }],
    ],
  ])('%s is a value', (_, protocol, message, values) => {
    expect(protocol.read(JSON.stringify(message))).toEqual({ kind: 'values', values });
  });

  it.each([
    ['Coinbase', coinbase, { type: 'error', message: 'Failed to subscribe' }, 'Failed to subscribe'],
    ['Kraken', kraken, { method: 'subscribe', success: false, error: 'Currency pair not supported' }, 'Currency pair'],
    ['Bitstamp', bitstamp, { event: 'bts:error', data: { message: 'Bad subscription string.' } }, 'Bad subscription'],
    ['Bitstamp, which wants to be called anew', bitstamp, { event: 'bts:request_reconnect', data: '' }, 'called anew'],
    ['Polygon', index, [{ ev: 'status', status: 'auth_failed', message: 'authentication failed' }], 'authentication'],
  ])('a refusal of %s is one', (_, protocol, message, reason) => {
    const said = protocol.read(JSON.stringify(message));
    expect(said).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(said)).toContain(reason);
  });

  it.each([
    ['Coinbase', coinbase, { type: 'heartbeat' }],
    ['Kraken', kraken, { channel: 'heartbeat' }],
    ['Kraken, which says yes', kraken, { method: 'subscribe', success: true, result: {} }],
    ['Bitstamp', bitstamp, { event: 'bts:subscription_succeeded', channel: 'live_trades_btcusd', data: {} }],
    ['Polygon', index, [{ ev: 'status', status: 'connected', message: 'Connected Successfully' }]],
  ])('what %s says of the link is no value', (_, protocol, message) => {
    expect(protocol.read(JSON.stringify(message))).toEqual({ kind: 'other' });
  });

  it.each([coinbase, kraken, bitstamp, index])('what is not understood is malformed, and never thrown', (protocol) => {
    const nonsense = [
      '',
      '<!doctype html><html>',
      'null',
      '[]{',
      '{"type":"match","price":"NaN"}',
      '[{"ev":"V","val":null}]',
    ];
    for (const text of nonsense) expect(protocol.read(text).kind).toBe('malformed');
    expect(protocol.read('{"event":"trade","channel":"other","data":{}}').kind).toBe('malformed');
  });

  it('an index is subscribed once the key was taken', () => {
    const spx = polygon(() => 'a-key');
    expect(spx.greeting(['I:SPX', 'I:NDX'])).toEqual(['{"action":"auth","params":"a-key"}']);
    expect(spx.read('[{"ev":"status","status":"auth_success","message":"authenticated"}]')).toEqual({
      ...{ kind: 'answer', text: '{"action":"subscribe","params":"V.I:SPX,V.I:NDX"}' },
    });
  });

  it('spot trades are subscribed at once', () => {
    expect(coinbase.greeting(['BTC-USD'])[0]).toContain('"channels":["matches","heartbeat"]');
    expect(kraken.greeting(['BTC/USD'])[0]).toContain('"snapshot":false');
    expect(bitstamp.greeting(['btcusd', 'ethusd'])).toHaveLength(2);
  });
});
