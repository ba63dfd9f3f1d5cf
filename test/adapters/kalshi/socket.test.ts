/** The stream against real servers on loopback: polite, silent, refusing, restarting. Time runs fifty times as fast. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { ClockOffset, type OffsetBounds } from '../../../src/lib/adapters/kalshi/clock-offset.ts';
import { generateKeyPair, Signer, verifySignature } from '../../../src/lib/adapters/kalshi/sign.ts';
import { KalshiStream, type StreamOptions } from '../../../src/lib/adapters/kalshi/socket.ts';
import { systemClock } from '../../../src/lib/adapters/system/clock.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const PATH = '/trade-api/ws/v2';
const PAIR = generateKeyPair('ed25519');
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** What a stream said, in order, and the frames it handed on. */
class Log {
  readonly lines: string[] = [];
  readonly frames: Buffer[] = [];
  heard = 0;

  onUp(conn: number): void {
    this.lines.push(`up ${conn}`);
  }
  onFrame(conn: number, frame: Buffer): void {
    this.lines.push(`frame ${conn}`);
    this.frames.push(frame);
  }
  onHeard(): void {
    this.heard += 1;
  }
  onDown(conn: number, reason: string): void {
    this.lines.push(`down ${conn}: ${reason}`);
  }
  onRefused(reason: string): void {
    this.lines.push(`refused: ${reason}`);
  }
}

/** Ten seconds of a link's life, which prove it; all other waits of a stream are retries. */
const STABLE_MS = 10_000;
const fast = systemClock({ scale: 50, originMs: epochMs(0) });

function streamTo(port: number, more: Partial<StreamOptions> = {}) {
  const result = Signer.fromPem('key-1', PAIR.privateKey);
  if (!result.ok) throw new Error(result.error.message);
  let stamp = 1_790_000_000_000;
  const stream = new KalshiStream({
    url: `ws://127.0.0.1:${port}${PATH}`,
    environment: 'sim',
    signer: result.signer,
    timestampMs: () => stamp++,
    wallNow: () => 1_790_000_000_000,
    clock: fast,
    random: () => 0.5,
    handshakeMs: 200,
    ...more,
  });
  cleanups.push(() => stream.close());
  const log = new Log();
  stream.open(log);
  return { stream, log };
}

async function serve(onConnection: (socket: WebSocket) => void, options = {}, port = 0) {
  const http = createServer();
  const server = new WebSocketServer({ server: http, path: PATH, ...options });
  server.on('connection', onConnection);
  return { ...(await listen(http, port)), server };
}

