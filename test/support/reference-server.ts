/** A source of values on loopback: says what a test has it say, and keeps what it was told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface ReferenceServer {
  readonly url: string;
  readonly told: string[];
  readonly connections: number;
  /** To all that are connected. */
  say(message: unknown): void;
  /** Bytes are taken in and none is answered: half open. */
  fallSilent(): void;
  drop(): void;
  close(): Promise<void>;
}

export interface ServerBehaviour {
  /** Sent with the upgrade. */
  readonly date?: () => Date;
  readonly onMessage?: (text: string, say: (message: unknown) => void) => void;
  /** Answers plain HTTP and no WebSocket. */
  readonly page?: (request: IncomingMessage, response: ServerResponse) => void;
}

export async function referenceServer({ date, onMessage, page }: ServerBehaviour = {}): Promise<ReferenceServer> {
  const http = createServer(page);
  const told: string[] = [];
  const open = new Set<WebSocket>();
  const raw = new Set<Socket>();
  let [connections, isSilent] = [0, false];
  http.on('connection', (socket) => raw.add(socket));
  if (page === undefined) {
    const server = new WebSocketServer({ server: http, autoPong: false });
    if (date !== undefined) server.on('headers', (headers) => headers.push(`Date: ${date().toUTCString()}`));
    server.on('connection', (socket) => {
      connections += 1;
      open.add(socket);
      const say = (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message));
      socket.on('ping', () => !isSilent && socket.pong());
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => {});
      socket.on('message', (data) => {
        told.push(String(data));
        onMessage?.(String(data), say);
      });
    });
  }
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    told,
    get connections() {
      return connections;
    },
    say: (message) => {
      for (const socket of open) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
    fallSilent: () => {
      isSilent = true;
    },
    drop: () => {
      for (const socket of open) socket.terminate();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of raw) socket.destroy();
        http.close(() => resolve());
      }),
  };
}
