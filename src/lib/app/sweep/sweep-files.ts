/** What a sweep leaves for others: its table for spreadsheets, and all that it says as one object. */
import { csvText } from '../../adapters/render/csv.ts';
import type { Moments } from '../../core/sweep/moments.ts';
import { EVENTS_MIN } from '../../core/sweep/rank.ts';
import type { FoldResult } from '../../core/sweep/walk-forward.ts';
import { formatMoney, microdollars } from '../../core/units.ts';
import { type ReportedSetting, type SweepReport, scenarioText } from './sweep-report.ts';

/** Version of the objects that are written; fields are added, never changed. */
const SCHEMA_VERSION = 1;

/** One row a setting, best first. */
export function resultsCsv({ plan, settings }: SweepReport): string {
  const keys = plan.spec.swept.map(({ key }) => key);
  const scenarios = plan.scenarios.map((scenario) => `net_dollars ${scenarioText(scenario)}`);
  const head = [
    ...['rank', 'setting', 'strategy', ...keys, plan.spec.objective, 'events', 'net_dollars_per_event'],
    ...['low95_dollars', 'high95_dollars', 'sharpe_per_event', 'fees_dollars', 'fills', ...scenarios],
  ];
  const rows = settings.map((one, index) => [
    ...[index + 1, one.key, one.strategy, ...keys.map((key) => String(one.parameters[key] ?? ''))],
    ...[valueText(one, plan.spec.objective), one.moments.n, money(one.moments.mean), money(one.low), money(one.high)],
    ...[one.sharpe.toFixed(4), money(one.fees), one.fills],
    ...one.netByScenario.map((net) => (net === undefined ? null : money(net))),
  ]);
  return csvText([head, ...rows]);
}

export function summaryJson(report: SweepReport): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...summaryOf(report) }, null, 2)}\n`;
}

/** The object that `--json` prints last, and summary.json. Money in dollars, as decimal text. */
export function summaryOf(report: SweepReport) {
  const { plan, verdict, walkForward } = report;
  const { name, objective, search, seeds } = plan.spec;
  return {
    type: 'sweep',
    ...{ name, objective, search: search.kind, seeds, id: plan.id, code: plan.jobs[0]?.job.code ?? null },
    scenarios: plan.scenarios.map(scenarioText),
    data: plan.items.map(({ files }) => files.map(({ role, path, bytes, sha256 }) => ({ role, path, bytes, sha256 }))),
    ...{
      jobs: plan.jobs.length,
      done: report.done,
      failed: report.failed,
      events: report.events,
      trials: report.trials,
    },
    incompleteSettings: report.incomplete,
    verdict: {
      kind: verdict.kind,
      deflatedSharpe: 'deflated' in verdict && verdict.deflated !== undefined ? verdict.deflated : null,
      eventsNeeded: EVENTS_MIN,
    },
    settings: report.settings.map((one, index) => settingRecord(one, index, report)),
    walkForward:
      walkForward === undefined
        ? null
        : {
            trained: momentsRecord(walkForward.trained),
            tested: momentsRecord(walkForward.tested),
            folds: walkForward.folds.map(foldRecord),
          },
    failures: report.failures,
  };
}

function settingRecord(one: ReportedSetting, index: number, { plan }: SweepReport) {
  return {
    ...{ rank: index + 1, setting: one.key, strategy: one.strategy, parameters: one.parameters },
    value: valueText(one, plan.spec.objective),
    ...momentsRecord(one.moments),
    ...{ lowDollars: money(one.low), highDollars: money(one.high), sharpePerEvent: one.sharpe },
    ...{ netDollars: money(one.net), feesDollars: money(one.fees), fills: one.fills },
    netDollarsByScenario: one.netByScenario.map((net) => (net === undefined ? null : money(net))),
  };
}

function foldRecord({ train, test, purged, chosen, trained, tested }: FoldResult) {
  return {
    ...{ chosen: chosen ?? null, train, test, purged },
    trained: trained === undefined ? null : momentsRecord(trained),
    tested: tested === undefined ? null : momentsRecord(tested),
  };
}

function momentsRecord({ n, mean, standardError, skew, kurtosis }: Moments) {
  return { events: n, netDollarsPerEvent: money(mean), standardErrorDollars: money(standardError), skew, kurtosis };
}

/** A ratio, or dollars per event. */
export function valueText({ value }: ReportedSetting, objective: string): string {
  return objective === 'sharpe' ? value.toFixed(4) : money(value);
}

/** A statistic of money, rounded to a microdollar. */
function money(value: number): string {
  return formatMoney(microdollars(Math.round(value)));
}
