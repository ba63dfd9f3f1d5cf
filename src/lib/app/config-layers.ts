/**
 * Where configuration comes from, strongest first: flags, KMM_* variables, ./config.toml, the user's file, /etc, the preset.
 *
 * A layer is what one source says, in the shape of a file, and knows where it says it. `--config FILE` replaces the three files.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { OPEN_TABLES, SCHEMA_NAME, schemaPaths, SIM_PRESET } from './config-schema.ts';
import { type Tree, treeOf } from './config-tree.ts';
import { KmmError } from './errors.ts';
import type { EnvironmentName, Variables } from './home.ts';
import { didYouMean } from './suggest.ts';
import { tomlPositions } from './toml-positions.ts';

/** Where one value was said. */
export type Origin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'preset' };

export interface Layer {
  readonly values: Tree;
  /** For a path that `values` has. */
  origin(path: readonly string[]): Origin;
}

/** A flag of a command that stands for a key: `{flag: '--strategy', key: 'quoter.strategy', value: 'as'}`. */
export interface ConfigurationFlag {
  readonly flag: string;
  readonly key: string;
  readonly value: string;
}

/** The machine as far as configuration looks at it. */
export interface Host {
  readonly directory: string;
  readonly variables: Variables;
  readonly userHome: string;
  readonly systemFile: string;
}

export function flagLayer(flags: readonly ConfigurationFlag[]): Layer {
  const names = new Map(flags.map((flag) => [flag.key, flag.flag]));
  return {
    values: treeOf(flags.map(({ key, value }) => [key.split('.'), value])),
    origin: (path) => ({ kind: 'flag', name: names.get(path.join('.')) ?? '' }),
  };
}

/** `quoting.lease_seconds` is `KMM_QUOTING_LEASE_SECONDS`. A variable of a known table with an unknown rest is refused. */
export function variableLayer(variables: Variables): Layer {
  const known = new Map(schemaPaths().filter(isSettable).map((path) => [variableOf(path), path]));
  const tables = new Set([...known.keys()].map(tableOf));
  const found: [readonly string[], string][] = [];
  for (const [name, value] of Object.entries(variables)) {
    const path = known.get(name);
    if (path !== undefined && value !== undefined) found.push([path, value]);
    else if (path === undefined && tables.has(tableOf(name))) {
      const hint = didYouMean(name, [...known.keys()]);
      throw new KmmError('KMM_CONFIG_UNKNOWN_KEY', `the variable ${name} stands for no key${hint}`);
    }
  }
  return { values: treeOf(found), origin: (path) => ({ kind: 'variable', name: variableOf(path) }) };
}

/** The preset; demo and prod get no limits and no markets from it. */
export function presetLayer(env: EnvironmentName): Layer {
  const { markets: _markets, risk: _risk, ...rest } = SIM_PRESET;
  return { values: env === 'sim' ? SIM_PRESET : { ...rest, markets: {}, risk: {} }, origin: () => ({ kind: 'preset' }) };
}

/** The files, strongest first. Notes say which one was left aside and why. Throws KMM_CONFIG_*. */
export function fileLayers(host: Host, only: string | undefined): { layers: readonly Layer[]; notes: readonly string[] } {
  if (only !== undefined) return { layers: [fileLayer(only, read(only, true) ?? '')], notes: [] };
  const layers: Layer[] = [];
  const notes: string[] = [];
  const local = join(host.directory, 'config.toml');
  const localText = read(local, false);
  if (localText !== undefined && MENTIONS_SCHEMA.test(localText)) layers.push(fileLayer(local, localText));
  else if (localText !== undefined) notes.push(`./config.toml is not read: it does not say schema = "${SCHEMA_NAME}"`);
  for (const file of [userFile(host), host.systemFile]) {
    const text = read(file, false);
    if (text !== undefined) layers.push(fileLayer(file, text));
  }
  return { layers, notes };
}

/** Told before parsing, because a stranger's ./config.toml need not even be valid. */
const MENTIONS_SCHEMA = /^\s*schema\s*=\s*["']kmm\//m;

function fileLayer(file: string, text: string): Layer {
  const values = parseToml(file, text);
  const positions = tomlPositions(text);
  if (values['schema'] !== SCHEMA_NAME) {
    const said = values['schema'] === undefined ? 'no schema' : `schema = ${JSON.stringify(values['schema'])}`;
    throw new KmmError('KMM_CONFIG_SCHEMA', `${file} says ${said}, and this kmm reads "${SCHEMA_NAME}"`);
  }
  return {
    values,
    origin(path) {
      for (let length = path.length; length > 0; length--) {
        const position = positions.get(path.slice(0, length).join('.'));
        if (position !== undefined) return { kind: 'file', file, ...position };
      }
      return { kind: 'file', file, line: 1, column: 1 };
    },
  };
}

function parseToml(file: string, text: string): Tree {
  try {
    return parse(text, { unsafeKeyBehaviour: 'throw' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
    throw new KmmError('KMM_CONFIG_SYNTAX', `${file}:${error.line}:${error.column}: ${reason}`, { cause: error });
  }
}

function userFile(host: Host): string {
  const own = host.variables['XDG_CONFIG_HOME'];
  return join(own !== undefined && own !== '' ? own : join(host.userHome, '.config'), 'kmm', 'config.toml');
}

function read(file: string, isRequired: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (!isRequired && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_CONFIG_UNREADABLE', `${file} cannot be read: ${reason}`, { cause: error });
  }
}

function isSettable(path: readonly string[]): boolean {
  return path.length > 1 && !OPEN_TABLES.includes(path[0] ?? '');
}

function variableOf(path: readonly string[]): string {
  return `KMM_${path.join('_').toUpperCase()}`;
}

/** `KMM_RISK_LOSS_…` → `KMM_RISK`. */
function tableOf(variable: string): string {
  return variable.split('_').slice(0, 2).join('_');
}