async function listen(http: Server, port = 0) {
  const sockets = new Set<Socket>();
  http.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => http.close(resolve));
  };
  cleanups.push(stop);
  return { http, port: (http.address() as AddressInfo).port, stop };
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a stream', () => {
  it('signs its handshake anew for each attempt, over the path alone', async () => {
    const upgrades: Record<string, unknown>[] = [];
    const { port, server } = await serve((socket) => socket.close(1001, 'restart'));
    server.on('headers', (_lines, request) => upgrades.push(request.headers));
    streamTo(port);
    await until(() => upgrades.length >= 2, 'it came again');
    const stamps = upgrades.slice(0, 2).map((headers) => String(headers['kalshi-access-timestamp']));
    expect(stamps[0]).not.toBe(stamps[1]);
    for (const headers of upgrades) {
      const timestamp = String(headers['kalshi-access-timestamp']);
      const signature = String(headers['kalshi-access-signature']);
      expect(verifySignature(PAIR.publicKey, { timestamp, method: 'GET', path: PATH }, signature)).toBe(true);
      expect(headers).not.toHaveProperty('sec-websocket-extensions');
    }
  });

  it('hands frames on as the bytes received, and sends commands while it is up', async () => {
    const commands: string[] = [];
    const { port } = await serve((socket) => {
      socket.on('message', (data) => commands.push(data.toString()));
      socket.send('{"type":"subscribed"}');
      socket.send(Buffer.from([0, 255, 1]));
    });
    const { stream, log } = streamTo(port);
    expect(stream.send('too early')).toBe(false);
    await until(() => log.frames.length === 2, 'two frames came');
    expect(log.frames.map((frame) => [...frame])).toEqual([[...Buffer.from('{"type":"subscribed"}')], [0, 255, 1]]);
    expect(log.lines[0]).toBe('up 1');
    expect(stream.send('{"id":1}')).toBe(true);
    await until(() => commands.length === 1, 'the command arrived');
  });

  it('is kept alive by pongs to its own pings, in a market without a word', async () => {
    const { port } = await serve(() => {});
    const { log } = streamTo(port);
    await until(() => log.heard > 12, 'many pongs came');
    expect(log.lines).toEqual(['up 1']);
  });

  it('hears the exchange’s pings', async () => {
    const { port } = await serve((socket) => socket.ping('heartbeat'), { autoPong: false });
    const { log } = streamTo(port);
    await until(() => log.heard === 1, 'the ping was heard');
  });

  it('ends a link that has been silent for ten seconds, and connects again', async () => {
    const { port } = await serve(() => {}, { autoPong: false });
    const { log } = streamTo(port);
    await until(() => log.lines.includes('up 2'), 'it came up again');
    expect(log.lines.slice(0, 3)).toEqual(['up 1', 'down 1: silent for 10 s', 'up 2']);
  });

  it('comes back when the server restarts, however long that takes', async () => {
    const first = await serve(() => {});
    const { log } = streamTo(first.port);
    await until(() => log.lines.includes('up 1'), 'it was up');
    await first.stop();
    await until(() => log.lines.length >= 4, 'some attempts failed');
    await serve((socket) => socket.send('again'), {}, first.port);
    await until(() => log.lines.includes('frame 2'), 'a frame came');
    expect(log.lines.filter((line) => line.startsWith('up'))).toEqual(['up 1', 'up 2']);
    expect(log.lines.filter((line) => line.includes('ECONNREFUSED')).every((line) => line.startsWith('down 1'))).toBe(
      true,
    );
  });

  it('tells why a handshake was refused, and what the refusal says of the clock', async () => {
    const http = createServer();
    http.on('upgrade', (_request, socket) => {
      const body = '{"error":{"code":"header_timestamp_expired","message":"header timestamp expired"}}';
      const date = `date: ${new Date(1_790_000_040_000).toUTCString()}`;
      socket.end(`HTTP/1.1 401 Unauthorized\r\n${date}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    const { port } = await listen(http);
    const observed: OffsetBounds[] = [];
    const { log } = streamTo(port, { observeOffset: (bounds) => observed.push(bounds) });
    await until(() => log.lines.length >= 2, 'it was refused twice');
    expect(log.lines[0]).toBe('down 0: handshake refused: 401 header_timestamp_expired');
    expect(observed[0]).toEqual({ low: 40_000, high: 41_000 });
  });

  function refuseUpgrades(http: Server, status: string, body: () => string) {
    http.on('upgrade', (_request, socket) => {
      const text = body();
      socket.on('error', () => {});
      socket.end(`HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    });
  }

  it.each([
    ['401 Unauthorized', 'authentication_error'],
    ['403 Forbidden', 'insufficient_scope'],
  ])('gives a key up that was refused three times in a row with %s', async (status, code) => {
    const http = createServer();
    refuseUpgrades(http, status, () => `{"error":{"code":"${code}","message":"no"}}`);
    const { port } = await listen(http);
    const { log } = streamTo(port);
    await until(() => log.lines.some((line) => line.startsWith('refused')), 'it gave up');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const reason = `handshake refused: ${status.slice(0, 3)} ${code}`;
    expect(log.lines).toEqual([...Array(3).fill(`down 0: ${reason}`), `refused: ${reason}`]);
  });

  it('does not give a key up for its time stamp, for a page of a proxy, or for refusals with other failures between', async () => {
    const bodies = [
      '{"error":{"code":"header_timestamp_expired","message":"no"}}',
      '<html>Forbidden</html>',
      '{"error":{"code":"authentication_error","message":"no"}}',
      '{"error":{"code":"authentication_error","message":"no"}}',
    ];
    let count = 0;
    const http = createServer();
    refuseUpgrades(http, '401 Unauthorized', () => bodies[count++ % bodies.length] as string);
    const { port } = await listen(http);
    const { log } = streamTo(port, { random: () => 0.01 });
    await until(() => log.lines.length >= 9, 'it went on trying');
    expect(log.lines.filter((line) => line.startsWith('refused'))).toEqual([]);
  });

  it('signs by the corrected clock after a refusal for its time stamp', async () => {
    const http = createServer();
    const server = new WebSocketServer({ noServer: true });
    const exchangeMs = 1_790_000_040_000;
    http.on('upgrade', (request, socket, head) => {
      const stamp = Number(request.headers['kalshi-access-timestamp']);
      if (Math.abs(stamp - exchangeMs) < 5_000) {
        server.handleUpgrade(request, socket, head, () => {});
        return;
      }
      const body = '{"error":{"code":"header_timestamp_expired","message":"header timestamp expired"}}';
      const date = new Date(exchangeMs).toUTCString();
      socket.end(`HTTP/1.1 401 Unauthorized\r\ndate: ${date}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    const { port } = await listen(http);
    const ours = 1_790_000_000_000;
    const offset = new ClockOffset();
    const { log } = streamTo(port, {
      timestampMs: () => ours + Math.round(offset.estimate(ours)?.offsetMs ?? 0),
      observeOffset: (bounds, at) => offset.observe(bounds, at),
    });
    await until(() => log.lines.includes('up 1'), 'it came up');
    expect(log.lines).toEqual(['down 0: handshake refused: 401 header_timestamp_expired', 'up 1']);
  });

  it.each([
    [
      'a page instead of an upgrade',
      'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 6\r\n\r\n<html>',
      'handshake refused: 502',
    ],
    [
      'a redirect',
      'HTTP/1.1 302 Found\r\nlocation: ws://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n',
      'handshake refused: 302',
    ],
    ['nothing at all', '', 'Opening handshake has timed out'],
  ])('goes on trying after %s', async (_what, answer, reason) => {
    const http = createServer();
    http.on('upgrade', (_request, socket) => {
      socket.on('error', () => {});
      if (answer !== '') socket.end(answer);
      else cleanups.push(() => socket.destroy());
    });
    const { port } = await listen(http);
    const { log } = streamTo(port);
    await until(() => log.lines.length >= 2, 'it failed twice');
    expect(log.lines).toContain(`down 0: ${reason}`);
  });

  it('waits longer after each failure, and starts over once a link has lasted', async () => {
    const first = await serve(() => {});
    const delays: number[] = [];
    let isStable = false;
    const { log } = streamTo(first.port, {
      random: () => 0.9,
      clock: {
        after: (ms, action) => {
          if (ms !== STABLE_MS) delays.push(ms);
          return fast.after(ms, () => {
            action();
            isStable ||= ms === STABLE_MS;
          });
        },
        every: (ms, action) => fast.every(ms, action),
      },
    });
    await until(() => log.lines.includes('up 1'), 'it was up');
    await first.stop();
    await until(() => delays.length >= 4, 'four retries were set');
    expect(delays.slice(0, 4)).toEqual([225, 450, 900, 1_800]);

    const second = await serve(() => {}, {}, first.port);
    await until(() => isStable, 'the link had lasted');
    delays.splice(0);
    await second.stop();
    await until(() => delays.length >= 2, 'two retries were set');
    expect(delays.slice(0, 2)).toEqual([225, 450]);
  });

  it('closes for good: no further attempt, no further call', async () => {
    const { port, server } = await serve(() => {});
    const { stream, log } = streamTo(port);
    await until(() => log.lines.includes('up 1'), 'it was up');
    await stream.close();
    expect(log.lines).toEqual(['up 1', 'down 1: closed by us']);
    expect(stream.send('late')).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.clients.size).toBe(0);
    expect(log.lines).toHaveLength(2);
    expect(() => stream.open(log)).toThrow();
  });

  it('closes while an attempt is under way, and while it waits for the next', async () => {
    const http = createServer();
    http.on('upgrade', (_request, socket) => cleanups.push(() => socket.destroy()));
    const { port, stop } = await listen(http);
    const hanging = streamTo(port);
    await hanging.stream.close();
    expect(hanging.log.lines).toEqual(['down 0: closed by us']);
    await stop();
    const waiting = streamTo(port);
    await until(() => waiting.log.lines.length > 0, 'it failed');
    await waiting.stream.close();
    const count = waiting.log.lines.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(waiting.log.lines).toHaveLength(count);
  });

  it('is not made to a host outside its environment', () => {
    const result = Signer.fromPem('key-1', PAIR.privateKey);
    if (!result.ok) throw new Error('no signer');
    const options = {
      environment: 'demo',
      signer: result.signer,
      timestampMs: () => 0,
      wallNow: () => 0,
      clock: fast,
      random: () => 0,
    } as const;
    expect(() => new KalshiStream({ ...options, url: 'wss://external-api-ws.kalshi.com/trade-api/ws/v2' })).toThrow(
      /Refusing/,
    );
  });
});
