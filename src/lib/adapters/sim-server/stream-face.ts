/** The stream over ws: signed upgrades only, a ping every ten seconds, and an end for clients that read too slowly. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Authenticator, SIGNATURE_MISSING } from './authenticate.ts';
import type { ClientSession } from './connection.ts';
import type { Bulletin } from './frames.ts';
import { isLocalRequest } from './loopback-guard.ts';
import type { Pump } from './pump.ts';
import { NOT_FOUND, type RestAnswer, refuse } from './rest-answer.ts';
import type { Listener, ServedVenue } from './served-venue.ts';

export const STREAM_PATH = '/trade-api/ws/v2';

const PING_INTERVAL_MS = 10_000;
const PING_BODY = 'heartbeat';
const COMMAND_BYTES_MAX = 1_048_576;
/** Frames that wait to be read; above this the client's subscriptions end with code 25. */
const BACKLOG_BYTES_MAX = 16_777_216;
const GOING_AWAY = 1_001;

export interface StreamFaceOptions {
  readonly served: ServedVenue;
  readonly pump: Pump;
  readonly authenticator: Authenticator;
  readonly port: number;
  readonly onClient?: (change: 'connected' | 'disconnected', accountId: string) => void;
}

export class StreamFace {
  readonly #options: StreamFaceOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: COMMAND_BYTES_MAX,
    clientTracking: true,
  });
  readonly #pings: NodeJS.Timeout;

  constructor(options: StreamFaceOptions) {
    this.#options = options;
    this.#pings = setInterval(() => {
      for (const socket of this.#server.clients) socket.ping(PING_BODY);
    }, PING_INTERVAL_MS);
  }

  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const identity = this.#identify(request);
    if (typeof identity !== 'string') refuseUpgrade(socket, identity);
    else this.#server.handleUpgrade(request, socket, head, (client) => this.#welcome(client, socket, identity));
  }

  close(): void {
    clearInterval(this.#pings);
    for (const socket of this.#server.clients) {
      socket.close(GOING_AWAY);
      socket.terminate();
    }
    this.#server.close();
  }

  /** The account, or why there is no stream for this caller: unlike market data over REST, none is anonymous. */
  #identify(request: IncomingMessage): string | RestAnswer {
    const { authenticator, port } = this.#options;
    if (!isLocalRequest(request.headers, port)) return refuse(403, 'forbidden');
    if (request.url !== STREAM_PATH) return NOT_FOUND;
    const identity = authenticator.identify('GET', STREAM_PATH, request.headers);
    if (identity.kind === 'refused') return identity.answer;
    return identity.kind === 'anonymous' ? SIGNATURE_MISSING : identity.accountId;
  }

  #welcome(socket: WebSocket, link: Duplex, accountId: string): void {
    const { served, pump, onClient } = this.#options;
    const session = served.openSession(accountId, (frame) => socket.send(frame));
    const listener = new SocketListener(socket, link, session);
    served.join(listener);
    onClient?.('connected', accountId);
    socket.on('message', (data, isBinary) => {
      pump.catchUp();
      session.onCommand(isBinary ? '' : (data as Buffer).toString());
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      served.leave(listener);
      onClient?.('disconnected', accountId);
    });
  }
}

/** Writes the frames of one batch in one go. */
class SocketListener implements Listener {
  readonly #socket: WebSocket;
  readonly #link: Duplex;
  readonly #session: ClientSession;

  constructor(socket: WebSocket, link: Duplex, session: ClientSession) {
    this.#socket = socket;
    this.#link = link;
    this.#session = session;
  }

  onBulletins(bulletins: readonly Bulletin[]): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#link.cork();
    if (this.#socket.bufferedAmount > BACKLOG_BYTES_MAX) this.#session.overflow();
    else this.#session.onBulletins(bulletins);
    this.#link.uncork();
  }
}

function refuseUpgrade(socket: Duplex, { status, body }: RestAnswer): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `date: ${new Date().toUTCString()}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
