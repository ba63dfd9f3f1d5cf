/** The wire against a real server on loopback that behaves as badly as servers do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OffsetBounds } from '../../../src/lib/adapters/kalshi/clock-offset.ts';
import { generateKeyPair, Signer, verifySignature } from '../../../src/lib/adapters/kalshi/sign.ts';
import { type GotWire, gotWire } from '../../../src/lib/adapters/kalshi/wire.ts';
import type { WireRequest } from '../../../src/lib/ports.ts';

const PAIR = generateKeyPair('ed25519');
const GET: WireRequest = {
  method: 'GET',
  path: '/trade-api/v2/portfolio/orders',
  query: { status: 'resting', limit: 5 },
};
const POST: WireRequest = { method: 'POST', path: '/trade-api/v2/portfolio/events/orders', body: '{"ticker":"X-1"}' };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answer: Answer;
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
let wire: GotWire;
let observed: OffsetBounds[];
let proofs: boolean[];
let timestamp: number;
const sockets = new Set<Socket>();

beforeEach(async () => {
  seen = [];
  observed = [];
  proofs = [];
  timestamp = 1_790_000_000_000;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  wire = wireTo(addressOf(server));
});

afterEach(async () => {
  wire.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await new Promise((resolve) => server.close(resolve));
});

function addressOf(listening: Server): string {
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

function wireTo(baseUrl: string): GotWire {
  const result = Signer.fromPem('key-1', PAIR.privateKey);
  if (!result.ok) throw new Error(result.error.message);
  return gotWire({
    baseUrl: `${baseUrl}/trade-api/v2`,
    environment: 'sim',
    signer: result.signer,
    timestampMs: () => timestamp,
    wallNow: () => 1_790_000_000_000,
    observeOffset: (bounds, _wallMs, isProof) => {
      observed.push(bounds);
      proofs.push(isProof);
    },
    timeouts: { connect: 300, request: 300 },
  });
}

function reply(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

describe('a call over HTTP', () => {
  it('signs path and time, sends the query unsigned, and gives the answer as it is', async () => {
    answer = reply(200, '{"orders":[]}', { date: 'Mon, 21 Sep 2026 14:13:20 GMT' });
    const dateMs = Date.UTC(2026, 8, 21, 14, 13, 20);
    expect(await wire.request(GET)).toEqual({ kind: 'response', status: 200, body: '{"orders":[]}', dateMs });
    const [call] = seen;
    expect(call?.url).toBe('/trade-api/v2/portfolio/orders?status=resting&limit=5');
    const headers = call?.headers ?? {};
    expect(headers['kalshi-access-key']).toBe('key-1');
    const signature = String(headers['kalshi-access-signature']);
    const signed = { timestamp: String(timestamp), method: 'GET', path: GET.path };
    expect(headers['kalshi-access-timestamp']).toBe(String(timestamp));
    expect(verifySignature(PAIR.publicKey, signed, signature)).toBe(true);
  });

  it('never asks for translated texts, and names a content type only with a body', async () => {
    answer = reply(201, '{}');
    await wire.request(GET);
    await wire.request(POST);
    await wire.request({
      method: 'DELETE',
      path: '/trade-api/v2/portfolio/events/orders/batched',
      body: '{"orders":[]}',
    });
    expect(seen.map(({ headers }) => headers['accept-language'])).toEqual([undefined, undefined, undefined]);
    expect(seen.map(({ headers }) => headers['content-type'])).toEqual([
      undefined,
      'application/json',
      'application/json',
    ]);
    expect(seen.map(({ body }) => body)).toEqual(['', POST.body, '{"orders":[]}']);
  });

  it('repeats a parameter that has several values', async () => {
    answer = reply(200, '{}');
    await wire.request({ ...GET, query: { tickers: ['X-1', 'X&2'], depth: 3 } });
    expect(seen[0]?.url).toBe('/trade-api/v2/portfolio/orders?tickers=X-1&tickers=X%262&depth=3');
  });

  it('tells a refusal of its stamp from every other one: the time in it is proof', async () => {
    const date = { date: 'Mon, 21 Sep 2026 14:13:20 GMT' };
    for (const [status, code] of [
      [401, 'header_timestamp_expired'],
      [401, 'authentication_error'],
      [400, 'header_timestamp_expired'],
    ] as const) {
      answer = reply(status, JSON.stringify({ error: { code, message: code } }), date);
      await wire.request(GET);
    }
    expect(proofs).toEqual([true, false, false]);
  });

  it('signs each call with the time of that call', async () => {
    answer = reply(200, '{}');
    await wire.request(GET);
    timestamp += 7;
    await wire.request(GET);
    const stamps = seen.map(({ headers }) => Number(headers['kalshi-access-timestamp']));
    expect((stamps[1] ?? 0) - (stamps[0] ?? 0)).toBe(7);
  });

  it('reuses the connection', async () => {
    answer = reply(200, '{}');
    await wire.request(GET);
    await wire.request(GET);
    expect(sockets.size).toBe(1);
  });

  it.each([400, 401, 404, 409, 429, 500, 503])('gives status %i as an answer, asked once', async (status) => {
    answer = reply(status, '{"error":{"code":"x"}}');
    expect(await wire.request(POST)).toMatchObject({ kind: 'response', status });
    expect(await wire.request({ ...GET, method: 'DELETE' })).toMatchObject({ kind: 'response', status });
    expect(await wire.request({ ...GET, method: 'PUT' })).toMatchObject({ kind: 'response', status });
    expect(seen).toHaveLength(3);
  });

  it('gives a page of HTML as the text it is', async () => {
    answer = reply(200, '<html>log in</html>', { 'content-type': 'text/html' });
    expect(await wire.request(GET)).toMatchObject({ kind: 'response', status: 200, body: '<html>log in</html>' });
  });

  it.each([301, 302, 303, 307, 308])('refuses a redirect with %i and posts nothing again', async (status) => {
    answer = reply(status, '', { location: '/trade-api/v2/elsewhere' });
    expect(await wire.request(POST)).toMatchObject({ kind: 'failure', reason: expect.stringContaining('redirect') });
    expect(seen).toHaveLength(1);
  });
});

describe('a call without a proper answer is a failure, asked once', () => {
  const promise: Record<string, string> = { 'content-length': '1000' };

  it.each<[string, Answer]>([
    ['the server says nothing', () => {}],
    ['the server stalls in the middle', (_request, response) => response.writeHead(200, promise).write('{"orders":[')],
    ['the connection is reset', (request) => request.socket.resetAndDestroy()],
    ['the connection is closed without a word', (request) => request.socket.end()],
    [
      'the body is cut short',
      (_request, response) => {
        response.writeHead(200, promise).write('{"orders":[');
        setTimeout(() => response.destroy(), 20);
      },
    ],
    ['the answer is no HTTP', (request) => request.socket.end('hello\r\n\r\n')],
  ])('when %s', async (_what, misbehave) => {
    answer = misbehave;
    const result = await wire.request(POST);
    expect(result.kind).toBe('failure');
    expect(seen).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('key-1');
  });

  it('when nobody listens', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = addressOf(silent);
    await new Promise((resolve) => silent.close(resolve));
    const lonely = wireTo(address);
    expect(await lonely.request(GET)).toMatchObject({
      kind: 'failure',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    lonely.close();
  });
});

describe('what an answer says of the exchange’s clock', () => {
  const date = new Date(1_790_000_003_000).toUTCString();

  it('is its date in whole seconds, and the matching time of a write', async () => {
    answer = reply(201, '{"order_id":"a","ts_ms":1790000003250}', { date });
    await wire.request(POST);
    expect(observed).toEqual([
      { low: 3_000, high: 4_000 },
      { low: 3_250, high: 3_251 },
    ]);
  });

  it('is nothing when it came out of a cache, or when a read shows old times', async () => {
    answer = reply(200, '{"ts_ms":1690000000000}', { date, age: '9' });
    expect(await wire.request(GET)).not.toHaveProperty('dateMs');
    expect(observed).toEqual([]);
  });
});

describe('a wire', () => {
  it('is not made to a host outside its environment', () => {
    const options = { timestampMs: () => 0, wallNow: () => 0 };
    expect(() => gotWire({ ...options, baseUrl: 'http://192.168.0.7:80', environment: 'sim' })).toThrow(/Refusing/);
    expect(() => gotWire({ ...options, baseUrl: 'https://external-api.kalshi.com', environment: 'demo' })).toThrow();
  });

  it('calls unsigned without a signer', async () => {
    answer = reply(200, '{}');
    const open = gotWire({ baseUrl: addressOf(server), environment: 'sim', timestampMs: () => 0, wallNow: () => 0 });
    await open.request(GET);
    open.close();
    expect(Object.keys(seen[0]?.headers ?? {}).filter((name) => name.startsWith('kalshi'))).toEqual([]);
  });
});
