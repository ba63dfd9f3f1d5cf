/**
 * A spec made into jobs: every setting under every scenario (fills and latency), with every seed, over every recording. A
 * recording is a job of its own, from a fresh start, so that no event of a test was seen by the inventory of its training.
 */
import { KmmError } from '../errors/errors.ts';
import { type Setting, settingsOf } from './expand.ts';
import { digestOf, type JobFile, jobOf, type SweepJob } from './job.ts';
import { jobFile } from './manifest.ts';
import type { Spec } from './read-spec.ts';

/** How fills and latencies are assumed; settings are ranked under the first one. */
export interface Scenario {
  readonly fill: string;
  /** Milliseconds, or what `--latency` takes; absent: the default of a backtest. */
  readonly latency?: number | string;
}

export interface PlannedSetting extends Setting {
  /** Names it, twelve digits. */
  readonly key: string;
}

export interface PlannedJob {
  readonly job: SweepJob;
  readonly setting: number;
  readonly scenario: number;
  readonly item: number;
}

export interface Item {
  readonly files: readonly JobFile[];
  /** Digest of its recordings. */
  readonly key: string;
  readonly bytes: number;
}

export interface Plan {
  /** Of the work: the same spec, code and data. */
  readonly id: string;
  readonly spec: Spec;
  readonly settings: readonly PlannedSetting[];
  readonly scenarios: readonly Scenario[];
  readonly items: readonly Item[];
  /** Setting by setting where all recordings stay in memory, else recording by recording. */
  readonly jobs: readonly PlannedJob[];
}

/** Makes what a job computes of a setting and a scenario; throws KMM_SWEEP_SPEC for a value that a key cannot have. */
export type TaskOf = (setting: Setting, scenario: Scenario, spec: Spec) => unknown;

export const JOBS_MAX = 1_000_000;
/** Recordings of that many bytes together are kept loaded by each worker. */
export const KEPT_BYTES_MAX = 64_000_000;

/** Reads every recording through, for its digest. `archive`: where parts of one are. Throws KMM_SWEEP_SPEC, KMM_SWEEP_DATA, KMM_ARCHIVE_*. */
export async function planOf(spec: Spec, code: string, taskOf: TaskOf, archive?: string): Promise<Plan> {
  const settings = settingsOf(spec).map((setting) => ({ ...setting, key: digestOf(setting).slice(0, 12) }));
  const scenarios = spec.fill.flatMap((fill): readonly Scenario[] =>
    spec.latency === undefined ? [{ fill }] : spec.latency.map((latency) => ({ fill, latency })),
  );
  const count = settings.length * scenarios.length * spec.items.length * spec.seeds.length;
  if (count > JOBS_MAX) {
    const product = `${settings.length} settings × ${scenarios.length} scenarios × ${spec.items.length} recordings × ${spec.seeds.length} seeds`;
    throw new KmmError('KMM_SWEEP_SPEC', `${spec.place([])}${product} are ${count} jobs, and ${JOBS_MAX} are the most`);
  }
  const tasks = settings.map((setting) => scenarios.map((scenario) => taskOf(setting, scenario, spec)));
  const items = await itemsOf(spec, archive);
  const jobs = order(items, settings.length).flatMap(([setting, item]) =>
    scenarios.flatMap((_, scenario) =>
      spec.seeds.map((seed): PlannedJob => {
        const task = tasks[setting]?.[scenario];
        return { job: jobOf({ code, seed, task, files: items[item]?.files ?? [] }), setting, scenario, item };
      }),
    ),
  );
  const id = digestOf([spec.name, jobs.map(({ job }) => job.id)]);
  return { id, spec, settings, scenarios, items, jobs };
}

async function itemsOf(spec: Spec, archive: string | undefined): Promise<readonly Item[]> {
  const shared: JobFile[] = [];
  if (spec.outcomes !== undefined) shared.push(await jobFile('outcomes', spec.outcomes));
  for (const { file } of spec.references) shared.push(await jobFile('reference', file));
  const items: Item[] = [];
  for (const paths of spec.items) {
    const data: JobFile[] = [];
    for (const path of paths) data.push(await jobFile('data', path, archive));
    const bytes = data.reduce((sum, file) => sum + file.bytes, 0);
    items.push({ files: [...data, ...shared], key: digestOf(data.map(({ sha256 }) => sha256)), bytes });
  }
  const twins = items.find(({ key }, index) => items.findIndex((other) => other.key === key) < index);
  if (twins === undefined) return items;
  const path = twins.files[0]?.path;
  throw new KmmError('KMM_SWEEP_DATA', `${spec.place(['data'])}${path} is there twice under different names`);
}

function order(items: readonly Item[], settings: number): readonly (readonly [setting: number, item: number])[] {
  const inSettings = Array.from({ length: settings }, (_, setting) => setting);
  const inItems = items.map((_, item) => item);
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
  return bytes <= KEPT_BYTES_MAX
    ? inSettings.flatMap((setting) => inItems.map((item) => [setting, item] as const))
    : inItems.flatMap((item) => inSettings.map((setting) => [setting, item] as const));
}
