/**
 * Reads the description of a sweep. What is wrong with it is said with the line at which it stands: unknown keys first, with
 * the nearest name there is, because what follows may come from them.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { archiveRangeOf } from '../archive/archive-events.ts';
import { isOfArchive } from '../archive/archive-name.ts';
import { schemaPaths } from '../config/config-schema.ts';
import { valueAt } from '../config/config-tree.ts';
import { type Position, tomlPositions } from '../config/toml-positions.ts';
import { KmmError } from '../errors/errors.ts';
import { didYouMean } from '../markets/suggest.ts';
import { rangeSchema, type SpecValues, specSchema } from './spec-schema.ts';

/** A key of the configuration and the values that are tried for it. */
export interface SweptKey {
  readonly key: string;
  /** As they stand in the spec: a value, a list, or a range. */
  readonly values: readonly SweptValue[] | z.output<typeof rangeSchema>;
}
export type SweptValue = number | string | boolean;

export interface Spec extends Omit<SpecValues, 'parameters' | 'data'> {
  /** Recordings by path, patterns resolved: files of one inner list belong together. */
  readonly items: readonly (readonly string[])[];
  readonly swept: readonly SweptKey[];
  /** The file as it was read. */
  readonly text: string;
  /** `FILE:LINE:COLUMN: ` of a key, or of the table it stands in. */
  place(path: readonly string[]): string;
}

/** Of these tables any key may be swept. */
const SWEPT_TABLES: readonly string[] = ['fair', 'quoter', 'quoting', 'risk', 'inventory'];

/** Paths in it are relative to the folder of the file. Throws KMM_SWEEP_SPEC, KMM_SWEEP_DATA. */
export function readSpec(file: string): Spec {
  const text = textOf(file);
  const tree = treeOf(file, text);
  const positions = tomlPositions(text);
  const place = (path: readonly string[]) => `${file}:${positionText(positions, path)}: `;
  const result = specSchema.safeParse(tree);
  if (!result.success) throw problemOf(result.error, tree, place);
  const { parameters, data, ...values } = result.data;
  const folder = dirname(resolve(file));
  return {
    ...values,
    ...(values.outcomes !== undefined && { outcomes: resolve(folder, values.outcomes) }),
    ...(values.latency !== undefined && { latency: values.latency.map((one) => latencyAt(one, folder)) }),
    references: values.references.map((one) => ({ ...one, file: resolve(folder, one.file) })),
    items: itemsOf(data, folder, place(['data'])),
    swept: sweptOf(parameters, [], place),
    text,
    place,
  };
}

