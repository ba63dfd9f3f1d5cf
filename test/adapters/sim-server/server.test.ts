import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { SimServer } from '../../../src/lib/adapters/sim-server/server.ts';
import { SimServerError, startSimServer } from '../../../src/lib/adapters/sim-server/server.ts';
import {
  keyPair,
  operatorClient,
  restClient,
  type SimKeyPair,
  serve,
  signedHeaders,
  streamClient,
  world,
} from '../../support/sim-client.ts';

const RSA = keyPair('rsa', 'rsa-key', 'alice');
const ED25519 = keyPair('ed25519', 'ed-key', 'alice');
const STRANGER = keyPair('ed25519', 'stranger');
const BALANCE = '/trade-api/v2/portfolio/balance';

type Headers = Record<string, string>;

const SIGNED_WITH_ANOTHERS_KEY: SimKeyPair = { ...STRANGER, keyId: ED25519.keyId };

const REFUSALS: readonly [string, () => Headers, object][] = [
  ['no signature at all', () => ({}), { code: 'signature_is_missing_from_headers' }],
  [
    'a header too few',
    () => {
      const { 'KALSHI-ACCESS-SIGNATURE': _, ...rest } = signedHeaders(RSA, 'GET', BALANCE);
      return rest;
    },
    { code: 'signature_is_missing_from_headers' },
  ],
  ['a stamp of half a minute ago', () => signedHeaders(RSA, 'GET', BALANCE, Date.now() - 30_000), expired()],
  ['a stamp of the next minute', () => signedHeaders(RSA, 'GET', BALANCE, Date.now() + 60_000), expired()],
  ['a stamp in seconds', () => signedHeaders(RSA, 'GET', BALANCE, Math.floor(Date.now() / 1_000)), expired()],
  ['a stamp that is no number', () => signedHeaders(RSA, 'GET', BALANCE, 'soon'), expired()],
  ['an unknown key', () => signedHeaders(STRANGER, 'GET', BALANCE), denied('NOT_FOUND')],
  [
    "another's signature",
    () => signedHeaders(SIGNED_WITH_ANOTHERS_KEY, 'GET', BALANCE),
    denied('INCORRECT_API_KEY_SIGNATURE'),
  ],
  ['a signature for another method', () => signedHeaders(RSA, 'POST', BALANCE), denied('INCORRECT_API_KEY_SIGNATURE')],
  [
    'a signature that covers the query',
    () => signedHeaders(RSA, 'GET', `${BALANCE}?subaccount=0`),
    denied('INCORRECT_API_KEY_SIGNATURE'),
  ],
  [
    'a signature that is no base64',
    () => ({ ...signedHeaders(RSA, 'GET', BALANCE), 'KALSHI-ACCESS-SIGNATURE': '!' }),
    denied('INCORRECT_API_KEY_SIGNATURE'),
  ],
];

function expired() {
  return { code: 'header_timestamp_expired', message: 'header timestamp expired' };
}

function denied(details: string) {
  return { code: 'authentication_error', message: 'authentication_error', details };
}

describe('signatures', () => {
  it.each([
    ['RSA-PSS', RSA, 0],
    ['Ed25519', ED25519, 0],
    ['a clock that is five seconds behind', RSA, -5_000],
    ['a clock that is ten seconds ahead', ED25519, 10_000],
  ])('accepts %s', async (_, key, skew) => {
    const { server } = await serve([RSA, ED25519]);
    const headers = signedHeaders(key, 'GET', BALANCE, Date.now() + skew);
    const response = await fetch(`${server.restUrl}/portfolio/balance?subaccount=0`, { headers });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ balance: 1_000_000, balance_dollars: '10000.0000' });
  });

  it.each(REFUSALS)('refuses %s with 401', async (_, headers, error) => {
    const { server } = await serve([RSA, ED25519]);
    const response = await fetch(`${server.restUrl}/portfolio/balance?subaccount=0`, { headers: headers() });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error });
  });

  it('guard the stream too, where nobody is anonymous', async () => {
    const { server } = await serve([RSA]);
    expect(await handshake(server, {})).toEqual([401, 'signature_is_missing_from_headers']);
    const path = new URL(server.wsUrl).pathname;
    expect(await handshake(server, signedHeaders(STRANGER, 'GET', path))).toEqual([401, 'authentication_error']);
    const stale = signedHeaders(RSA, 'GET', path, Date.now() - 30_000);
    expect(await handshake(server, stale)).toEqual([401, 'header_timestamp_expired']);
    expect(await handshake({ ...server, wsUrl: `${server.wsUrl}x` }, signedHeaders(RSA, 'GET', path))).toEqual([
      404,
      'not_found',
    ]);
  });

  it('are not needed for market data, but a wrong one is refused there as well', async () => {
    const { server } = await serve([RSA]);
    expect((await fetch(`${server.restUrl}/markets?limit=1`)).status).toBe(200);
    const headers = signedHeaders(STRANGER, 'GET', '/trade-api/v2/markets');
    expect((await fetch(`${server.restUrl}/markets?limit=1`, { headers })).status).toBe(401);
  });
});

