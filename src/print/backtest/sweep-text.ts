/** A sweep in words: what is to be done, its table, what walking forward brought, and what of it is to be believed. */
import type { SweepStart } from '../../lib/app/sweep/sweep.ts';
import { type ReportedSetting, type SweepReport, scenarioText } from '../../lib/app/sweep/sweep-report.ts';
import type { FoldResult } from '../../lib/core/sweep/walk-forward.ts';
import { type TextColumn, type TextLayout, textTable } from '../text-table.ts';

/** Two-sided 95 %. */
const Z95 = 1.96;

/** `600 jobs: 60 settings × 2 scenarios × 5 recordings; about 3 min on 2 workers`. */
export function startText({ plan, pending, total, estimateMs, workers }: SweepStart): string {
  const { settings, scenarios, items, spec } = plan;
  const parts = [
    counted(settings.length, 'setting'),
    ...(scenarios.length > 1 ? [counted(scenarios.length, 'scenario')] : []),
    counted(items.length, 'recording'),
    ...(spec.seeds.length > 1 ? [counted(spec.seeds.length, 'seed')] : []),
  ];
  const said = `${counted(total, 'job')}: ${parts.join(' × ')}`;
  if (pending === 0) return `${said}; all of them are done`;
  const rest = pending < total ? `; ${total - pending} are done` : '';
  const on = workers === undefined ? 'for one worker of the queue' : `on ${counted(workers, 'worker')}`;
  return `${said}${rest}${estimateMs === undefined ? '' : `; about ${spanText(estimateMs)} ${on}`}`;
}

/** `40 s`, `3 min`, `2 h 10 min`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The best settings of the table, then the verdict; `rows` at most. */
export function reportLines(report: SweepReport, rows: number, layout: TextLayout): readonly string[] {
  const { settings, plan } = report;
  const shown = settings.slice(0, rows);
  const more =
    settings.length > rows ? [`${layout.signs.separator} and ${settings.length - rows} more in settings.csv`] : [];
  const first = plan.scenarios[0];
  const head = `${plan.spec.name}: by ${plan.spec.objective}, ${first === undefined ? '' : scenarioText(first)}, ${counted(report.events, 'event')}`;
  return [
    ...(shown.length > 0 ? [head, ...textTable(columnsOf(report), shown, layout), ...more, ''] : []),
    ...walkLines(report),
    ...verdictLines(report),
    ...troubleLines(report),
  ];
}

function columnsOf({ plan }: SweepReport): readonly TextColumn<ReportedSetting>[] {
  const right = { align: 'right' } as const;
  const isMany = plan.spec.strategy.length > 1;
  const others = plan.scenarios.slice(1).map((scenario, index): TextColumn<ReportedSetting> => {
    const net = ({ netByScenario }: ReportedSetting) => netByScenario[index + 1];
    return { title: scenarioText(scenario).toUpperCase(), ...right, leaves: 3, cell: (one) => dollars(net(one)) };
  });
  const swept = plan.spec.swept.map(({ key }): TextColumn<ReportedSetting> => {
    return {
      title: key.split('.').at(-1) ?? key,
      ...right,
      leaves: 0,
      cell: ({ parameters }) => String(parameters[key] ?? '-'),
    };
  });
  return [
    ...(isMany
      ? [{ title: 'STRATEGY', align: 'left', leaves: 0, cell: ({ strategy }: ReportedSetting) => strategy } as const]
      : []),
    ...swept,
    { title: 'NET $/EVENT', ...right, leaves: 0, cell: ({ moments }) => dollars(moments.mean, 4) },
    { title: '95 %', ...right, leaves: 0, cell: ({ low, high }) => `${dollars(low, 4)} to ${dollars(high, 4)}` },
    { title: 'SHARPE', ...right, leaves: 4, cell: ({ sharpe }) => sharpe.toFixed(2) },
    { title: 'NET $', ...right, leaves: 2, cell: ({ net }) => dollars(net) },
    { title: 'FEES $', ...right, leaves: 6, cell: ({ fees }) => dollars(fees).replace('+', '') },
    { title: 'FILLS', ...right, leaves: 5, cell: ({ fills }) => String(Math.round(fills)) },
    ...others,
  ];
}

