/**
 * Where each environment lives, and the only place that says which hosts may be spoken to (kalshi/api.md 1).
 *
 * Demo is `.co`, production `.com`: hosts are compared whole, never by suffix. The simulated exchange is on loopback only.
 */

export type Environment = 'sim' | 'demo' | 'prod';

/** Base addresses: REST up to `/trade-api/v2`, the WebSocket whole. */
export interface Endpoints {
  readonly rest: string;
  readonly stream: string;
}

export const REST_ROOT = '/trade-api/v2';
const STREAM_PATH = '/trade-api/ws/v2';

/** The hosts that the exchange recommends to programs; the first signature works on every host of the environment. */
export const ENDPOINTS: Readonly<Record<'demo' | 'prod', Endpoints>> = {
  demo: endpointsOf('external-api.demo.kalshi.co', 'external-api-ws.demo.kalshi.co'),
  prod: endpointsOf('external-api.kalshi.com', 'external-api-ws.kalshi.com'),
};

/** The pair of addresses of an embedded exchange, from any `http://` address on its port. */
export function simEndpoints(url: string): Endpoints {
  const { host } = new URL(url);
  return { rest: `http://${host}${REST_ROOT}`, stream: `ws://${host}${STREAM_PATH}` };
}

/** Why this address must not be used in this environment; undefined when it may be. */
export function hostRefusal(address: string | URL, environment: Environment): string | undefined {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return `"${address}" is not an address`;
  }
  if (url.username !== '' || url.password !== '') return 'an address with a user name or password is refused';
  const { protocols, hosts, port } = ALLOWED[environment];
  if (!protocols.includes(url.protocol)) return `${environment} is reached by ${protocols.join(' or ')} only`;
  if (!hosts.includes(url.hostname)) return `${url.hostname} is not a host of ${environment}`;
  if (port !== 'any' && url.port !== '') return `${url.host} is not a host of ${environment}`;
  return undefined;
}

/** Throws when a connection would leave the environment: by then the address should have been checked. */
export function assertAllowed(address: string | URL, environment: Environment): void {
  const refusal = hostRefusal(address, environment);
  if (refusal !== undefined) throw new Error(`Refusing to connect: ${refusal}.`);
}

interface Allowed {
  readonly protocols: readonly string[];
  readonly hosts: readonly string[];
  readonly port: 'any' | 'default';
}

const TLS = ['https:', 'wss:'];
const ALLOWED: Readonly<Record<Environment, Allowed>> = {
  sim: { protocols: ['http:', 'ws:'], hosts: ['127.0.0.1', '[::1]', 'localhost'], port: 'any' },
  demo: {
    protocols: TLS,
    hosts: ['external-api.demo.kalshi.co', 'external-api-ws.demo.kalshi.co', 'demo-api.kalshi.co'],
    port: 'default',
  },
  prod: {
    protocols: TLS,
    hosts: ['external-api.kalshi.com', 'external-api-ws.kalshi.com', 'api.elections.kalshi.com'],
    port: 'default',
  },
};

function endpointsOf(restHost: string, streamHost: string): Endpoints {
  return { rest: `https://${restHost}${REST_ROOT}`, stream: `wss://${streamHost}${STREAM_PATH}` };
}
