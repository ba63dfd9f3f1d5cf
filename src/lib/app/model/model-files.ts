/** Fitted models on disk: written whole, read with every figure checked, listed with their age. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import type { FillModel, LatencyModel } from '../../core/fill-model/model.ts';
import { FILL_MODEL_SCHEMA, LATENCY_SCHEMA } from '../../core/fill-model/model.ts';
import { QUOTER_SCHEMA, type QuoterModel } from '../../core/fill-model/quoter-model.ts';
import { BLEND_SCHEMA, type BlendModel } from '../../core/honesty/blend-model.ts';
import { KmmError } from '../errors/errors.ts';
import { makeFolder, writeWhole } from '../report/write-file.ts';
import {
  INDEX_FOLDERS,
  INDEX_MODEL_SCHEMA,
  INDEX_PRODUCTS,
  type IndexModel,
  indexModelSchema,
  weekOf,
} from './index-model.ts';
import { blendModelSchema, fillModelSchema, latencyModelSchema, quoterModelSchema } from './model-schema.ts';

export type FittedModel =
  | { readonly kind: 'fills'; readonly model: FillModel }
  | { readonly kind: 'latency'; readonly model: LatencyModel }
  | { readonly kind: 'blend'; readonly model: BlendModel }
  | { readonly kind: 'quoter'; readonly model: QuoterModel }
  | { readonly kind: 'index'; readonly model: IndexModel };

export type ModelKind = FittedModel['kind'];
/** Each with a folder of its own, and in it one by series; parameters of an index have a file a week instead. */
const KINDS_BY_SERIES = ['fills', 'latency', 'blend', 'quoter'] as const;

/** Far above any model; another file is not read whole. */
const CHARACTERS_MAX = 16 * 1_024 * 1_024;
const NEWER = /^kmm-(?:fill-model|latency|blend|quoter|index)\/(\d+)$/;

/** Throws KMM_MODEL_FILE, KMM_MODEL_NEWER. */
export function readModel(path: string): FittedModel {
  const json = jsonOf(path);
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (schema === FILL_MODEL_SCHEMA) return { kind: 'fills', model: checked(path, fillModelSchema, json) as FillModel };
  if (schema === LATENCY_SCHEMA)
    return { kind: 'latency', model: checked(path, latencyModelSchema, json) as LatencyModel };
  if (schema === BLEND_SCHEMA) return { kind: 'blend', model: checked(path, blendModelSchema, json) as BlendModel };
  if (schema === INDEX_MODEL_SCHEMA)
    return { kind: 'index', model: checked(path, indexModelSchema, json) as IndexModel };
  if (schema === QUOTER_SCHEMA) return { kind: 'quoter', model: checked(path, quoterModelSchema, json) as QuoterModel };
  const [, version] = NEWER.exec(String(schema)) ?? [];
  if (version !== undefined && Number(version) > 1) {
    throw new KmmError('KMM_MODEL_NEWER', `${path} says it is ${schema}`);
  }
  throw new KmmError(
    'KMM_MODEL_FILE',
    `${path} does not say ${[FILL_MODEL_SCHEMA, LATENCY_SCHEMA, BLEND_SCHEMA, QUOTER_SCHEMA, INDEX_MODEL_SCHEMA].join(' or ')}`,
  );
}

/** A model of fills, for a market of this series. Throws KMM_MODEL_FILE, KMM_MODEL_NEWER, KMM_MODEL_SERIES. */
export function readFillModel(path: string, series?: string): FillModel {
  const { kind, model } = readModel(path);
  if (kind !== 'fills') throw new KmmError('KMM_MODEL_FILE', `${path} is a model of ${kind}, not of fills`);
  if (series === undefined || model.series.includes(series)) return model;
  throw new KmmError('KMM_MODEL_SERIES', `${path} was fitted on ${model.series.join(', ')}, not on ${series}`);
}

/** Throws KMM_MODEL_FILE, KMM_MODEL_NEWER. */
export function readLatencyModel(path: string): LatencyModel {
  const { kind, model } = readModel(path);
  if (kind !== 'latency') throw new KmmError('KMM_MODEL_FILE', `${path} is a model of ${kind}, not of latency`);
  return model;
}

