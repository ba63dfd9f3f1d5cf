/**
 * Where configuration comes from, strongest first: flags, KMM_* variables, ./config.toml, the user's file, /etc, the preset.
 *
 * A layer is what one source says, in the shape of a file, and knows where it says it.
 */
import { homedir } from 'node:os';
import { KmmError } from '../errors/errors.ts';
import { didYouMean } from '../markets/suggest.ts';
import { fileLayers } from './config-files.ts';
import { OPEN_TABLES, SIM_PRESET, schemaPaths } from './config-schema.ts';
import { mergedTree, type Tree, treeOf, valueAt } from './config-tree.ts';
import type { EnvironmentName, Variables } from './home.ts';
import { presetBesideSim } from './selection.ts';

/** Where one value was said. */
export type Origin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'preset' };

/** What one source says. */
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

/** The machine, as far as configuration looks at it. */
export interface Host {
  readonly directory: string;
  readonly variables: Variables;
  readonly userHome: string;
  readonly systemFile: string;
}

export interface LayersRequest {
  readonly environment: EnvironmentName;
  readonly flags?: readonly ConfigurationFlag[];
  /** `--config`: this file and no other. */
  readonly file?: string;
  readonly host?: Host;
}

/** All layers as one tree, not checked yet. */
export interface Layers {
  readonly tree: Tree;
  /** The strongest layer that says anything at this path. */
  origin(path: readonly string[]): Origin;
  /** What was left aside, for stderr. */
  readonly notes: readonly string[];
  readonly host: Host;
  /** When the numbers were fitted that took the place of "fitted", ms; absent: none did. */
  readonly fittedAt?: number;
}

/** Throws KMM_CONFIG_UNREADABLE, KMM_CONFIG_SYNTAX, KMM_CONFIG_SCHEMA. */
export function openLayers(request: LayersRequest): Layers {
  const host = request.host ?? thisHost();
  const files = fileLayers(host, request.file);
  const typed = [flagLayer(request.flags ?? []), variableLayer(host.variables)];
  const isFairTyped = typed.some(({ values }) => valueAt(values, ['fair', 'source']) !== undefined);
  const layers = [...typed, ...files.layers, presetLayer(request.environment, isFairTyped)];
  return {
    tree: layers.reduceRight<Tree>((under, layer) => mergedTree(under, layer.values), {}),
    origin: (path) =>
      layers.find(({ values }) => valueAt(values, path) !== undefined)?.origin(path) ?? { kind: 'preset' },
    notes: files.notes,
    host,
  };
}

function flagLayer(flags: readonly ConfigurationFlag[]): Layer {
  const names = new Map(flags.map((flag) => [flag.key, flag.flag]));
  // A table that is unknown was named by a key in it.
  const below = (path: readonly string[]) => flags.find(({ key }) => key.startsWith(`${path.join('.')}.`))?.flag ?? '';
  return {
    values: treeOf(flags.map(({ key, value }) => [key.split('.'), value])),
    origin: (path) => ({ kind: 'flag', name: names.get(path.join('.')) ?? below(path) }),
  };
}

/** `quoting.lease_seconds` is `KMM_QUOTING_LEASE_SECONDS`. */
function variableLayer(variables: Variables): Layer {
  const found = settablePaths().flatMap((path): [readonly string[], string][] => {
    const value = variables[variableOf(path)];
    return value === undefined ? [] : [[path, value]];
  });
  return { values: treeOf(found), origin: (path) => ({ kind: 'variable', name: variableOf(path) }) };
}

/** A variable that begins like a table of the schema and stands for no key is a typing error. Throws KMM_CONFIG_UNKNOWN_KEY. */
export function refuseUnknownVariables(variables: Variables): void {
  const known = settablePaths().map(variableOf);
  const tables = new Set(known.map(tableOf));
  const stranger = Object.keys(variables).find((name) => tables.has(tableOf(name)) && !known.includes(name));
  if (stranger === undefined) return;
  const hint = didYouMean(stranger, known);
  throw new KmmError('KMM_CONFIG_UNKNOWN_KEY', `the variable ${stranger} stands for no key${hint}`);
}

/**
 * The embedded exchange knows its own index (references/simulated.ts); elsewhere somebody writes down what prices a ladder. Who
 * types where fair values come from (`--fair`) means these series as well.
 */
const WITH_INDEX = { ...SIM_PRESET, fair: { ...SIM_PRESET.fair, series: { KXINXU: 'index', KXINX: 'index' } } };

/** The preset; demo and prod get no limits and no markets from it. */
function presetLayer(env: EnvironmentName, isFairTyped: boolean): Layer {
  const { markets: _markets, risk: _risk, ...rest } = SIM_PRESET;
  const inSim = isFairTyped ? SIM_PRESET : WITH_INDEX;
  return {
    values: env === 'sim' ? inSim : { ...rest, selection: presetBesideSim(), markets: {}, risk: { groups: {} } },
    origin: () => ({ kind: 'preset' }),
  };
}

function thisHost(): Host {
  return {
    directory: process.cwd(),
    variables: process.env,
    userHome: homedir(),
    systemFile: '/etc/kmm/config.toml',
  };
}

function settablePaths(): readonly (readonly string[])[] {
  return schemaPaths().filter((path) => path.length > 1 && !OPEN_TABLES.includes(path.join('.')));
}

function variableOf(path: readonly string[]): string {
  return `KMM_${path.join('_').toUpperCase()}`;
}

/** `KMM_RISK_LOSS_…` → `KMM_RISK`. */
function tableOf(variable: string): string {
  return variable.split('_').slice(0, 2).join('_');
}
