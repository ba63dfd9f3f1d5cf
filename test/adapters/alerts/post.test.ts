/** F43: one attempt against a server that is down, slow, wrong or hostile. What it comes to is a value; nothing is resent. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { poster } from '../../../src/lib/adapters/alerts/post.ts';
import { replyOf } from '../../../src/lib/adapters/alerts/reply.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { type Answer, hang, reset, status, webhookServer } from '../../support/webhook-server.ts';

const OPENSSL = '/usr/bin/openssl';
const post = poster(undefined, { connect: 400, request: 400 });
const SECRET = 'T0P-s3cret-t0ken';

async function posted(answer: Answer) {
  const server = await webhookServer();
  server.answer(answer);
  const reply = await post({ method: 'POST', address: `${server.address}/${SECRET}`, body: '{"a":1}' });
  return { reply, got: server.got };
}

describe('one attempt (F43)', () => {
  it('posts the body once, as JSON', async () => {
    const { reply, got } = await posted(status(204));
    expect(reply).toEqual({ kind: 'delivered', status: 204 });
    expect(got).toMatchObject([{ method: 'POST', path: `/${SECRET}`, body: { a: 1 } }]);
    expect(got[0]?.headers['content-type']).toBe('application/json');
  });

  it.each<[string, Answer, object]>([
    ['500', status(500), { kind: 'later', status: 500 }],
    ['503 with a time', status(503, { 'retry-after': '7' }), { kind: 'later', afterMs: 7_000 }],
    ['429 with a header', status(429, { 'retry-after': '2' }), { kind: 'later', afterMs: 2_000 }],
    ['429 of Discord', status(429, {}, '{"retry_after":1.2345,"global":false}'), { kind: 'later', afterMs: 1_235 }],
    ['429 with both', status(429, { 'retry-after': '2' }, '{"retry_after":3.5}'), { kind: 'later', afterMs: 3_500 }],
    ['429 with nonsense', status(429, { 'retry-after': 'soon' }, '{"retry_after":"x"'), { kind: 'later', status: 429 }],
    ['400', status(400, {}, 'no'), { kind: 'refused', status: 400 }],
    ['404', status(404), { kind: 'refused', reason: 'HTTP 404: there is no such webhook' }],
    ['a redirect', status(307, { location: 'http://127.0.0.1:1/' }), { kind: 'refused', status: 307 }],
    ['a connection that breaks', reset, { kind: 'later', reason: 'the connection was reset' }],
    ['no answer at all', hang, { kind: 'later' }],
    [
      'an answer without an end',
      (response) => void response.writeHead(200).write('x'),
      { kind: 'delivered', status: 200 },
    ],
  ])('is not repeated after %s', async (_what, answer, wanted) => {
    const { reply, got } = await posted(answer);
    expect(reply).toMatchObject(wanted);
    expect(got).toHaveLength(1);
    expect(JSON.stringify(reply)).not.toContain(SECRET);
  });

  it('reads of an answer without end only what tells that it was taken', async () => {
    let megabytes = 0;
    const { reply } = await posted((response) => {
      const block = Buffer.alloc(1_000_000, 65);
      const pour = () => {
        for (let room = true; room && !response.destroyed; megabytes += 1) room = response.write(block);
        response.once('drain', pour);
      };
      response.writeHead(200, { 'content-encoding': 'gzip' });
      pour();
    });
    expect(reply).toEqual({ kind: 'delivered', status: 200 });
    // What the system's own buffers hold; the bound of the attempt would let some hundred through.
    expect(megabytes).toBeLessThan(20);
  });

  it('that finds nobody, or no TLS, says which, and not where', async () => {
    const server = await webhookServer();
    const secure = await post({
      method: 'POST',
      address: server.address.replace('http', 'https') + SECRET,
      body: '{}',
    });
    const nobody = await post({ method: 'GET', address: `http://127.0.0.1:1/${SECRET}` });
    expect([secure.kind, nobody]).toEqual(['later', { kind: 'later', reason: 'nobody listens there' }]);
    expect(JSON.stringify(secure)).not.toContain(SECRET);
    expect(server.got).toEqual([]);
  });

  it.skipIf(!existsSync(OPENSSL))('does not speak to a certificate that nobody vouches for', async () => {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(tempDir(), name)) as [string, string];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost'];
    execFileSync(OPENSSL, ['req', '-x509', ...kind, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    const server = await webhookServer(
      (listener) => createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, listener) as never,
    );
    const address = server.address.replace('http://127.0.0.1', 'https://localhost');
    const reply = await post({ method: 'POST', address, body: '{}' });
    expect(reply).toEqual({ kind: 'later', reason: 'its certificate is self-signed' });
    expect(server.got).toEqual([]);
  });

  it('ends when whoever asked is stopped', async () => {
    const stopping = new AbortController();
    const server = await webhookServer();
    server.answer(hang);
    const reply = poster(stopping.signal)({ method: 'POST', address: server.address, body: '{}' });
    await expect.poll(() => server.got.length).toBe(1);
    stopping.abort();
    expect((await reply).kind).toBe('later');
  });
});

it('a time to wait may be a date', () => {
  const now = Date.UTC(2026, 10, 20, 12);
  const headers = { 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' };
  expect(replyOf(503, headers, '', now)).toMatchObject({ kind: 'later', afterMs: 30_000 });
  expect(replyOf(503, { 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, '', now)).not.toHaveProperty('afterMs');
});
