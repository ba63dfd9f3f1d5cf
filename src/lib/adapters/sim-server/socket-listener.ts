/** One socket and its session: frames of one batch go out in one write, a client that reads too slowly loses its subscriptions. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ClientSession } from './connection.ts';
import { DelayLine } from './delay-line.ts';
import type { SendFrame } from './frame-outlet.ts';
import type { Bulletin } from './frames.ts';
import type { Listener } from './served-venue.ts';

const PING_BODY = 'heartbeat';
/** Frames that wait to be read; above this the client's subscriptions end with code 25. */
const BACKLOG_BYTES_MAX = 16_777_216;
const GOING_AWAY = 1_001;

export interface SocketListenerOptions {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly link: Duplex;
  readonly keyId: string;
  readonly open: (send: SendFrame) => ClientSession;
  /** Every earlier fact is told before a command is carried out. */
  readonly beforeCommand: () => void;
}

export class SocketListener implements Listener {
  readonly keyId: string;
  readonly #socket: WebSocket;
  readonly #link: Duplex;
  readonly #session: ClientSession;
  /** The link is up and nothing comes out of it. */
  #isSilent = false;

  constructor({ socket, link, keyId, open, beforeCommand }: SocketListenerOptions) {
    this.keyId = keyId;
    this.#socket = socket;
    this.#link = link;
    const line = new DelayLine({
      nowMs: () => performance.now(),
      after: (ms, action) => void setTimeout(action, ms),
      deliver: (frame) => this.#write(frame),
    });
    this.#session = open((frame, delayMs) => line.push(frame, delayMs));
    socket.on('message', (data, isBinary) => {
      if (this.#isSilent) return;
      beforeCommand();
      this.#session.onCommand(isBinary ? '' : (data as Buffer).toString());
    });
    socket.on('ping', (data) => {
      if (!this.#isSilent) socket.pong(data);
    });
    socket.on('error', () => socket.terminate());
  }

  onBulletins(bulletins: readonly Bulletin[]): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#link.cork();
    if (this.#socket.bufferedAmount > BACKLOG_BYTES_MAX) this.#session.overflow();
    else this.#session.onBulletins(bulletins);
    this.#link.uncork();
  }

  ping(): void {
    if (!this.#isSilent) this.#socket.ping(PING_BODY);
  }

  /** Ends without a close frame, as a link that breaks. */
  drop(): void {
    this.#socket.terminate();
  }

  /** From now on the link stays up and says nothing, not even pong. */
  fallSilent(): void {
    this.#isSilent = true;
  }

  /** Says goodbye and ends. */
  end(): void {
    this.#socket.close(GOING_AWAY);
    this.#socket.terminate();
  }

  #write(frame: string): void {
    if (!this.#isSilent) this.#socket.send(frame);
  }
}
