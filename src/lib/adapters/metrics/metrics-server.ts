/**
 * One page on loopback for Prometheus: `GET /metrics`, and nothing else. A Host that is not this machine's name is refused
 * before anything is made, so that no web page reads it by a name of its own (reliability.md 8, S10); there are no CORS
 * headers, no body is read, and nothing can be changed here.
 */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly text: () => string;
}

const LOOPBACK = '127.0.0.1';
const NAMES = [LOOPBACK, 'localhost'];
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const CONNECTIONS_MAX = 16;
const TIMEOUT_MS = 5_000;

/** Rejects when the port cannot be had. */
export async function serveMetrics({ port: wanted, text }: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS, maxHeaderSize: 8_192 });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listening(server, wanted);
  // Nobody's process lives longer for it, and a socket that breaks is its client's affair.
  server.unref();
  server.on('error', () => {});
  server.on('request', (request, response) => {
    request.resume();
    const answer = (status: number, body: string) =>
      response.writeHead(status, { 'content-type': CONTENT_TYPE, 'cache-control': 'no-store' }).end(body);
    if (!isLocal(request.headers, port)) answer(403, 'loopback clients only\n');
    else if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'metrics are read only\n');
    else if (request.url?.split('?')[0] !== '/metrics') answer(404, 'GET /metrics\n');
    else answer(200, text());
  });
  return {
    url: `http://${LOOPBACK}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isLocal({ host, origin }: IncomingHttpHeaders, port: number): boolean {
  const hosts = NAMES.map((name) => `${name}:${port}`);
  if (host === undefined || !hosts.includes(host)) return false;
  return origin === undefined || hosts.some((name) => origin === `http://${name}`);
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