function walkLines({ walkForward, plan }: SweepReport): readonly string[] {
  if (walkForward === undefined) return [];
  const { trained, tested, folds } = walkForward;
  const nameOf = ({ chosen }: FoldResult) => {
    const setting = plan.settings.find(({ key }) => key === chosen);
    return setting === undefined ? 'nothing chosen: too few events before it' : settingText(setting);
  };
  const rows = folds.map((fold, index) => {
    const gone = fold.purged.length > 0 ? `, ${fold.purged.length} left out for overlapping` : '';
    const on = `trained on ${counted(fold.train.length, 'event')}${gone}, tested on ${fold.test.length}`;
    const brought =
      fold.tested === undefined
        ? ''
        : `: ${dollars(fold.trained?.mean, 4)} in training, ${dollars(fold.tested.mean, 4)} per event in the test`;
    return `  ${index + 1}  ${nameOf(fold)}; ${on}${brought}`;
  });
  const interval = `${dollars(tested.mean, 4)} ± ${(Z95 * (tested.standardError / 1e6)).toFixed(4)}`;
  return [
    'walk-forward: chosen on what came before, tested on what came after',
    ...rows,
    tested.n === 0
      ? '  nothing could be tested'
      : `  tested ${interval} $ per event over ${counted(tested.n, 'event')}; in training it was ${dollars(trained.mean, 4)}`,
    '',
  ];
}

function verdictLines({ verdict, trials, settings }: SweepReport): readonly string[] {
  const best = settings[0];
  const named = best === undefined ? '' : settingText(best);
  const among = `the best of ${counted(trials, 'setting')} that were tried`;
  const ratio = 'deflated' in verdict && verdict.deflated !== undefined ? verdict.deflated.toFixed(3) : 'not to be had';
  switch (verdict.kind) {
    case 'nothing':
      return ['no setting has been run over every recording: there is nothing to rank'];
    case 'loses':
      return [
        `${verdict.isEvery ? 'every setting loses' : 'the best loses'}: ${named} brings ${dollars(best?.moments.mean, 4)} $ per event`,
      ];
    case 'too-few':
      return [
        `no verdict: ${counted(verdict.events, 'event')}, and ${verdict.needed} are the least (deflated Sharpe ratio ${ratio})`,
        `${named} is ${among}; nothing says that it is better than the others`,
      ];
    case 'luck':
      return [
        `NOT distinguishable from luck: ${named} is ${among}, and its deflated Sharpe ratio is ${ratio} (0.950 is the least)`,
        'the luckiest of so many without any skill would look as good',
      ];
    case 'believed':
      return [`${named} stands out: ${among}, deflated Sharpe ratio ${ratio}`];
    default:
      return verdict satisfies never;
  }
}

function troubleLines({ failures, incomplete, failed }: SweepReport): readonly string[] {
  const shown = failures
    .slice(0, FAILURES_SHOWN)
    .map(({ code, message, jobs }) => `  ${counted(jobs, 'job')}: ${code}: ${message}`);
  const more =
    failures.length > FAILURES_SHOWN ? [`  and ${failures.length - FAILURES_SHOWN} other reasons in summary.json`] : [];
  return [
    ...(incomplete > 0 ? [`${counted(incomplete, 'setting')} not ranked: results are missing`] : []),
    ...(failed > 0 ? [`${counted(failed, 'job')} failed:`, ...shown, ...more] : []),
  ];
}

const FAILURES_SHOWN = 5;

/** `cara quoter.cara.gamma_per_dollar=0.01` */
function settingText({ strategy, parameters }: Pick<ReportedSetting, 'strategy' | 'parameters'>): string {
  return [strategy, ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`)].join(' ');
}

/** Microdollars as signed dollars; a statistic, so its decimals are what is worth reading. */
function dollars(money: number | undefined, decimals = 2): string {
  if (money === undefined) return '-';
  const text = (money / 1e6).toFixed(decimals);
  return money > 0 ? `+${text}` : text;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
