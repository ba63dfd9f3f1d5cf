/** Which indices are heard from outside the exchange, from whom, and what is believed of them: the table `[references]`. */
import type { MedianRules } from '../../core/reference/reference-median.ts';
import { pathOf } from '../config/access.ts';
import type { Layers } from '../config/config-layers.ts';
import { REFERENCE_SOURCES, type ReferenceSource } from '../config/config-leaves.ts';
import type { ConfigValues } from '../config/config-schema.ts';
import { KmmError } from '../errors/errors.ts';

export interface ReferenceSettings {
  readonly rules: Omit<MedianRules, 'sourcesMin'>;
  readonly indices: readonly ReferenceIndex[];
  /** Those that some index names. */
  readonly sources: readonly SourcePlace[];
}

export interface ReferenceIndex {
  readonly index: string;
  /** By source, what it calls the index. */
  readonly symbols: Readonly<Partial<Record<SourceName, string>>>;
  readonly sourcesMin: number;
}

/** `sim`: the embedded exchange's own feed, which no configuration names (simulated.ts). */
export type SourceName = ReferenceSource | 'sim';

/** Fixed at one moment, and streamed as it is; spot trades stand for an index that nobody streams. */
export function isOfLevel({ symbols }: Pick<ReferenceIndex, 'symbols'>): boolean {
  return symbols.polygon !== undefined || symbols.sim !== undefined;
}

export interface SourcePlace {
  readonly name: SourceName;
  readonly url: string;
  /** Absolute. */
  readonly keyFile?: string;
}

/** What each source calls an index. Spot prices stand for the real-time indices of the same coin, and are not those. */
const SYMBOLS: Readonly<Record<ReferenceSource, Readonly<Record<string, string>>>> = {
  coinbase: coins((coin) => `${coin}-USD`),
  kraken: coins((coin) => `${coin}/USD`),
  bitstamp: coins((coin) => `${coin.toLowerCase()}usd`),
  polygon: { SPX: 'I:SPX', NDX: 'I:NDX' },
};

/** Throws KMM_CONFIG_VALUE for an index that a source does not have, an address that is none, and a key that is missing. */
export function referenceSettingsOf(
  { references }: Pick<ConfigValues, 'references'>,
  layers: Layers,
): ReferenceSettings {
  const indices = Object.entries(references.indices).map(([index, names]): ReferenceIndex => {
    const symbols = Object.fromEntries(names.map((name) => [name, symbolOf(name, index)]));
    return { index, symbols, sourcesMin: Math.min(references.sources_min, names.length) };
  });
  const named = REFERENCE_SOURCES.filter((name) => indices.some(({ symbols }) => symbols[name] !== undefined));
  return {
    rules: { ageMsMax: references.age_seconds_max, outlierShare: references.outlier_percent_max / 10_000 },
    indices,
    sources: named.map((name) => placeOf(name, references, layers)),
  };
}

function placeOf(name: ReferenceSource, references: ConfigValues['references'], layers: Layers): SourcePlace {
  const { url, key_file: keyFile }: { readonly url: string; readonly key_file?: string | undefined } = references[name];
  if (!isUsable(url)) {
    throw new KmmError('KMM_CONFIG_VALUE', `references.${name}.url must begin with wss:// (ws:// only on loopback)`);
  }
  if (name !== 'polygon') return { name, url };
  if (keyFile === undefined) {
    throw new KmmError('KMM_CONFIG_VALUE', `references.polygon.key_file is not set: the path of a file with its key`);
  }
  return { name, url, keyFile: pathOf(keyFile, ['references', name, 'key_file'], layers) };
}

function symbolOf(name: ReferenceSource, index: string): string {
  const symbol = SYMBOLS[name][index];
  if (symbol !== undefined) return symbol;
  const known = Object.keys(SYMBOLS[name]).join(', ');
  throw new KmmError('KMM_CONFIG_VALUE', `references.indices.${index}: ${name} has no ${index}; it has ${known}`);
}

function isUsable(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return false;
  return (
    parsed.protocol === 'wss:' ||
    (parsed.protocol === 'ws:' && /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(parsed.hostname))
  );
}

function coins(symbol: (coin: string) => string): Readonly<Record<string, string>> {
  return {
    BRTI: symbol('BTC'),
    ...Object.fromEntries(['ETH', 'SOL', 'XRP', 'DOGE'].map((coin) => [`${coin}USD_RTI`, symbol(coin)])),
  };
}
