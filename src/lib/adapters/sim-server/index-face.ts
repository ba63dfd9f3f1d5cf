/** The index feed over ws: for local clients, unsigned, with a ping every ten seconds. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { IndexFeedSession } from './index-feed.ts';
import type { Pump } from './pump.ts';
import type { ServedVenue } from './served-venue.ts';

const PING_INTERVAL_MS = 10_000;
const COMMAND_BYTES_MAX = 65_536;
const BACKLOG_BYTES_MAX = 1_048_576;

export class IndexFace {
  readonly #served: ServedVenue;
  readonly #pump: Pump;
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: COMMAND_BYTES_MAX });
  readonly #timer: NodeJS.Timeout;

  constructor({ served, pump }: { readonly served: ServedVenue; readonly pump: Pump }) {
    this.#served = served;
    this.#pump = pump;
    this.#timer = setInterval(() => {
      for (const client of this.#server.clients) client.ping();
    }, PING_INTERVAL_MS);
  }

  /** Of a request that was found to be local and to name this path. */
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.#server.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  #welcome(client: WebSocket): void {
    const session = new IndexFeedSession((text) => {
      if (client.readyState === client.OPEN && client.bufferedAmount < BACKLOG_BYTES_MAX) client.send(text);
    });
    const leave = this.#served.joinFeed(session);
    client.on('close', leave);
    client.on('error', () => client.terminate());
    client.on('message', (data, isBinary) => {
      this.#pump.catchUp();
      session.onCommand(isBinary ? '' : String(data));
    });
  }
}