/** The weight of a blend, for a market of this series. Throws KMM_MODEL_FILE, KMM_MODEL_NEWER, KMM_MODEL_SERIES. */
export function readBlendModel(path: string, series?: string): BlendModel {
  const { kind, model } = readModel(path);
  if (kind !== 'blend') throw new KmmError('KMM_MODEL_FILE', `${path} is a model of ${kind}, not a blend`);
  if (series === undefined || model.series.includes(series)) return model;
  throw new KmmError('KMM_MODEL_SERIES', `${path} was fitted on ${model.series.join(', ')}, not on ${series}`);
}

/** Parameters of an index. Throws KMM_MODEL_FILE, KMM_MODEL_NEWER. */
export function readIndexModel(path: string): IndexModel {
  const { kind, model } = readModel(path);
  if (kind !== 'index') throw new KmmError('KMM_MODEL_FILE', `${path} is a model of ${kind}, not of an index`);
  return model;
}

/** Where it is written without --out; its folder is made. Parameters of an index have a file a week. Throws KMM_OUT. */
export function modelPath(calib: string, { kind, model }: FittedModel): string {
  if (kind === 'index') {
    const folder = join(calib, INDEX_FOLDERS[model.index], model.product);
    makeFolder(folder);
    return join(folder, `${weekOf(new Date(model.fittedAt))}.json`);
  }
  const name = kind === 'latency' ? 'orders' : model.series.join('+');
  const folder = join(calib, kind, name);
  makeFolder(folder);
  return join(folder, `${model.fittedAt.replace(/[-:]|\.\d+/g, '')}.json`);
}

/** Throws KMM_OUT. */
export function writeModel(path: string, { model }: FittedModel): void {
  writeWhole(path, `${JSON.stringify(model, null, 1)}\n`);
}

export interface ListedModel {
  readonly path: string;
  readonly kind: ModelKind;
  readonly name: string;
  /** Absent: it cannot be read, and `problem` says why. */
  readonly fitted?: FittedModel;
  readonly problem?: KmmError;
}

/** Newest first within each kind and series. What cannot be read is listed as such. */
export function listModels(calib: string): readonly ListedModel[] {
  const ofSeries = KINDS_BY_SERIES.flatMap((kind) =>
    foldersIn(join(calib, kind)).flatMap((name) => listedIn(join(calib, kind, name), kind, name)),
  );
  const ofIndices = Object.values(INDEX_FOLDERS).flatMap((index) =>
    INDEX_PRODUCTS.flatMap((product) => listedIn(join(calib, index, product), 'index', `${index}/${product}`)),
  );
  return [...ofSeries, ...ofIndices];
}

/** The newest one that can be read. */
export function newestFillModel(calib: string, series: string): { path: string; model: FillModel } | undefined {
  for (const { path, fitted } of listModels(calib)) {
    if (fitted?.kind === 'fills' && fitted.model.series.includes(series)) return { path, model: fitted.model };
  }
  return undefined;
}

/** The newest one that can be read. */
export function newestBlendModel(calib: string, series: string): { path: string; model: BlendModel } | undefined {
  for (const { path, fitted } of listModels(calib)) {
    if (fitted?.kind === 'blend' && fitted.model.series.includes(series)) return { path, model: fitted.model };
  }
  return undefined;
}

/** The same of the quoters. */
export function newestQuoterModel(calib: string, series: string): { path: string; model: QuoterModel } | undefined {
  for (const { path, fitted } of listModels(calib)) {
    if (fitted?.kind === 'quoter' && fitted.model.series.includes(series)) return { path, model: fitted.model };
  }
  return undefined;
}

function listedIn(folder: string, kind: ListedModel['kind'], name: string): readonly ListedModel[] {
  if (!existsSync(folder)) return [];
  return filesIn(folder).map((file) => listed(join(folder, file), kind, name));
}

function listed(path: string, kind: ListedModel['kind'], name: string): ListedModel {
  try {
    return { path, kind, name, fitted: readModel(path) };
  } catch (error) {
    if (!(error instanceof KmmError)) throw error;
    return { path, kind, name, problem: error };
  }
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .reverse();
}

function checked(path: string, schema: z.ZodType, json: unknown): unknown {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new KmmError('KMM_MODEL_FILE', `${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'wrong'}`);
}

function jsonOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new KmmError('KMM_MODEL_FILE', `${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (text.length > CHARACTERS_MAX) throw new KmmError('KMM_MODEL_FILE', `${path} is too long for a model`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KmmError('KMM_MODEL_FILE', `${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
