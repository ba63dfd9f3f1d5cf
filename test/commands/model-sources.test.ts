/** docs/forecasts.md carried out: its configuration, its document and its manifest are taken in as they stand there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manifestFrom } from '../../src/lib/adapters/sources/onnx-manifest.ts';
import { serveSim } from '../../src/lib/app/sim/sim-serve.ts';
import { FEATURES } from '../../src/lib/core/fair-value/market-features.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { type Here, jsonHere, kmmHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';
import { tempDir } from '../support/temp-dir.ts';

const PAGE = readFileSync(new URL('../../docs/forecasts.md', import.meta.url), 'utf8');
const TOML = /```toml\n([^`]+)```/.exec(PAGE)?.[1] ?? '';
const [DOCUMENT = '', MANIFEST = ''] = [...PAGE.matchAll(/```json\n([^`]+)```/g)].map(([, text]) => text ?? '');

function here(config = TOML): Here & { readonly write: (text: string) => void } {
  const directory = tempDir();
  writeFileSync(join(directory, 'config.toml'), `schema = "kmm/1"\n${config}`);
  const write = (text: string) => writeFileSync(join(directory, 'desk.json'), text);
  return { directory, variables: {}, write };
}

/** As if it had been written a moment ago. */
function fresh(at = Date.now() - 1_000): string {
  return DOCUMENT.replace(/"made_at": "[^"]+"/, `"made_at": "${new Date(at).toISOString()}"`);
}

it('kmm model sources says what each says, in words and as an object', async () => {
  const place = here();
  place.write(fresh());
  const { exit, stdout } = await kmmHere(place, ['model', 'sources']);
  expect(exit).toBe(0);
  expect(stdout).toMatch(/^desk {2}file \S+desk\.json, every 300 s\n {2}now {5}\S+ 4 forecasts\n/);
  expect(stdout).toMatch(
    /KXHIGHNY-26NOV29 {2}normal 48\.2, sd 1\.9, doubt 0\.4, data .* old, until 2026-11-30 00:00:00 ET\n/,
  );
  expect(stdout).toContain('KXFED  refused: the committee meets today');
  const { records } = await jsonHere(place, ['model', 'sources']);
  expect(records).toMatchObject([
    {
      ...{ type: 'sources', schemaVersion: 1, env: 'sim' },
      sources: [{ name: 'desk', kind: 'file', about: null, problem: null, trader: null, refreshSeconds: 300 }],
    },
  ]);
  expect(records[0]?.sources[0].forecasts).toHaveLength(4);
  expect(records[0]?.sources[0].forecasts[2].says.standardError).toBeCloseTo(0.0306, 4);
});

it('kmm model sources ticks nothing that is too old to price with, or over', async () => {
  const place = here(`${TOML}\n[fair]\nforecast_age_seconds_max = 60\n`);
  place.write(fresh(Date.now() - 120_000));
  const { stdout } = await kmmHere(place, ['model', 'sources']);
  expect(stdout).toMatch(
    /now {5}✗ 4 forecasts, 3 of them not to be priced with: what desk expects is 12\d s old \(forecast_stale\)\n/,
  );
  expect(stdout).toMatch(/KXHIGHNY-26NOV29 .*; ✗ what desk expects is 12\d s old/);
  const { records } = await jsonHere(place, ['model', 'sources']);
  expect(records[0]?.sources[0].forecasts.map(({ over }: Json) => over?.code ?? null)).toEqual([
    ...['forecast_stale', 'forecast_stale', 'forecast_stale', null],
  ]);
});

it('kmm model sources says what is wrong with one, and where none is configured', async () => {
  const place = here();
  const none = await kmmHere(place, ['model', 'sources']);
  expect([none.exit, none.stdout]).toEqual([0, expect.stringContaining('there is no such file (source_unreadable)')]);
  place.write('<html>');
  expect((await kmmHere(place, ['model', 'sources'])).stdout).toContain('HTML came (source_not_json)');
  expect((await kmmHere(here(''), ['model', 'sources'])).stderr).toContain('no source is configured here');
});

