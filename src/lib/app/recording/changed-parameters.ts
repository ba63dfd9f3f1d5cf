/** Keys of a session's configuration with other values, and what that makes of the parameters it ran with. */
import type { Parameters } from '../../core/parameters.ts';
import { type ConfigurationEntry, parametersFrom } from '../config/config.ts';
import { readRecordedConfig } from '../config/recorded-config.ts';
import { KmmError } from '../errors/errors.ts';
import { leafChanges } from './replay-result.ts';

/** A key of the configuration and its value, as typed. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

export interface ChangedKey extends Setting {
  /** Null: it was not said. */
  readonly recorded: unknown;
}

export interface ParametersSet {
  readonly keys: readonly ChangedKey[];
  /** Everything that no key touches stays, also what is in no configuration, such as the armed exposure. */
  apply(was: Parameters): Parameters;
}

/** @param config of the header of `tape`. Throws KMM_USAGE, KMM_CONFIG_UNKNOWN_KEY, KMM_CONFIG_VALUE. */
export function changedParameters(
  config: string | undefined,
  settings: readonly Setting[],
  tape: string,
): ParametersSet {
  const recorded = readRecordedConfig(config);
  if (recorded === undefined) {
    throw new KmmError(
      'KMM_USAGE',
      `${tape} does not say with which configuration it ran, so no key of it can be set`,
      {
        next: [`kmm backtest run --data ${tape} --set KEY=VALUE`],
      },
    );
  }
  const origin = { kind: 'variable', name: tape } as const;
  const entries: readonly ConfigurationEntry[] = recorded.map((entry) => ({ ...entry, origin }));
  const set = new Map(settings.map((setting) => [setting.key, setting]));
  const changed: readonly ConfigurationEntry[] = [
    ...entries.filter(({ key }) => !set.has(key)),
    ...[...set.values()].map(({ key, value }) => ({
      ...{ key, value },
      origin: { kind: 'flag', name: `--set ${key}` } as const,
    })),
  ];
  const changes = leafChanges(parametersFrom(entries), parametersFrom(changed));
  const values = new Map(recorded.map(({ key, value }) => [key, value]));
  return {
    keys: [...set.values()].map(({ key, value }) => ({ key, value, recorded: values.get(key) ?? null })),
    apply: (was) => changes.reduce<Parameters>((made, { path, to }) => withLeaf(made, path.split('.'), to), was),
  };
}

function withLeaf<Value>(value: Value, [name, ...rest]: readonly string[], leaf: unknown): Value {
  if (name === undefined) return leaf as Value;
  const table = value as Readonly<Record<string, unknown>>;
  return { ...table, [name]: withLeaf(table[name], rest, leaf) } as Value;
}
