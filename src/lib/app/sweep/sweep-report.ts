/** What a sweep found: settings in order with their doubt, what they bring under the other scenarios, and what to believe. */
import type { StoredJob, SweepResults } from '../../adapters/store/sweep-results.ts';
import {
  type EventNet,
  judge,
  type PointNets,
  type RankedPoint,
  rank,
  type Verdict,
  Z95,
} from '../../core/sweep/rank.ts';
import { type EventSpan, foldsOf, type WalkForwardResult, walkForward } from '../../core/sweep/walk-forward.ts';
import { type EventResult, isJobResult } from './job.ts';
import type { Plan, PlannedJob, PlannedSetting, Scenario } from './plan.ts';

export interface ReportedSetting extends PlannedSetting, RankedPoint {
  /** Of the net per event: the 95 % interval, clustered by event. Microdollars. */
  readonly low: number;
  readonly high: number;
  /** Over all events, microdollars; the mean over the seeds. */
  readonly net: number;
  readonly fees: number;
  readonly fills: number;
  /** Net over all events under each scenario, in the order of the plan; undefined where jobs are missing. */
  readonly netByScenario: readonly (number | undefined)[];
}

export interface SweepFailure {
  readonly code: string;
  readonly message: string;
  readonly jobs: number;
  /** The settings it struck, by key. */
  readonly settings: readonly string[];
}

export interface SweepReport {
  readonly plan: Plan;
  readonly done: number;
  readonly failed: number;
  /** Best first; without those that lack results. */
  readonly settings: readonly ReportedSetting[];
  /** Settings that cannot be ranked because jobs of them failed or were not run. */
  readonly incomplete: number;
  readonly events: number;
  /** Settings ever tried on these recordings, in this folder. */
  readonly trials: number;
  readonly verdict: Verdict;
  readonly walkForward?: WalkForwardResult;
  readonly failures: readonly SweepFailure[];
}

export function sweepReport(plan: Plan, results: SweepResults): SweepReport {
  const stored = new Map(plan.jobs.map(({ job }) => [job.id, results.get(job.id)]));
  const tables = plan.scenarios.map((_, scenario) => nets(plan, scenario, stored));
  const complete = plan.settings.flatMap(({ key }) => tables[0]?.get(key) ?? []);
  const ranked = rank(complete, plan.spec.objective);
  const trials = Math.max(results.settingsTried(plan.items.map(({ key }) => key)), ranked.length);
  const spans = spansOf(stored.values());
  const { walk_forward: walk } = plan.spec;
  const states = [...stored.values()];
  return {
    plan,
    done: states.filter((one) => one?.kind === 'done').length,
    failed: states.filter((one) => one?.kind === 'failed').length,
    settings: ranked.map((one) => reported(one, plan, tables)),
    incomplete: plan.settings.length - ranked.length,
    events: spans.length,
    trials,
    verdict: judge(ranked, trials),
    ...(walk !== undefined && { walkForward: walkForward(complete, foldsOf(spans, walk), plan.spec.objective) }),
    failures: failuresOf(plan, stored),
  };
}

/** Of a scenario's label in tables: `pessimistic, 50 ms`. */
export function scenarioText({ fill, latency }: Scenario): string {
  if (latency === undefined) return fill;
  return `${fill}, ${typeof latency === 'number' ? `${latency} ms` : latency}`;
}

interface SettingNets extends PointNets {
  readonly fees: number;
  readonly fills: number;
}

/** By key, those that have every job. */
function nets(plan: Plan, scenario: number, stored: ReadonlyMap<string, StoredJob | undefined>) {
  const found = new Map<string, SettingNets>();
  const bySetting = Map.groupBy(
    plan.jobs.filter((one) => one.scenario === scenario),
    (one) => one.setting,
  );
  for (const [setting, jobs] of bySetting) {
    const events = eventsOf(jobs, stored);
    const key = plan.settings[setting]?.key;
    if (events === undefined || key === undefined) continue;
    const seeds = plan.spec.seeds.length;
    const mean = (of: (one: EventResult) => number, list: readonly EventResult[]) =>
      list.reduce((sum, one) => sum + of(one), 0) / seeds;
    const byEvent = Map.groupBy(events, ({ event }) => event);
    found.set(key, {
      point: key,
      events: [...byEvent].map(([event, list]): EventNet => ({ event, net: mean(({ net }) => net, list) })),
      fees: mean(({ fees }) => fees, events),
      fills: mean(({ fills }) => fills, events),
    });
  }
  return found;
}

/** Undefined when one of the jobs has no result. */
function eventsOf(
  jobs: readonly PlannedJob[],
  stored: ReadonlyMap<string, StoredJob | undefined>,
): readonly EventResult[] | undefined {
  const found: EventResult[] = [];
  for (const { job } of jobs) {
    const one = stored.get(job.id);
    if (one?.kind !== 'done' || !isJobResult(one.result)) return undefined;
    found.push(...one.result.events);
  }
  return found;
}

function reported(
  ranked: RankedPoint,
  { settings }: Plan,
  tables: readonly ReadonlyMap<string, SettingNets>[],
): ReportedSetting {
  const setting = settings.find(({ key }) => key === ranked.point) as PlannedSetting;
  const { mean, standardError } = ranked.moments;
  const total = (table: ReadonlyMap<string, SettingNets>) =>
    table.get(setting.key)?.events.reduce((sum, { net }) => sum + net, 0);
  const first = tables[0]?.get(setting.key);
  return {
    ...setting,
    ...ranked,
    low: mean - Z95 * standardError,
    high: mean + Z95 * standardError,
    net: total(tables[0] as ReadonlyMap<string, SettingNets>) ?? 0,
    fees: first?.fees ?? 0,
    fills: first?.fills ?? 0,
    netByScenario: tables.map(total),
  };
}

function spansOf(stored: Iterable<StoredJob | undefined>): readonly EventSpan[] {
  const spans = new Map<string, EventSpan>();
  for (const one of stored) {
    if (one?.kind !== 'done' || !isJobResult(one.result)) continue;
    for (const { event, from, to } of one.result.events) {
      const known = spans.get(event) ?? { event, from, to };
      spans.set(event, { event, from: Math.min(known.from, from), to: Math.max(known.to, to) });
    }
  }
  return [...spans.values()];
}

function failuresOf({ jobs, settings }: Plan, stored: ReadonlyMap<string, StoredJob | undefined>) {
  const failed = jobs.flatMap(({ job, setting }) => {
    const one = stored.get(job.id);
    return one?.kind === 'failed' ? [{ ...one, key: settings[setting]?.key ?? '' }] : [];
  });
  return [...Map.groupBy(failed, ({ code, message }) => `${code} ${message}`).values()].map((list): SweepFailure => {
    const [{ code, message } = { code: '', message: '' }] = list;
    return { code, message, jobs: list.length, settings: [...new Set(list.map(({ key }) => key))] };
  });
}
