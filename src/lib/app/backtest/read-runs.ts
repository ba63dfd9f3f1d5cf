/**
 * Kept runs, found by what people call them: the id of a set (all its bands) or of one band's run, the beginning of either,
 * or a folder. What is read is checked before anybody adds it up.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { FillMode } from '../../core/backtest/job.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import { KmmError } from '../errors/errors.ts';
import type { BacktestSet } from './files.ts';
import { readResultJson } from './result-schema.ts';

export interface KeptRun {
  /** Of the set, or of the one run. */
  readonly id: string;
  /** Where runs of this one lie. */
  readonly folder: string;
  readonly results: readonly BacktestResult[];
}

const VERSION = 1;

/**
 * @param folder where runs are kept; a name with a slash is a folder of its own
 * Throws KMM_BACKTEST_UNKNOWN, KMM_BACKTEST_NEWER, KMM_BACKTEST_DAMAGED.
 */
export function readRun(folder: string, name: string): KeptRun {
  const path = /[/\\]/.test(name) || name === '.' ? resolve(name) : join(folder, idOf(folder, name));
  if (!isFolder(path) || !(has(path, SET) || has(path, RESULT)))
    throw new KmmError('KMM_BACKTEST_UNKNOWN', `${name} is no run: ${path} holds no result`);
  const [parent, id] = [dirname(path), basename(path)];
  const runs = has(path, SET) ? setAt(join(path, SET)).runs : [{ runId: id }];
  return { id, folder: parent, results: runs.map(({ runId }) => resultAt(join(parent, runId, RESULT))) };
}

/** One band of it: that mode, or else `calibrated`, or else the first. Throws KMM_BACKTEST_UNKNOWN. */
export function bandOf({ id, results }: KeptRun, mode?: FillMode): BacktestResult {
  const inMode = (wanted: FillMode) => results.find(({ job }) => job.fill.mode === wanted);
  const band = mode === undefined ? (inMode('calibrated') ?? results[0]) : inMode(mode);
  if (band !== undefined) return band;
  throw new KmmError('KMM_BACKTEST_UNKNOWN', `${id} has no run with ${mode ?? 'any'} fills`);
}

export type ListedRun =
  | { readonly kind: 'run'; readonly id: string; readonly keptAt: number; readonly results: readonly BacktestResult[] }
  | { readonly kind: 'unreadable'; readonly id: string; readonly keptAt: number; readonly problem: string };

/** Every set, and runs that are in none; the newest first. What cannot be read is listed with its reason. */
export function listRuns(folder: string): readonly ListedRun[] {
  const ids = idsIn(folder);
  const members = new Set<string>();
  const runs = ids.map((id): ListedRun => {
    const keptAt = statSync(join(folder, id)).mtimeMs;
    try {
      const { results } = readRun(folder, id);
      if (has(join(folder, id), SET)) for (const { runId } of results) members.add(runId);
      return { kind: 'run', id, keptAt, results };
    } catch (error) {
      if (!(error instanceof KmmError)) throw error;
      return { kind: 'unreadable', id, keptAt, problem: error.what };
    }
  });
  return runs
    .filter(({ id }) => !members.has(id) || has(join(folder, id), SET))
    .sort((a, b) => b.keptAt - a.keptAt || (a.id < b.id ? -1 : 1));
}

const SET = 'set.json';
const RESULT = 'result.json';

function idOf(folder: string, name: string): string {
  const ids = idsIn(folder);
  if (ids.includes(name)) return name;
  const [first, second] = name === '' ? [] : ids.filter((id) => id.startsWith(name));
  if (first === undefined) throw new KmmError('KMM_BACKTEST_UNKNOWN', `no run in ${folder} is called ${name}`);
  if (second === undefined) return first;
  throw new KmmError('KMM_BACKTEST_UNKNOWN', `${name} may be ${first} or ${second}: write more of it`);
}

function idsIn(folder: string): readonly string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .filter((name) => has(join(folder, name), RESULT) || has(join(folder, name), SET))
    .sort();
}

function setAt(path: string): BacktestSet {
  const set = jsonAt(path) as Partial<BacktestSet>;
  const isWhole = Array.isArray(set.runs) && set.runs.length > 0 && set.runs.every(({ runId }) => isId(runId));
  if (!isWhole) throw new KmmError('KMM_BACKTEST_DAMAGED', `${path} names no runs`);
  return set as BacktestSet;
}

/** A name in a file leads nowhere but to a folder beside it. */
function isId(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.-]*\w$/.test(value);
}

function resultAt(path: string): BacktestResult {
  if (!existsSync(path)) throw new KmmError('KMM_BACKTEST_DAMAGED', `${path} is named by its set and is not there`);
  const read = readResultJson(jsonAt(path));
  if ('problem' in read) throw new KmmError('KMM_BACKTEST_DAMAGED', `${path}: ${read.problem}`);
  return read.result;
}

function jsonAt(path: string): object {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new KmmError('KMM_BACKTEST_DAMAGED', `${path} cannot be read (${(error as Error).message})`, {
      cause: error,
    });
  }
  const { schemaVersion } = (value ?? {}) as { readonly schemaVersion?: unknown };
  if (typeof schemaVersion === 'number' && schemaVersion > VERSION)
    throw new KmmError('KMM_BACKTEST_NEWER', `${path} is of form ${schemaVersion}, and this kmm knows ${VERSION}`);
  if (schemaVersion !== VERSION) throw new KmmError('KMM_BACKTEST_DAMAGED', `${path} is no result of a backtest`);
  return value as object;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function has(folder: string, file: string): boolean {
  return existsSync(join(folder, file));
}
