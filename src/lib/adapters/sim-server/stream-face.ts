/** The stream over ws: signed upgrades only, a ping every ten seconds, and an end for clients that read too slowly. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Authenticator, SIGNATURE_MISSING } from './authenticate.ts';
import type { StoredKey } from './key-store.ts';
import { isLocalRequest } from './loopback-guard.ts';
import type { Pump } from './pump.ts';
import { NOT_FOUND, type RestAnswer, refuse } from './rest-answer.ts';
import type { ServedVenue } from './served-venue.ts';
import { SocketListener } from './socket-listener.ts';

export const STREAM_PATH = '/trade-api/ws/v2';

const PING_INTERVAL_MS = 10_000;
const COMMAND_BYTES_MAX = 1_048_576;
/** How often the plan of misbehaviour is asked about each connection. */
const MISCHIEF_INTERVAL_MS = 1_000;

export interface StreamFaceOptions {
  readonly served: ServedVenue;
  readonly pump: Pump;
  readonly authenticator: Authenticator;
  readonly wallNow: () => number;
  readonly port: number;
  readonly onClient?: (change: 'connected' | 'disconnected', accountId: string) => void;
}

export class StreamFace {
  readonly #options: StreamFaceOptions;
  readonly #listeners = new Set<SocketListener>();
  /** Answers pings itself, so that a half-open link can be silent. */
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: COMMAND_BYTES_MAX,
    clientTracking: false,
    autoPong: false,
  });
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(options: StreamFaceOptions) {
    this.#options = options;
    const { served } = options;
    this.#timers = [
      setInterval(() => this.#ping(), PING_INTERVAL_MS),
      setInterval(() => this.#misbehave(), MISCHIEF_INTERVAL_MS),
    ];
    served.office.keys.onRevoked((keyId) => {
      for (const listener of this.#listeners) if (listener.keyId === keyId) listener.end();
    });
  }

  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const identity = this.#identify(request);
    if ('status' in identity) this.#refuseUpgrade(socket, identity);
    else this.#server.handleUpgrade(request, socket, head, (client) => this.#welcome(client, socket, identity));
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const listener of this.#listeners) listener.end();
    this.#server.close();
  }

  /** The key, or why there is no stream for this caller: unlike market data over REST, none is anonymous. */
  #identify(request: IncomingMessage): StoredKey | RestAnswer {
    const { authenticator, port } = this.#options;
    if (!isLocalRequest(request.headers, port)) return refuse(403, 'forbidden');
    if (request.url?.split('?', 1)[0] !== STREAM_PATH) return NOT_FOUND;
    const identity = authenticator.identify('GET', STREAM_PATH, request.headers);
    if (identity.kind === 'refused') return identity.answer;
    return identity.kind === 'anonymous' ? SIGNATURE_MISSING : identity.key;
  }

  #welcome(socket: ConstructorParameters<typeof SocketListener>[0]['socket'], link: Duplex, key: StoredKey): void {
    const { served, pump, onClient } = this.#options;
    const { accountId, keyId, grant } = key;
    const listener: SocketListener = new SocketListener({
      socket,
      link,
      keyId,
      open: (send) => served.openSession(accountId, send, grant),
      beforeCommand: () => pump.catchUp(),
    });
    this.#listeners.add(listener);
    served.join(listener);
    onClient?.('connected', accountId);
    socket.on('close', () => {
      this.#listeners.delete(listener);
      served.leave(listener);
      onClient?.('disconnected', accountId);
    });
  }

  #ping(): void {
    const { mischief } = this.#options.served.office;
    if (mischief.skipsPing(this.#options.served.venue.now)) return;
    for (const listener of this.#listeners) listener.ping();
  }

  #misbehave(): void {
    const { office, venue } = this.#options.served;
    for (const listener of this.#listeners) {
      const fault = office.mischief.onSocket(venue.now);
      if (fault === 'socket_dropped') listener.drop();
      else if (fault === 'half_open') listener.fallSilent();
    }
  }

  #refuseUpgrade(socket: Duplex, { status, body }: RestAnswer): void {
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `date: ${new Date(this.#options.wallNow()).toUTCString()}`,
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
}