/** A file of measured latencies is relative to the folder; milliseconds are what they are. */
function latencyAt(latency: number | string, folder: string): number | string {
  return typeof latency === 'number' || /^[\d\s,]+$/.test(latency) ? latency : resolve(folder, latency);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new KmmError('KMM_SWEEP_SPEC', `${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

function treeOf(file: string, text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text, { unsafeKeyBehaviour: 'throw' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
    throw new KmmError('KMM_SWEEP_SPEC', `${file}:${error.line}:${error.column}: ${reason}`, { cause: error });
  }
}

/** Of the path, or of what it stands in; the first line when the key is missing altogether. */
function positionText(positions: ReadonlyMap<string, Position>, path: readonly string[]): string {
  for (let length = path.length; length > 0; length--) {
    const found = positions.get(path.slice(0, length).join('.'));
    if (found !== undefined) return `${found.line}:${found.column}`;
  }
  return '1:1';
}

function problemOf(error: z.ZodError, tree: Spec | object, place: Spec['place']): KmmError {
  const issues = error.issues.map((issue) => ({ ...issue, path: issue.path.map(String) }));
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const path = [...issue.path, issue.keys[0] ?? ''];
    const hint = didYouMean(path.at(-1) ?? '', keysAt(issue.path));
    return bad(`${place(path)}unknown key ${path.join('.')}${hint}`, issues.length);
  }
  const [first] = issues;
  const path = first?.path ?? [];
  const value = valueAt(tree as Readonly<Record<string, unknown>>, path);
  const said =
    value === undefined ? `${path.join('.')} is missing: it` : `${path.join('.')} = ${JSON.stringify(value)}`;
  return bad(`${place(path)}${said} ${first?.message ?? ''}`, issues.length);
}

/** The names that the schema allows in this table. */
function keysAt(path: readonly string[]): readonly string[] {
  let schema: unknown = specSchema;
  for (const name of path) {
    schema = unwrapped(schema);
    schema =
      schema instanceof z.ZodObject ? schema.shape[name] : schema instanceof z.ZodArray ? schema.element : undefined;
  }
  schema = unwrapped(schema);
  const options: readonly unknown[] = schema instanceof z.ZodDiscriminatedUnion ? schema.options : [schema];
  return options.flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : []));
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrapped(schema.unwrap()) : schema;
}

/** `[parameters]` as keys of the configuration, whether they are written with dots, in quotes or as tables. */
function sweptOf(
  table: Readonly<Record<string, unknown>>,
  path: readonly string[],
  place: Spec['place'],
): readonly SweptKey[] {
  const known = schemaPaths().flatMap((one) => (SWEPT_TABLES.includes(one[0] ?? '') ? [one.join('.')] : []));
  return Object.entries(table).flatMap(([name, value]): readonly SweptKey[] => {
    const here = [...path, name];
    const key = here.join('.');
    const where = place(['parameters', ...here]);
    if (isTable(value) && !('from' in value || 'to' in value)) return sweptOf(value, here, place);
    if (key === 'quoter.strategy') throw bad(`${where}quoter.strategy is the sweep's own key strategy`);
    if (!known.includes(key)) throw bad(`${where}unknown key ${key}${didYouMean(key, known)}`);
    return [{ key, values: valuesOf(value, key, where) }];
  });
}

function valuesOf(value: unknown, key: string, where: string): SweptKey['values'] {
  if (isTable(value)) {
    const range = rangeSchema.safeParse(value);
    if (!range.success) throw bad(`${where}${key}: ${rangeProblem(range.error)}`);
    const { from, to, scale } = range.data;
    if (!(from < to)) throw bad(`${where}${key}: from = ${from} must be less than to = ${to}`);
    if (scale === 'log' && from <= 0) throw bad(`${where}${key}: a range on a log scale must begin above 0`);
    return range.data;
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isPlain = list.every((one) => ['number', 'string', 'boolean'].includes(typeof one));
  if (list.length === 0 || !isPlain)
    throw bad(`${where}${key} must be a value, a list of values, or { from, to, steps }`);
  return [...new Set(list as readonly SweptValue[])];
}

function rangeProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue?.code !== 'unrecognized_keys') return `${issue?.path.join('.')} ${issue?.message}`;
  const typed = issue.keys[0] ?? '';
  return `unknown key ${typed}${didYouMean(typed, Object.keys(rangeSchema.shape))}`;
}

/** A pattern is as many recordings as files match it, in the order of their names. */
function itemsOf(data: SpecValues['data'], folder: string, where: string): readonly (readonly string[])[] {
  const filesOf = (path: string): readonly string[] => {
    if (isOfArchive(path)) return [partOf(path, where)];
    const full = resolve(folder, path);
    if (!/[*?[{]/.test(path)) return [full];
    const found = globSync(full).sort();
    if (found.length === 0) throw new KmmError('KMM_SWEEP_DATA', `${where}no file matches ${full}`);
    return found;
  };
  const items = data.flatMap((one) =>
    typeof one === 'string' ? filesOf(one).map((file) => [file]) : [one.flatMap(filesOf)],
  );
  return [...new Map(items.map((files) => [files.join('\n'), files])).values()];
}

/** As it was written: its series, days and tapes count by what the archive holds of them. */
function partOf(path: string, where: string): string {
  try {
    archiveRangeOf(path);
    return path;
  } catch (error) {
    if (!(error instanceof KmmError)) throw error;
    throw bad(`${where}${error.what}`);
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function bad(said: string, count = 1): KmmError {
  return new KmmError('KMM_SWEEP_SPEC', `${said}${count > 1 ? ` (and ${count - 1} more)` : ''}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
