import { describe, expect, it } from 'vitest';
import { assertAllowed, ENDPOINTS, hostRefusal, simEndpoints } from '../../../src/lib/adapters/kalshi/environments.ts';

describe('the hosts of an environment', () => {
  it.each([
    ['https://external-api.kalshi.com/trade-api/v2', 'prod'],
    ['wss://external-api-ws.kalshi.com/trade-api/ws/v2', 'prod'],
    ['https://api.elections.kalshi.com/trade-api/v2', 'prod'],
    ['https://external-api.demo.kalshi.co/trade-api/v2', 'demo'],
    ['wss://external-api-ws.demo.kalshi.co/trade-api/ws/v2', 'demo'],
    ['wss://demo-api.kalshi.co/trade-api/ws/v2', 'demo'],
    ['http://127.0.0.1:8123/trade-api/v2', 'sim'],
    ['ws://[::1]:8123/trade-api/ws/v2', 'sim'],
    ['http://localhost:8123', 'sim'],
  ] as const)('take %s in %s', (address, environment) => {
    expect(hostRefusal(address, environment)).toBeUndefined();
    expect(() => assertAllowed(address, environment)).not.toThrow();
  });

  it.each([
    ['https://external-api.kalshi.com', 'demo'],
    ['https://external-api.demo.kalshi.co', 'prod'],
    ['https://external-api.demo.kalshi.com', 'demo'],
    ['https://external-api.kalshi.com.evil.example', 'prod'],
    ['https://evil.example/external-api.kalshi.com', 'prod'],
    ['https://xexternal-api.kalshi.com', 'prod'],
    ['https://external-api.kalshi.com:8443', 'prod'],
    ['http://external-api.kalshi.com', 'prod'],
    ['https://user:secret@external-api.kalshi.com', 'prod'],
    ['https://external-api.kalshi.com@evil.example', 'prod'],
    ['http://192.168.0.7:8123', 'sim'],
    ['http://0.0.0.0:8123', 'sim'],
    ['https://127.0.0.1:8123', 'sim'],
    ['http://127.0.0.1.evil.example', 'sim'],
    ['https://external-api.kalshi.com', 'sim'],
    ['not an address', 'sim'],
  ] as const)('refuse %s in %s', (address, environment) => {
    expect(hostRefusal(address, environment)).toBeTypeOf('string');
    expect(() => assertAllowed(address, environment)).toThrow(/Refusing to connect/);
  });

  it('hold the addresses that are used by default', () => {
    for (const environment of ['demo', 'prod'] as const) {
      expect(hostRefusal(ENDPOINTS[environment].rest, environment)).toBeUndefined();
      expect(hostRefusal(ENDPOINTS[environment].stream, environment)).toBeUndefined();
    }
  });

  it('name both faces of an embedded exchange from any address on it', () => {
    const expected = { rest: 'http://127.0.0.1:9/trade-api/v2', stream: 'ws://127.0.0.1:9/trade-api/ws/v2' };
    expect(simEndpoints('http://127.0.0.1:9')).toEqual(expected);
    expect(simEndpoints('http://127.0.0.1:9/trade-api/v2')).toEqual(expected);
  });
});
