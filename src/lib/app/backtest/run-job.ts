/**
 * A backtest over loaded data to its stamped result: the one function behind the command, a sweep's worker and a queue's. Its id
 * is a hash of the code, the job without its paths, and the bytes of the data; so the same id is the same result.
 */
import { createHash } from 'node:crypto';
import type { BacktestJob } from '../../core/backtest/job.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import type { BacktestData } from '../../sim/backtest/data.ts';
import { type BacktestObserver, runBacktest } from '../../sim/backtest/run.ts';
import { codeVersion } from '../code-version.ts';
import { IntentsHash } from '../session/tape/intents-hash.ts';

/** Hex digits of an id: enough that no two runs of a lifetime share one. */
const ID_DIGITS = 16;

/** Synchronous; what goes wrong in the run is `failure` in a partial result. */
export function runLoaded(job: BacktestJob, data: BacktestData, observer: BacktestObserver = {}): BacktestResult {
  const hash = new IntentsHash();
  const result = runBacktest(job, data, {
    ...observer,
    intents: (intents, at) => {
      hash.add(intents);
      observer.intents?.(intents, at);
    },
  });
  return stamped(result, job, data, hash);
}

/** @param job with the files that `data` was read from */
export function stamped(
  result: BacktestResult,
  job: BacktestJob,
  data: BacktestData,
  hash: IntentsHash,
): BacktestResult {
  return {
    ...{ ...result, job },
    ...{ runId: jobId(job, data), code: codeVersion(), configHash: configHash(job) },
    totals: { ...result.totals, intentsHash: hash.digest() },
  };
}

function jobId(job: BacktestJob, data: BacktestData): string {
  const manifest = data.files.map(({ role, bytes, sha256 }) => [role, bytes, sha256]);
  return digest([codeVersion(), withoutPaths(job), manifest]).slice(0, ID_DIGITS);
}

function configHash(job: BacktestJob): string {
  return digest(withoutPaths(job));
}

/** Where files lie changes nothing of what comes of them; which index a reference is does. */
function withoutPaths({ data, ...job }: BacktestJob): object {
  const { files: _, outcomes: __, archive: ___, references, ...rest } = data;
  return { ...job, data: { ...rest, references: references.map(({ index }) => index) } };
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

/** Keys in one order, however the object was made. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