describe('the server', () => {
  it('listens on loopback only and says where', async () => {
    const { server } = await serve([RSA]);
    expect(server.restUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/trade-api\/v2$/);
    expect(server.wsUrl).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/trade-api\/ws\/v2$/);
  });

  it('tells its time, which runs at its speed, to anyone', async () => {
    const { server, venue } = await serve([RSA], { speed: 100 });
    const startedAt = venue.now;
    const call = restClient(server);
    const first = (await call('GET', '/sim/clock')).json;
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = (await call('GET', '/sim/clock')).json;
    expect(first.speed).toBe(100);
    expect(first.now_ms).toBeGreaterThanOrEqual(startedAt);
    expect(second.now_ms - first.now_ms).toBeGreaterThanOrEqual(4_900);
  });

  it('stamps its answers with wall time', async () => {
    const { server } = await serve([RSA]);
    const { headers } = await restClient(server)('GET', '/exchange/status');
    expect(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now())).toBeLessThan(2_500);
    expect(headers.has('access-control-allow-origin')).toBe(false);
  });

  it('refuses a Host that is not its own and an Origin that is not its own', async () => {
    const { server } = await serve([RSA]);
    const port = new URL(server.restUrl).port;
    expect(await statusWith(server, { host: 'evil.example' })).toBe(403);
    expect(await statusWith(server, { host: `127.0.0.1:${port}`, origin: 'https://evil.example' })).toBe(403);
    expect(await statusWith(server, { host: `127.0.0.1:${port}`, origin: 'null' })).toBe(403);
    expect(await statusWith(server, { host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(200);
    const signed = signedHeaders(RSA, 'GET', new URL(server.wsUrl).pathname);
    expect(await handshake(server, { ...signed, origin: 'https://evil.example' })).toEqual([403, 'forbidden']);
  });

  it('refuses bodies that are too large, too deep or no JSON', async () => {
    const { server } = await serve([RSA]);
    const call = restClient(server, RSA);
    const large = await call('POST', '/portfolio/events/orders', `"${'x'.repeat(1_100_000)}"`);
    expect([large.status, large.json.error.code]).toEqual([413, 'request_too_large']);
    const deep = await call('POST', '/portfolio/events/orders', `${'['.repeat(50)}${']'.repeat(50)}`);
    expect([deep.status, deep.json.code]).toEqual([400, 'bad_request']);
    const cut = await call('POST', '/portfolio/events/orders', '{"ticker":');
    expect([cut.status, cut.json.code]).toEqual([400, 'bad_request']);
    expect((await call('GET', '/portfolio/balance')).status).toBe(200);
  });

  it('answers 404 for what it does not have and 410 for retired order writes', async () => {
    const { server } = await serve([RSA]);
    const call = restClient(server, RSA);
    expect((await call('GET', '/nothing')).json).toEqual({ error: { code: 'not_found', message: 'not found' } });
    expect((await call('GET', '/markets/%E0%A4%A')).status).toBe(400);
    expect((await call('POST', '/portfolio/orders', {})).status).toBe(410);
    expect((await call('DELETE', '/portfolio/orders/1')).status).toBe(410);
  });

  it('says which port is taken', async () => {
    const { server } = await serve([RSA]);
    const port = Number(new URL(server.restUrl).port);
    const venue = world();
    const second = startSimServer({ venue, port, speed: 1, keys: [], startAt: venue.now });
    await expect(second).rejects.toThrow(SimServerError);
    await expect(second).rejects.toMatchObject({ code: 'KMM_SIM_PORT_IN_USE', port });
  });

  it('pings every client with the word heartbeat', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { server } = await serve([RSA]);
    const client = await streamClient(server, RSA);
    const ping = new Promise<string>((resolve) => client.socket.once('ping', (data) => resolve(data.toString())));
    vi.advanceTimersByTime(10_000);
    expect(await ping).toBe('heartbeat');
  });

  it('leaves heartbeats out while its plan of faults says so', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { server } = await serve([RSA]);
    const client = await streamClient(server, RSA);
    let pings = 0;
    client.socket.on('ping', () => {
      pings += 1;
    });
    const call = operatorClient(server);
    const rules = [{ fault: 'pings_stopped', times: 1, lasts_ms: 3_600_000 }];
    await call('POST', '/sim/control', { action: 'misbehave', plan: { rules } });
    vi.advanceTimersByTime(60_000);
    expect((await call('GET', '/sim/faults')).json.faults.pings_stopped).toBe(6);
    await call('POST', '/sim/control', { action: 'behave' });
    const ping = new Promise((resolve) => client.socket.once('ping', resolve));
    vi.advanceTimersByTime(10_000);
    await ping;
    expect(pings).toBe(1);
  });

  it('listens to nothing but loopback, whatever other address the machine has', async () => {
    const { server } = await serve([RSA]);
    const { port } = new URL(server.restUrl);
    const others = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? []).filter(({ family, address }) => family === 'IPv4' && address !== '127.0.0.1'),
    );
    for (const { address } of others) {
      await expect(fetch(`http://${address}:${port}/trade-api/v2/exchange/status`)).rejects.toThrow();
    }
    await expect(fetch(`http://[::1]:${port}/trade-api/v2/exchange/status`)).rejects.toThrow();
  });

  it('refuses its own levers to web pages', async () => {
    const { server } = await serve([RSA]);
    const { port } = new URL(server.restUrl);
    for (const headers of [{ host: 'evil.example' }, { host: `127.0.0.1:${port}`, origin: 'https://evil.example' }]) {
      expect(await statusWith(server, headers, '/sim/control', 'POST')).toBe(403);
      expect(await statusWith(server, headers, '/sim/faults')).toBe(403);
      expect(await statusWith(server, headers, '/sim/clock')).toBe(403);
    }
  });

  it('opens its levers to the control token of this start alone, and to no key', async () => {
    const { server } = await serve([RSA]);
    const { server: other } = await serve([RSA]);
    const body = { action: 'behave' };
    const tokens = [undefined, '', 'Bearer', 'Bearer ', `Bearer ${other.controlToken}`, server.controlToken];
    for (const token of tokens) {
      const call = restClient(server, RSA, token === undefined ? {} : { authorization: token });
      const answers = [await call('POST', '/sim/control', body), await call('GET', '/sim/faults')];
      for (const { status, json } of answers) {
        expect([status, json.error.code, json.error.details]).toEqual([
          401,
          'unauthorized',
          expect.stringContaining('control token'),
        ]);
      }
      expect((await call('POST', '/%73im/%63ontrol', body)).status).toBe(401);
      expect((await call('GET', '/sim/clock')).status).toBe(200);
    }
    expect((await operatorClient(server)('POST', '/sim/control', body)).status).toBe(200);
    expect((await operatorClient(server)('GET', '/sim/faults')).status).toBe(200);
  });

  it('ends a stream whose command is too large, and answers one that is too deep', async () => {
    const { server } = await serve([RSA]);
    const client = await streamClient(server, RSA);
    client.socket.send('['.repeat(50) + ']'.repeat(50));
    expect((await client.until(({ type }) => type === 'error')).msg.code).toBe(1);
    const closed = new Promise<number>((resolve) => client.socket.once('close', resolve));
    client.socket.send(`"${'x'.repeat(1_100_000)}"`);
    expect(await closed).toBe(1_009);
    expect((await restClient(server)('GET', '/exchange/status')).status).toBe(200);
  });

  it('ends every connection when it closes', async () => {
    const venue = world();
    const server = await startSimServer({ venue, port: 0, speed: 1, keys: [RSA], startAt: venue.now });
    const client = await streamClient(server, RSA);
    const down = new Promise((resolve) => client.socket.once('close', resolve));
    await server.close();
    await down;
    await expect(fetch(`${server.restUrl}/exchange/status`)).rejects.toThrow();
  });
});

/** Status of a call with headers that fetch would not let us set. */
function statusWith(server: SimServer, headers: Headers, target = '/exchange/status', method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(server.restUrl + target, { headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

/** Status and error code of a handshake that is refused. */
function handshake(server: SimServer, headers: Headers): Promise<readonly [number, string]> {
  const socket = new WebSocket(server.wsUrl, { headers });
  return new Promise((resolve, reject) => {
    socket.on('error', () => {});
    socket.on('open', () => reject(new Error('the handshake was accepted')));
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk;
      });
      response.on('end', () => resolve([response.statusCode ?? 0, JSON.parse(body).error.code]));
    });
  });
}
