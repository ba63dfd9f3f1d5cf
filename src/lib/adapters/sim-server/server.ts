/**
 * The embedded exchange on loopback: REST and stream with the paths, signatures and limits of the real one, so that any
 * client of that exchange works here with another address and key. Listens on 127.0.0.1 and nowhere else.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EpochMs } from '../../core/units.ts';
import type { Venue, VenueFact } from '../../sim/venue.ts';
import { Authenticator } from './authenticate.ts';
import { openBackOffice, startMischief } from './back-office.ts';
import { HttpFace } from './http-face.ts';
import { IndexFace } from './index-face.ts';
import { INDEX_FEED_PATH } from './index-feed.ts';
import type { SimKey } from './key-store.ts';
import { isLocalRequest } from './loopback-guard.ts';
import type { MischiefPlan } from './mischief-plan.ts';
import { Pump } from './pump.ts';
import { REST_PREFIX } from './rest-face.ts';
import { ServedVenue } from './served-venue.ts';
import { STREAM_PATH, StreamFace } from './stream-face.ts';
import type { TierName } from './tiers.ts';

export type { SimKey };

export interface SimServerOptions {
  readonly venue: Venue;
  /** 0 takes a free one. */
  readonly port: number;
  /** Exchange time per real time, > 0. */
  readonly speed: number;
  readonly keys: readonly SimKey[];
  /** Usage level of every account. Default: advanced. */
  readonly tier?: TierName;
  /** Faults from the start. */
  readonly mischief?: MischiefPlan;
  /** Whether stream frames say when they were sent. Default: yes. */
  readonly stampsFrames?: boolean;
  /** Age in ms above which a stamp is refused. Default: 15 s, between the live bounds. */
  readonly staleMsMax?: number;
  /** Exchange time at the start; not before the venue's own. */
  readonly startAt: EpochMs;
  /** Sees every batch of facts. */
  readonly onFacts?: (facts: readonly VenueFact[]) => void;
  readonly onClient?: (change: 'connected' | 'disconnected', accountId: string) => void;
}

export interface SimServer {
  readonly restUrl: string;
  readonly wsUrl: string;
  /** Opens the levers of `/sim/control` and `/sim/faults`, as `authorization: Bearer …`; new with every start. */
  readonly controlToken: string;
  /** Ends every connection and stops time; resolves when the port is free. */
  close(): Promise<void>;
}

/** What the user can mend about a server that did not start. */
export class SimServerError extends Error {
  readonly code = 'KMM_SIM_PORT_IN_USE';
  readonly port: number;

  constructor(port: number) {
    super(`port ${port} on 127.0.0.1 is in use by another program`);
    this.name = 'SimServerError';
    this.port = port;
  }
}

/** Rejects with `SimServerError` when the port is taken. */
export async function startSimServer(options: SimServerOptions): Promise<SimServer> {
  const { venue, speed, keys, tier, mischief, stampsFrames, staleMsMax, startAt, onFacts, onClient } = options;
  const office = openBackOffice(startAt, { keys, ...(tier !== undefined && { tier }) });
  if (mischief !== undefined) startMischief(office, mischief, startAt);
  const served = new ServedVenue(venue, {
    office,
    ...(onFacts !== undefined && { observe: onFacts }),
    ...(stampsFrames !== undefined && { stampsFrames }),
  });
  const pump = new Pump({ served, startAt, speed });
  const wallNow = () => Date.now() + office.mischief.clockOffsetMs(venue.now);
  const authenticator = new Authenticator(office.keys, wallNow, staleMsMax);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listen(server, options.port);
  const shared = { served, pump, authenticator, wallNow, port };
  const controlToken = randomBytes(CONTROL_TOKEN_BYTES).toString('base64url');
  const http = new HttpFace({ ...shared, speed, controlToken });
  const stream = new StreamFace({ ...shared, ...(onClient === undefined ? {} : { onClient }) });
  const feed = new IndexFace(shared);
  server.on('request', (request, response) => void http.onRequest(request, response));
  server.on('upgrade', (request, socket, head) => {
    const isFeed = request.url === INDEX_FEED_PATH && isLocalRequest(request.headers, port);
    (isFeed ? feed : stream).onUpgrade(request, socket, head);
  });
  pump.catchUp();
  return {
    restUrl: `http://${LOOPBACK}:${port}${REST_PREFIX}`,
    wsUrl: `ws://${LOOPBACK}:${port}${STREAM_PATH}`,
    controlToken,
    async close() {
      pump.stop();
      stream.close();
      feed.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const LOOPBACK = '127.0.0.1';
const CONTROL_TOKEN_BYTES = 32;
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 1_000;

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new SimServerError(port) : error);
    });
    server.listen(port, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
  });
}