it('kmm model sources says that the data directory is a file, and whoever asks who runs finds nobody', async () => {
  const place = here();
  writeFileSync(join(place.directory, 'data'), 'no directory');
  const { exit, records } = await jsonHere(place, ['model', 'sources']);
  expect([exit, records[0].error.code, records[0].error.message]).toEqual([
    ...[3, 'KMM_HOME'],
    expect.stringContaining(`${place.directory}/data is a file, and the data directory is to be there`),
  ]);
  for (const words of [['status'], ['config', 'reload'], ['quote', 'KXBTC15M']]) {
    const ended = await jsonHere(place, words);
    expect(ended.records[0]?.error?.code, words.join(' ')).not.toBe('KMM_BUG');
  }
});

it('kmm quote is priced by it, and says why it is not', async () => {
  const keyDirectory = join(tempDir(), 'keys');
  mkdirSync(keyDirectory, { mode: 0o700 });
  const startAt = epochMs(Date.UTC(2026, 10, 20, 15, 1));
  const world = { seed: 'a look', background: [], startAt };
  const served = await serveSim({ ...world, port: 0, speed: 1, keyKind: 'ed25519', keyDirectory });
  try {
    const { rest, keyId, privateKeyFile } = served.listening;
    const on = ['--sim-url', rest, '--key-id', keyId, '--key-file', privateKeyFile];
    const place = here('[sources.desk]\nkind = "file"\npath = "desk.json"\n[skew_cents]\n');
    const quote = ['quote', 'KXBTC15M', '--fair', 'forecast:desk', ...on];
    const said = [{ about: 'KXBTC15M', probability: 0.61, standard_error: 0.02, reasons: ['a hunch'] }];
    place.write(JSON.stringify({ ...JSON.parse(fresh(startAt)), forecasts: said }));
    const { stdout } = await kmmHere(place, quote);
    expect(stdout).toMatch(/fair {6}61\.0\S* \S+2\.0 [\s\S]*desk[\s\S]*desk 2026-11-29a[\s\S]*a hunch\n/);
    place.write('{"schema": "kmm-forecast/9"}');
    expect((await kmmHere(place, quote)).stdout).toContain(
      'gate      source_version: desk: its schema is "kmm-forecast/9"',
    );
    const unknown = await kmmHere(place, ['quote', 'KXBTC15M', '--fair', 'forecast:house', ...on]);
    expect([unknown.exit, unknown.stderr]).toEqual([2, expect.stringContaining('KMM_SOURCE_UNKNOWN')]);
    expect(unknown.stderr).toContain('configured are desk');
  } finally {
    await served.close();
  }
});

it('a view of one’s own moves the reservation price by so many cents, and quote says so', async () => {
  const keyDirectory = join(tempDir(), 'keys');
  mkdirSync(keyDirectory, { mode: 0o700 });
  const world = { seed: 'a look', background: [], startAt: epochMs(Date.UTC(2026, 10, 20, 15, 1)) };
  const served = await serveSim({ ...world, port: 0, speed: 1, keyKind: 'ed25519', keyDirectory });
  try {
    const { rest, keyId, privateKeyFile } = served.listening;
    const quote = [
      'quote',
      'KXBTC15M',
      '--fair',
      'fixed:0.5',
      '--sim-url',
      rest,
      '--key-id',
      keyId,
      '--key-file',
      privateKeyFile,
    ];
    const plain = (await jsonHere(here(''), quote)).records[0]?.markets[0];
    const skewed = here(`[skew_cents]\n"${plain.ticker}" = 1.5\n`);
    const { records } = await jsonHere(skewed, quote);
    expect(records[0]?.markets[0].reservation - plain.reservation).toBeCloseTo(0.015, 9);
    expect((await kmmHere(skewed, quote)).stdout).toMatch(/reservation 51\.5 \S+ \+1\.50 by hand/);
  } finally {
    await served.close();
  }
});

it('the manifest of the page is one, and the page names every figure', () => {
  const { trained_at: trained } = JSON.parse(MANIFEST);
  expect(manifestFrom(MANIFEST, epochMs(Date.parse(trained) + 1))).toMatchObject({
    model: 'net',
    outputIs: 'log_odds',
  });
  for (const name of Object.keys(FEATURES)) expect(PAGE).toContain(`\`${name}\``);
});
