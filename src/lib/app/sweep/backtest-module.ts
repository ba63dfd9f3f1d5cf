/**
 * Runs the jobs of sweeps over recorded markets: the module that every worker loads, here, on a thread or elsewhere. It keeps
 * the recordings that it has read, the last ones used, because a thousand settings are tried on the same few.
 */
import { join } from 'node:path';
import type { BacktestSources } from '../../core/backtest/job.ts';
import type { MarketResult } from '../../core/backtest/result.ts';
import type { BacktestData } from '../../sim/backtest/data.ts';
import { fillRulesOf } from '../backtest/fill-rules.ts';
import { loadBacktest } from '../backtest/load.ts';
import { runLoaded } from '../backtest/run-job.ts';
import { KmmError } from '../errors/errors.ts';
import { fittedAmong } from '../model/fitted-fill.ts';
import { bring, bucketOf } from './artifacts.ts';
import type { SweepTask } from './backtest-task.ts';
import { digestOf, type EventResult, type JobResult, type SweepJob } from './job.ts';
import { FileFinder } from './manifest.ts';
import { KEPT_BYTES_MAX } from './plan.ts';

/** Where a worker finds recordings that are not where the job's maker had them. */
export interface BacktestContext {
  /** Files by their names or digests. */
  readonly directory?: string;
  /** `s3://bucket/prefix` that the sweep hands them over in, and the folder they are brought to. */
  readonly bucket?: string;
  readonly cache?: string;
  /** This machine's own archive. */
  readonly archive?: string;
}

interface Kept {
  readonly bytes: number;
  readonly data: BacktestData;
}

/** By the digest of its sources; the one used last is the last. Of this thread, as the module itself is. */
const kept = new Map<string, Kept>();
let finding: { readonly places: string; readonly finder: FileFinder } | undefined;

/** Throws KMM_SWEEP_DATA, KMM_BACKTEST_FAILED, and what reading a recording throws. */
export async function runJob(job: SweepJob<SweepTask>, context: BacktestContext = {}): Promise<JobResult> {
  const data = await dataOf(job, finderFor(context));
  const { fitted = {}, ...task } = job.task;
  const series = [...new Set(data.markets.map(({ market }) => market.seriesTicker))];
  const { mode } = task.fill;
  const fill = mode === 'calibrated' ? fillRulesOf(mode, fittedAmong(series, fitted)) : task.fill;
  const { markets, failure } = runLoaded({ ...task, fill, seed: job.seed }, data);
  if (failure !== undefined) {
    const at = new Date(failure.at).toISOString();
    throw new KmmError('KMM_BACKTEST_FAILED', `${at}, turn ${failure.turn}: ${failure.message}`);
  }
  return { events: eventsOf(markets) };
}

/** Where one sweep looks is not where the next one in this process does. */
function finderFor(context: BacktestContext): FileFinder {
  const places = JSON.stringify(context);
  if (finding?.places !== places) finding = { places, finder: new FileFinder(placesOf(context)) };
  return finding.finder;
}

function placesOf({ directory, bucket: url, cache = '.', archive }: BacktestContext) {
  const bucket = url === undefined ? undefined : bucketOf(url);
  return {
    ...(directory !== undefined && { directory }),
    ...(archive !== undefined && { archive }),
    ...(bucket !== undefined && {
      fetch: (file: SweepJob['files'][number]) => bring(bucket, join(cache, 'data'), file),
    }),
  };
}

/** Loaded once while it is used: two jobs of one thread are never under way together. */
async function dataOf({ task, files }: SweepJob<SweepTask>, places: FileFinder): Promise<BacktestData> {
  const key = digestOf([files.map(({ role, sha256 }) => [role, sha256]), task.data]);
  const known = kept.get(key);
  kept.delete(key);
  const found = known ?? {
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    data: await loadBacktest(await sourcesOf(task.data, files, places)),
  };
  kept.set(key, found);
  let bytes = [...kept.values()].reduce((sum, one) => sum + one.bytes, 0);
  for (const [oldest, one] of kept) {
    if (bytes <= KEPT_BYTES_MAX || kept.size === 1) break;
    kept.delete(oldest);
    bytes -= one.bytes;
  }
  return found.data;
}

async function sourcesOf(
  sources: BacktestSources,
  files: SweepJob['files'],
  places: FileFinder,
): Promise<BacktestSources> {
  const paths = async (role: SweepJob['files'][number]['role']) =>
    await Promise.all(files.filter((file) => file.role === role).map((file) => places.find(file)));
  const [outcomes] = await paths('outcomes');
  const references = await paths('reference');
  const archive = await places.archiveWith(files);
  return {
    ...sources,
    files: await paths('data'),
    ...(archive !== undefined && { archive }),
    ...(outcomes !== undefined && { outcomes }),
    references: sources.references.map(({ index }, place) => ({ index, file: references[place] ?? '' })),
  };
}

/** In order of their names, so that equal results are equal texts. */
function eventsOf(markets: readonly MarketResult[]): readonly EventResult[] {
  const events = [...Map.groupBy(markets, ({ eventTicker }) => eventTicker)].map(([event, list]): EventResult => {
    const sum = (of: (market: MarketResult) => number) => list.reduce((total, market) => total + of(market), 0);
    return {
      event,
      from: Math.min(...list.map(({ firstAt }) => firstAt)),
      to: Math.max(...list.map(({ closeAt }) => closeAt)),
      net: sum(({ pnl }) => pnl.net),
      fees: sum(({ pnl }) => pnl.fees),
      fills: sum(({ pnl }) => pnl.fills),
      contracts: sum(({ pnl }) => pnl.contracts),
    };
  });
  return events.sort((a, b) => (a.event < b.event ? -1 : 1));
}
