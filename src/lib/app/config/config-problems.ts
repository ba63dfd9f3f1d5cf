/** What the schema refused, said to the user: where it stands, what it says, what it must be, what may be meant. */
import { z } from 'zod';
import { KmmError } from '../errors/errors.ts';
import { didYouMean } from '../markets/suggest.ts';
import type { Layers, Origin } from './config-layers.ts';
import { type ConfigValues, configSchema } from './config-schema.ts';
import { valueAt } from './config-tree.ts';
import type { EnvironmentName } from './home.ts';

/** One error for all that zod found: unknown keys first (the rest may follow from them), then values, then what is missing. */
export function problemOf(error: z.ZodError, layers: LayersShown, env: EnvironmentName): KmmError {
  const unknown = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path.map(String), key]) : [],
  );
  const first = unknown[0];
  if (first !== undefined) return unknownKey(first, unknown.length, layers);
  const issues = error.issues.map((issue) => ({ path: issue.path.map(String), message: wordsOf(issue) }));
  const wrong = issues.filter(({ path }) => valueAt(layers.tree, path) !== undefined);
  const worst = wrong[0];
  if (worst !== undefined) return wrongValue(worst.path, worst.message, wrong.length, layers);
  const missing = issues.map(({ path }) => path.join('.'));
  return new KmmError('KMM_CONFIG_MISSING', `${env} has no value for ${missing.join(', ')}`);
}

/** Of a key that is the user's own, what is wrong with its name. */
function wordsOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

/** What rules between keys are told by. */
type LayersShown = Pick<Layers, 'tree' | 'origin'>;

/** Rules between keys. Throws KMM_CONFIG_VALUE. */
export function checkTogether(values: ConfigValues, layers: LayersShown): void {
  const { quoting, risk, inventory, selection } = values;
  const order = [
    [inventory.skewed_above_contracts, ['inventory', 'skewed_above_contracts'], 'one_sided_above_contracts'],
    [inventory.one_sided_above_contracts, ['inventory', 'one_sided_above_contracts'], 'exit_above_contracts'],
    [inventory.exit_to_contracts, ['inventory', 'exit_to_contracts'], 'exit_above_contracts'],
  ] as const;
  notAbove(
    [quoting.order_size_contracts, ['quoting', 'order_size_contracts']],
    risk,
    'risk',
    'order_size_contracts_max',
    layers,
  );
  const auto = [selection.auto_markets_max, ['selection', 'auto_markets_max']] as const;
  notAbove(auto, selection, 'selection', 'markets_max', layers);
  for (const [value, path, key] of order) notAbove([value, path], inventory, 'inventory', key, layers);
}

/** What a model says from a time to come on cannot be held against it alone: nothing would be. Throws KMM_CONFIG_VALUE. */
export function refuseFuture({ honesty: { since } }: Pick<ConfigValues, 'honesty'>, layers: LayersShown, now: number) {
  const future = Object.entries(since).find(([, at]) => at > now);
  if (future === undefined) return;
  const expected = `must not be in the future: it is ${new Date(now).toISOString().slice(0, 19)}Z`;
  throw wrongValue(['honesty', 'since', future[0]], expected, 1, layers);
}

function notAbove<Key extends string>(
  [value, path]: readonly [number, readonly string[]],
  values: Readonly<Record<Key, number>>,
  table: string,
  key: Key,
  layers: LayersShown,
): void {
  if (value <= values[key]) return;
  const limit = valueAt(layers.tree, [table, key]);
  throw wrongValue(path, `must not pass ${table}.${key} = ${limit}`, 1, layers);
}

function unknownKey(path: readonly string[], count: number, layers: LayersShown): KmmError {
  const hint = deeper(path) ?? didYouMean(path.at(-1) ?? '', keysAt(path.slice(0, -1)));
  const said = `${placeOf(layers.origin(path))}unknown key ${path.join('.')}`;
  return new KmmError('KMM_CONFIG_UNKNOWN_KEY', `${said}${hint}${andMore(count)}`);
}

/** quoter.edge_dollars is looked for where it is: in quoter.cara. */
function deeper(path: readonly string[]): string | undefined {
  const [table, name] = [path.slice(0, -1), path.at(-1) as string];
  const inner = keysAt(table).find((key) => keysAt([...table, key]).includes(name));
  return inner === undefined ? undefined : ` (did you mean ${[...table, inner, name].join('.')}?)`;
}

/** A flag at fault is a matter of usage, not of a file. */
function wrongValue(path: readonly string[], expected: string, count: number, layers: LayersShown): KmmError {
  const value = valueAt(layers.tree, path);
  const origin = layers.origin(path);
  if (origin.kind === 'flag') return new KmmError('KMM_USAGE', `${origin.name} ${String(value)}: ${expected}`);
  const said = `${path.join('.')} = ${JSON.stringify(value)}`;
  return new KmmError('KMM_CONFIG_VALUE', `${placeOf(origin)}${said} ${expected}${andMore(count)}`);
}

function placeOf(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}: `;
    case 'flag':
    case 'variable':
      return `${origin.name}: `;
    case 'preset':
      return '';
    default:
      return origin satisfies never;
  }
}

function andMore(count: number): string {
  return count > 1 ? ` (and ${count - 1} more)` : '';
}

/** The names that the schema allows in this table. */
function keysAt(path: readonly string[]): readonly string[] {
  let schema: z.core.$ZodType | undefined = configSchema;
  for (const name of path) schema = schema instanceof z.ZodObject ? schema.shape[name] : undefined;
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}
