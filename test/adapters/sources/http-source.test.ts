/** A source that is somebody's server: what it answers is a document or a refusal, and one that is silent says so. */
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { httpSource } from '../../../src/lib/adapters/sources/http-source.ts';
import { LIVE_FILES, VIRTUAL_FILES } from '../../../src/lib/adapters/sources/read-file.ts';
import { SourceProblem } from '../../../src/lib/core/reference/source-problem.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOW = epochMs(Date.UTC(2026, 10, 29, 9, 0, 30));
const DOCUMENT = JSON.stringify({
  ...{ schema: 'kmm-forecast/1', model: 'house', version: '1', made_at: '2026-11-29T09:00:00Z' },
  forecasts: [{ about: 'KXHIGHNY', probability: 0.4, standard_error: 0.1 }],
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/forecast`;
}

async function said(url: string, signal = new AbortController().signal, token?: () => string): Promise<string> {
  const source = httpSource({ url, ...(token !== undefined && { token }) });
  try {
    return `${(await source.read(NOW, { markets: [], signal })).length} forecasts`;
  } catch (error) {
    if (error instanceof SourceProblem) return `${error.code}: ${error.message}`;
    throw error;
  }
}

it('is asked with its token, and takes a document', async () => {
  const tokens: unknown[] = [];
  const url = await serve(({ headers }, response) => {
    tokens.push(headers.authorization);
    response.end(DOCUMENT);
  });
  expect(await said(url, undefined, () => 'open-sesame')).toBe('1 forecasts');
  expect(await said(url)).toBe('1 forecasts');
  expect(tokens).toEqual(['Bearer open-sesame', undefined]);
});

it.each([
  [200, '<html>login</html>', 'source_not_json: a forecast document in JSON was expected, and HTML came'],
  [401, '', 'source_refuses: it answers status 401'],
  [302, '', 'source_refuses: it answers status 302'],
  [429, '', 'source_silent: it answers status 429'],
  [503, '<html>', 'source_silent: it answers status 503'],
  [200, `"${'x'.repeat(2 * 1_024 * 1_024)}"`, 'source_too_large: the answer is larger than 2048 KiB'],
])('status %i with %.20s… is %s', async (status, body, answer) => {
  const url = await serve((_, response) => {
    response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(body);
  });
  expect(await said(url)).toBe(answer);
});

it('is silent when nobody listens, and when it is given up; its address stands in no reason', async () => {
  const url = await serve((_, response) => {
    response.write('{');
  });
  const given = new AbortController();
  setImmediate(() => given.abort());
  expect(await said(url, given.signal)).toBe('source_silent: it did not answer in time');
  expect(await said('http://127.0.0.1:1/secret-path')).toBe('source_silent: nobody listens there');
});

it.each([
  ['live', LIVE_FILES],
  ['virtual', VIRTUAL_FILES],
])('a file is read as long as it may be, and its stamp tells another (%s)', async (_, files) => {
  const directory = tempDir();
  const path = join(directory, 'said.json');
  const reason = (at: string, bytes = 100) => files.read(at, bytes).catch((error: Error) => error.message);
  expect(await files.stamp(path)).toBe('none');
  expect(await reason(path)).toBe(`${path}: there is no such file`);
  expect(await reason(directory)).toBe(`${directory} is no file`);
  writeFileSync(path, 'abc');
  const before = await files.stamp(path);
  expect(String(await files.read(path, 3))).toBe('abc');
  expect(await reason(path, 2)).toContain('is larger than');
  writeFileSync(path, 'abcd');
  expect(await files.stamp(path)).not.toBe(before);
});
