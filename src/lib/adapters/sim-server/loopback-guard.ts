/**
 * Keeps web pages out of a server on loopback: a Host that is not this server's name, or an Origin that is not this
 * server, is refused before anything is read (reliability.md 8, S10). No CORS headers are ever sent.
 */
import type { IncomingHttpHeaders } from 'node:http';

const NAMES = ['127.0.0.1', 'localhost'];

export function isLocalRequest(headers: IncomingHttpHeaders, port: number): boolean {
  const hosts = NAMES.map((name) => `${name}:${port}`);
  if (headers.host === undefined || !hosts.includes(headers.host)) return false;
  const { origin } = headers;
  return origin === undefined || hosts.some((host) => origin === `http://${host}`);
}
