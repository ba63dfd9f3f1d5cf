/**
 * An embedded exchange on a free port, and a small client of it that is written from the public documentation alone:
 * signatures by node:crypto, REST by fetch, the stream by ws.
 */
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Scope } from '../../src/lib/adapters/sim-server/access.ts';
import { type SimServer, type SimServerOptions, startSimServer } from '../../src/lib/adapters/sim-server/server.ts';
import { epochMs, microdollars } from '../../src/lib/core/units.ts';
import type { ExchangeRules } from '../../src/lib/sim/exchange/state.ts';
import type { SimWorld } from '../../src/lib/sim/sim-world.ts';
import { generatedWorld } from '../../src/lib/sim/world.ts';

/** A Monday in New York, on a quarter hour. */
export const WORLD_STARTS_AT = epochMs(Date.UTC(2026, 8, 21, 15, 0, 0));
const CASH = [0, 2].map((shard) => ({ shard, cash: microdollars(5_000_000_000) }));

export interface SimKeyPair {
  readonly keyId: string;
  readonly accountId: string;
  readonly privateKey: KeyObject;
  readonly publicKeyPem: string;
  readonly scopes?: readonly Scope[];
  readonly subaccount?: number;
}

export function keyPair(kind: 'rsa' | 'ed25519', keyId: string, accountId = keyId): SimKeyPair {
  const { privateKey, publicKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ed25519');
  return { keyId, accountId, privateKey, publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

export function world(seed: number | string = 1, rules: Partial<ExchangeRules> = {}): SimWorld {
  const made = generatedWorld({ seed, startAt: WORLD_STARTS_AT, rules });
  for (const accountId of ['alice', 'bob']) made.openAccount(accountId, CASH);
  return made;
}

/** Closed after the test. */
export async function serve(
  keys: readonly SimKeyPair[],
  options: Partial<Pick<SimServerOptions, 'speed' | 'tier' | 'mischief' | 'stampsFrames'>> & {
    readonly world?: SimWorld;
  } = {},
) {
  const { speed = 1, world: venue = world(), ...more } = options;
  const server = await startSimServer({ venue, port: 0, speed, keys, startAt: venue.now, ...more });
  onTestFinished(() => server.close());
  return { server, venue };
}

export function signedHeaders(
  key: Pick<SimKeyPair, 'keyId' | 'privateKey'>,
  method: string,
  path: string,
  timestamp: number | string = Date.now(),
): Record<string, string> {
  const text = Buffer.from(`${timestamp}${method}${path}`);
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const signature =
    key.privateKey.asymmetricKeyType === 'ed25519'
      ? sign(null, text, key.privateKey)
      : sign('sha256', text, { key: key.privateKey, ...pss });
  return {
    'KALSHI-ACCESS-KEY': key.keyId,
    'KALSHI-ACCESS-TIMESTAMP': String(timestamp),
    'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
  };
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read as their test expects them
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly json: Json;
  readonly headers: Headers;
}

/** REST calls below `/trade-api/v2`, signed when a key is given; `headers` come on top. */
export function restClient(server: SimServer, key?: SimKeyPair, headers: Readonly<Record<string, string>> = {}) {
  return async (method: string, target: string, body?: unknown): Promise<Answer> => {
    const url = new URL(server.restUrl + target);
    const response = await fetch(url, {
      method,
      headers: { ...(key === undefined ? {} : signedHeaders(key, method, url.pathname)), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text), headers: response.headers };
  };
}

/** The operator of the exchange: its levers below `/sim/`, unsigned. */
export function operatorClient(server: SimServer) {
  return restClient(server, undefined, { authorization: `Bearer ${server.controlToken}` });
}

export interface Frame {
  readonly type: string;
  readonly id?: number;
  readonly sid?: number;
  readonly seq?: number;
  readonly msg: Json;
  readonly sending_ts_ms: number;
}

/** A stream client that keeps every frame and can wait for one. */
export async function streamClient(server: SimServer, key: SimKeyPair) {
  const socket = new WebSocket(server.wsUrl, {
    headers: signedHeaders(key, 'GET', new URL(server.wsUrl).pathname),
    perMessageDeflate: false,
  });
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    frames.push(JSON.parse(data.toString()) as Frame);
    for (const look of waiting) look();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  let lastId = 0;
  return {
    socket,
    frames,
    command(cmd: string, params?: object): number {
      lastId += 1;
      socket.send(JSON.stringify({ id: lastId, cmd, params }));
      return lastId;
    },
    /** The first frame, of those that came and those that will, for which `isIt` holds. */
    until(isIt: (frame: Frame) => boolean): Promise<Frame> {
      return new Promise((resolve) => {
        const look = () => {
          const found = frames.find(isIt);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
  };
}

/** The market of the quarter hour that trades now, and a bid price that does not cross. */
export async function openMarket(call: ReturnType<typeof restClient>): Promise<Json> {
  const { json } = await call('GET', '/markets?series_ticker=KXBTC15M&status=open');
  return json.markets[0];
}
