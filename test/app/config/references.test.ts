import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { referenceKeys } from '../../../src/lib/app/references/keys.ts';
import { tempDir } from '../../support/temp-dir.ts';

function load(text: string) {
  const directory = join(tempDir(), 'work');
  mkdirSync(directory);
  writeFileSync(join(directory, 'config.toml'), `schema = "kmm/1"\n${text}\n`);
  const host = { directory, userHome: directory, systemFile: join(directory, 'none'), variables: {} };
  return { directory, ...loadConfiguration({ environment: 'sim', host }) };
}

function faultOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof KmmError) return `${error.code} ${error.what}`;
    throw error;
  }
  return 'nothing was refused';
}

describe('indices from outside the exchange', () => {
  it('are none where nothing is said', () => {
    expect(load('').references).toMatchObject({ indices: [], sources: [] });
  });

  it('are heard from the sources that are named, each by its own name for them', () => {
    const { references, directory } = load(
      '[references]\nsources_min = 2\n[references.indices]\nBRTI = ["coinbase", "kraken"]\nSPX = "polygon"\n' +
        '[references.polygon]\nkey_file = "polygon.key"',
    );
    expect(references).toEqual({
      rules: { ageMsMax: 2_000, outlierShare: 0.005 },
      indices: [
        { index: 'BRTI', symbols: { coinbase: 'BTC-USD', kraken: 'BTC/USD' }, sourcesMin: 2 },
        { index: 'SPX', symbols: { polygon: 'I:SPX' }, sourcesMin: 1 },
      ],
      sources: [
        { name: 'coinbase', url: 'wss://ws-feed.exchange.coinbase.com' },
        { name: 'kraken', url: 'wss://ws.kraken.com/v2' },
        { name: 'polygon', url: 'wss://socket.polygon.io/indices', keyFile: join(directory, 'polygon.key') },
      ],
    });
    // It goes to the trader's process as text.
    expect(JSON.parse(JSON.stringify(references))).toEqual(references);
  });

  it('of spot trades are noted as no index where average takes them for one', () => {
    const spot = '[references.indices]\nBRTI = ["kraken"]\n[fair]\nsource = "blend:0.3:average"\n';
    expect(load(spot).notes).toEqual([
      'BRTI from spot exchanges is not the index that settles: set fair.proxy_error_dollars',
    ]);
    expect(load(`${spot}proxy_error_dollars = 15`).notes).toEqual([]);
    expect(load('[references.indices]\nBRTI = ["kraken"]').notes).toEqual([]);
  });

  test.each([
    ['[references.indices]\nSPX = ["coinbase"]', 'coinbase has no SPX'],
    ['[references.indices]\nBRTI = ["binance"]', 'must be a list of coinbase, kraken, bitstamp, polygon'],
    ['[references.indices]\nBRTI = []', 'must be a list of'],
    ['[references.indices]\nSPX = ["polygon"]', 'references.polygon.key_file is not set'],
    [
      '[references.indices]\nBRTI = ["kraken"]\n[references.kraken]\nurl = "ws://example.com"',
      'must begin with wss://',
    ],
    ['[references.indices]\nBRTI = ["kraken"]\n[references.kraken]\nurl = "wss://a:b@example.com"', 'wss://'],
    ['[references.binance]\nurl = "wss://x.com"', 'unknown key references.binance'],
  ])('are refused when they cannot be had: %j', (text, named) => {
    expect(faultOf(() => load(text))).toContain(named);
  });

  it('have their key in a file for its owner alone', () => {
    const file = join(tempDir(), 'polygon.key');
    const keys = () =>
      referenceKeys({ ...load('').references, sources: [{ name: 'polygon', url: '', keyFile: file }] });
    expect(faultOf(keys)).toContain('KMM_REFERENCE_KEY references.polygon');
    writeFileSync(file, 'the-key-of-polygon\n', { mode: 0o600 });
    expect(keys()({ name: 'polygon' })).toBe('the-key-of-polygon');
    writeFileSync(file, 'two words\n');
    expect(faultOf(keys)).toContain('one line');
  });
});

describe('a series that is priced by the level of its index', () => {
  it('says so in a word, alone or within a blend', () => {
    const { parameters } = load('[fair.series]\nKXINXU = "index"\nKXINX = "blend:0.4:index"');
    const index = { kind: 'index-ladder', referenceAgeMsMax: 3_000 };
    expect(parameters.fairBySeries).toEqual({ KXINXU: index, KXINX: { kind: 'blend', weight: 0.4, model: index } });
  });
});
