/** A server that alerts are posted to, on loopback, closed after the test: answers as it is told, and keeps what it got. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Json } from './sim-client.ts';

export interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Parsed; undefined for an empty body. */
  readonly body: Json;
}

export type Answer = (response: ServerResponse, got: Got) => void;

export interface WebhookServer {
  readonly address: string;
  readonly got: Got[];
  /** For the next requests, in this order; then, and from the start, 204. */
  answer(...answers: readonly Answer[]): void;
}

/** `serve`: another kind of server around the same answers. */
export async function webhookServer(
  serve: (listener: RequestListener) => Server = (listener) => createServer(listener),
  atEnd: (action: () => void) => void = onTestFinished,
): Promise<WebhookServer> {
  const got: Got[] = [];
  const waiting: Answer[] = [];
  const server = serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body: text === '' ? undefined : JSON.parse(text) };
      got.push(one);
      (waiting.shift() ?? status(204))(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, got, answer: (...answers) => void waiting.push(...answers) };
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}, body = ''): Answer {
  return (response) => response.writeHead(code, headers).end(body);
}

/** Takes the request and never says anything. */
export const hang: Answer = () => {};
/** Breaks the connection off. */
export const reset: Answer = (response) => response.destroy();
