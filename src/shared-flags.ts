/** Flags that several commands share, and the configuration keys that they stand for. */
import { Flags } from '@oclif/core';
import type { ConfigurationFlag } from './lib/app/config/config.ts';
import type { EnvironmentName } from './lib/app/config/home.ts';
import { KmmError } from './lib/app/errors/errors.ts';

/** Which embedded exchange. */
export const exchangeFlags = {
  'sim-url': Flags.string({ helpValue: 'URL', description: 'sim: an embedded exchange that runs already (loopback)' }),
  'key-id': Flags.string({ dependsOn: ['sim-url'], description: 'key for --sim-url' }),
  'key-file': Flags.string({ dependsOn: ['sim-url'], helpValue: 'FILE', description: 'private key for --sim-url' }),
};

/** The answer to a moderate step, given beforehand. */
export const yesFlag = { yes: Flags.boolean({ char: 'y', description: 'do not ask' }) };

/** The answer to a severe step, given beforehand. */
export const confirmFlag = {
  confirm: Flags.string({ helpValue: 'SUFFIX', description: 'the last four signs of the key id, instead of typing' }),
};

/** For every command that prints times. */
export const utcFlag = { utc: Flags.boolean({ description: 'show times in UTC instead of Eastern time' }) };

/** For scripts that do not read JSON. */
export const plainFlag = {
  plain: Flags.boolean({ exclusive: ['json'], description: 'one record per line, all columns, tabs between them' }),
};

/** How quotes are made. */
export const quoterFlags = {
  strategy: Flags.string({ options: ['as', 'cara', 'glft', 'regime'], description: 'how quotes are made' }),
  fair: Flags.string({
    helpValue: 'micro|mid|average|forecast:NAME|fixed:P|blend:W:MODEL',
    description: 'where the fair value comes from',
  }),
};

/** Opens a stored key. The passphrase itself is never a flag's value: others can read the command line. */
export const passphraseFlag = {
  'passphrase-file': Flags.string({
    helpValue: 'FILE',
    description: 'a file (mode 0400) whose one line opens the key; else the configured one, a credential, or a prompt',
  }),
};

/** The same as a layer of the configuration of one environment. */
export function passphraseFlags(
  flags: { readonly 'passphrase-file'?: string | undefined },
  environment: EnvironmentName,
): ConfigurationFlag[] {
  const value = flags['passphrase-file'];
  return value === undefined ? [] : [{ flag: '--passphrase-file', key: `${environment}.passphrase_file`, value }];
}

/** Every `--set KEY=VALUE` as a layer of the configuration. Throws KMM_USAGE. */
export function setFlags(set: readonly string[]): ConfigurationFlag[] {
  return set.map((text) => {
    const [, key, value] = /^([a-z_0-9.]+)=(.*)$/.exec(text) ?? [];
    if (key === undefined || value === undefined) throw new KmmError('KMM_USAGE', `--set ${text} is not KEY=VALUE`);
    return { flag: `--set ${key}`, key, value };
  });
}

const KEYS: Readonly<Record<string, string>> = {
  markets: 'markets.tickers',
  auto: 'selection.auto_markets_max',
  strategy: 'quoter.strategy',
  fair: 'fair.source',
  'sim-url': 'sim.url',
  'key-id': 'sim.key_id',
  'key-file': 'sim.key_file',
};

/** The flags that were given, as the strongest layer of the configuration. */
export function configurationFlags(flags: Readonly<Record<string, unknown>>): ConfigurationFlag[] {
  return Object.entries(KEYS).flatMap(([flag, key]) => {
    const value = flags[flag];
    return typeof value === 'string' ? [{ flag: `--${flag}`, key, value }] : [];
  });
}
