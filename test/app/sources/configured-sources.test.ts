/** What a configuration says of its sources, before any of them is asked. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isOnnxInstalled } from '../../../src/lib/adapters/sources/onnx-runtime.ts';
import { VIRTUAL_FILES } from '../../../src/lib/adapters/sources/read-file.ts';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { configuredSources } from '../../../src/lib/app/sources/configured-sources.ts';
import { sourceOf } from '../../../src/lib/app/sources/source-of.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { tempDir } from '../../support/temp-dir.ts';

const FILE = '[sources.desk]\nkind = "file"\npath = "a"\n';

function configured(text: string) {
  const directory = tempDir();
  const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
  writeFileSync(join(directory, 'config.toml'), `schema = "kmm/1"\n${text}`);
  return configuredSources(loadConfiguration({ environment: 'sim', host }));
}

it.each([
  '[fair]\nsource = "forecast:house"\n',
  '[fair]\nsource = "blend:0.3:forecast:house"\n',
  '[fair.series]\nKXHIGHNY = "forecast:house"\n',
])('a fair value from a source that is not there is refused: %j', (fair) => {
  expect(() => configured(`${fair}${FILE}`)).toThrow('forecast:house names no [sources.house]: configured are desk');
  expect(configured(`${fair.replace('house', 'desk')}${FILE}`)).toMatchObject([{ name: 'desk', refreshMs: 300_000 }]);
});

it.skipIf(isOnnxInstalled())('a model that cannot be run is refused with what to install', () => {
  const net = '[sources.net]\nkind = "onnx"\nmodel_file = "n.onnx"\nmanifest_file = "n.json"\n';
  expect(() => configured(net)).toThrow(
    expect.objectContaining({
      code: 'KMM_SOURCE_PACKAGE',
      next: expect.arrayContaining(['npm install onnxruntime-node@1.30.0']),
    }),
  );
});

it('a token that others may read is not sent', async () => {
  const tokenFile = join(tempDir(), 'token');
  writeFileSync(tokenFile, 'open-sesame', { mode: 0o644 });
  const source = sourceOf(
    { name: 'house', kind: 'http', refreshMs: 1_000, url: 'http://127.0.0.1:1/', tokenFile },
    VIRTUAL_FILES,
  );
  const asked = source.read(epochMs(1), { markets: [], signal: new AbortController().signal });
  await expect(asked).rejects.toMatchObject({ code: 'source_token' });
});
