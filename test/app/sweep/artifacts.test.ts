/** What a sweep leaves in S3-compatible storage, and recordings that workers elsewhere bring from there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bring, bucketOf, handOver } from '../../../src/lib/app/sweep/artifacts.ts';
import { FileFinder, jobFile } from '../../../src/lib/app/sweep/manifest.ts';
import { KEY_ID, SECRET, startObjectServer } from '../../support/object-server.ts';
import { sweepIn, writeSpec } from '../../support/sweep-bench.ts';
import { tempDir } from '../../support/temp-dir.ts';

const variables = (endpoint: string) => ({
  ...{
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: KEY_ID,
    AWS_SECRET_ACCESS_KEY: SECRET,
  },
});

async function withVariables<Answer>(
  more: Readonly<Record<string, string>>,
  act: () => Promise<Answer>,
): Promise<Answer> {
  const outer = { ...process.env };
  Object.assign(process.env, more);
  try {
    return await act();
  } finally {
    process.env = outer;
  }
}

describe('a sweep with --out s3://', () => {
  test('leaves its table and summary there, and every result here', async () => {
    const server = await startObjectServer();
    const folder = tempDir();
    writeSpec(folder);
    const { written, folder: kept } = await withVariables(variables(server.endpoint), () =>
      sweepIn(folder, { out: 's3://kmm/sweeps/small' }),
    );
    const names = ['spec.toml', 'settings.csv', 'summary.json'];
    expect(written).toEqual(names.map((name) => `s3://kmm/sweeps/small/${name}`));
    expect([...server.objects.keys()]).toEqual(names.map((name) => `/kmm/sweeps/small/${name}`));
    expect(JSON.parse(String(server.objects.get('/kmm/sweeps/small/summary.json')))).toMatchObject({
      name: 'small',
      done: 12,
    });
    expect(kept).toBe(join(folder, 'sweeps/small'));
  });

  test('keeps every result when the storage refuses, says so without the secret, and is done once it does not', async () => {
    const server = await startObjectServer();
    const folder = tempDir();
    writeSpec(folder);
    const wrong = { ...variables(server.endpoint), AWS_SECRET_ACCESS_KEY: 'a-wrong-secret' };
    const out = 's3://kmm/small';
    const refused = withVariables(wrong, () => sweepIn(folder, { out }));
    await expect(refused).rejects.toMatchObject({
      code: 'KMM_ARTIFACTS',
      what: expect.stringContaining('SignatureDoesNotMatch'),
    });
    await expect(refused).rejects.toMatchObject({ what: expect.not.stringContaining('secret') });
    expect((await withVariables(variables(server.endpoint), () => sweepIn(folder, { out }))).ran).toEqual([]);
  });
});

describe('credentials', () => {
  test('may be files that variables name', async () => {
    const server = await startObjectServer();
    const file = join(tempDir(), 'secret');
    writeFileSync(file, `${SECRET}\n`);
    const { AWS_SECRET_ACCESS_KEY: _, ...rest } = variables(server.endpoint);
    const bucket = bucketOf('s3://kmm', { ...rest, AWS_SECRET_ACCESS_KEY_FILE: file });
    expect(await bucket.put('a', Buffer.from('a'), 'text/plain')).toBeUndefined();
  });

  test.each([
    ['s3://kmm/x', {}, 'KMM_ARTIFACTS', 'neither AWS_ACCESS_KEY_ID nor AWS_ACCESS_KEY_ID_FILE is set'],
    ['s3://kmm/x', { ...variables('nowhere') }, 'KMM_ARTIFACTS', 'AWS_ENDPOINT_URL nowhere is no URL'],
    ['s3://', variables('http://x'), 'KMM_USAGE', 's3:// is no s3://bucket/prefix'],
  ])('%s with %o is refused', (url, given, code, what) => {
    expect(() => bucketOf(url, given)).toThrow(expect.objectContaining({ code, what }));
  });
});

test('a recording is handed over once, and brought under its digest where it is not', async () => {
  const server = await startObjectServer();
  const bucket = bucketOf('s3://kmm/small', variables(server.endpoint));
  const [here, there] = [tempDir(), tempDir()];
  writeSpec(here);
  const file = await jobFile('data', join(here, 'a.ndjson'));
  await handOver(bucket, file);
  await handOver(bucket, file);
  expect(server.requests.filter((one) => one.startsWith('PUT'))).toHaveLength(1);
  const finder = new FileFinder({ fetch: (one) => bring(bucket, there, one) });
  const path = await finder.find({ ...file, path: '/nowhere/a.ndjson' });
  expect(path).toBe(join(there, file.sha256));
  expect(readFileSync(path, 'utf8')).toBe('recording a\n');
  const lacking = { ...file, path: '/nowhere/b.ndjson', sha256: 'f'.repeat(64) };
  await expect(finder.find(lacking)).rejects.toMatchObject({ code: 'KMM_SWEEP_DATA' });
});
