/** A small S3: objects by their paths, requests refused unless their signature is right, and bad days on demand. */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export const KEY_ID = 'TESTKEYID';
export const SECRET = 'a-secret/that+nobody=sees';

export interface ObjectServer {
  readonly endpoint: string;
  readonly objects: Map<string, Buffer>;
  /** The next so many requests are answered with 503. */
  failures: number;
  readonly requests: string[];
}

export async function startObjectServer(): Promise<ObjectServer> {
  const objects = new Map<string, Buffer>();
  const state = { failures: 0, requests: [] as string[] };
  const answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? '');
    state.requests.push(`${request.method} ${path}`);
    const end = (status: number, text: string | Buffer = '') => response.writeHead(status).end(text);
    if (state.failures > 0) {
      state.failures--;
      return end(503, '<Error><Code>SlowDown</Code></Error>');
    }
    if (!isSigned(request, body)) return end(403, '<Error><Code>SignatureDoesNotMatch</Code></Error>');
    if (request.method === 'PUT') {
      objects.set(path, body);
      return end(200);
    }
    const found = objects.get(path);
    return found === undefined ? end(404, '<Error><Code>NoSuchKey</Code></Error>') : end(200, found);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => answer(request, Buffer.concat(chunks), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, { endpoint, objects });
}

/** Worked out anew from the request as it came, after the published description. */
function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const said =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=(\w{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (said === null) return false;
  const [, id, day = '', region = '', names = '', signature] = said;
  const digest = createHash('sha256').update(body).digest('hex');
  const time = String(request.headers['x-amz-date']);
  if (id !== KEY_ID || digest !== request.headers['x-amz-content-sha256'] || !time.startsWith(day)) return false;
  if (!names.split(';').includes('host')) return false;
  let text = `${request.method}\n${request.url}\n\n`;
  for (const name of names.split(';')) text += `${name}:${request.headers[name]}\n`;
  text += `\n${names}\n${digest}`;
  const hashed = createHash('sha256').update(text).digest('hex');
  const mac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest();
  const key = mac(mac(mac(mac(`AWS4${SECRET}`, day), region), 's3'), 'aws4_request');
  return (
    mac(key, `AWS4-HMAC-SHA256\n${time}\n${day}/${region}/s3/aws4_request\n${hashed}`).toString('hex') === signature
  );
}
