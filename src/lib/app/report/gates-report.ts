/** Whether an account may take the next step: its whole history, or since a day, held against the gates (E-13). */
import { existsSync } from 'node:fs';
import type { Span } from '../../adapters/store/money-rows.ts';
import { easternDay } from '../../core/eastern.ts';
import { evHonesty } from '../../core/honesty/ev-honesty.ts';
import { evByEvent } from '../../core/honesty/filled.ts';
import { judgedModels } from '../../core/honesty/judged.ts';
import type { FilledRow } from '../../core/honesty/standing.ts';
import { pnlOf } from '../../core/pnl/account-pnl.ts';
import { addedTallies } from '../../core/promotion/data-age.ts';
import { broughtBy, type Exceedances, exceedancesOf } from '../../core/promotion/event-tail.ts';
import { DRILL_DAYS, GATES, STEPS, type Step } from '../../core/promotion/gates.ts';
import { type Evidence, type HonestEvidence, judgeStep, type NoEvidence } from '../../core/promotion/judge.ts';
import type { KillDrill } from '../../core/promotion/kill-drill.ts';
import type { GateVerdict } from '../../core/promotion/verdict.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { EnvironmentName, Home } from '../config/home.ts';
import { type HonestySettings, standingRules } from '../config/honesty.ts';
import { KmmError } from '../errors/errors.ts';
import { estimateRowOf, filledRowOf } from '../honesty/rows.ts';
import { shadowEvidence } from '../shadow/shadow-evidence.ts';
import { dayName } from './period.ts';
import { type Proof, proofOf } from './proof.ts';
import { readPeriod } from './read-period.ts';
import { accountOf, type ReportSources, withSources } from './report-account.ts';

export interface GatesReport {
  readonly env: EnvironmentName;
  /** Empty: no session has run, and shadow runs are all there is. */
  readonly account: string;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly proof: Proof;
  /** The step that this environment feeds. */
  readonly own: Step;
  readonly steps: readonly { readonly step: Step; readonly gates: readonly GateVerdict[] }[];
  /** Events with something open: they are no observation yet. */
  readonly openEvents: number;
  /** Every gate of the own step is passed: nothing of it failed, is too few or not measured. */
  readonly isPassed: boolean;
}

/** Practice money or real: with one lot an account on demo is tried as one in production is. */
const FEEDS: Readonly<Record<EnvironmentName, Step>> = {
  sim: 'sim_to_shadow',
  demo: 'one_lot_to_scale',
  prod: 'one_lot_to_scale',
};

export interface GatesRequest {
  readonly account?: string;
  readonly since?: EpochMs;
  readonly honesty: HonestySettings;
  readonly now: EpochMs;
}

/** Before the first session an environment feeds by its shadow runs the step that leads to one. Throws as `gatesReport`, and KMM_DB_*. */
export async function gatesOf(home: Home, request: GatesRequest): Promise<GatesReport> {
  const isUnused = !existsSync(home.database) || (await withSources(home, ({ rows }) => rows.sessions().length === 0));
  const { evidence, from } = shadowEvidence(home, request.since);
  if (!isUnused || from === undefined) return withSources(home, (sources) => gatesReport(sources, request));
  const own = 'shadow_to_one_lot';
  const drills = existsSync(home.database) ? await withSources(home, (sources) => drillsOf(sources, request.now)) : [];
  const steps = stepsOf({ [own]: 'missing' in evidence ? evidence : { ...evidence, drills } });
  return {
    ...{ env: home.env, account: '', from, until: request.now, proof: { kind: 'never' }, own, steps, openEvents: 0 },
    isPassed: isPassed(steps, own),
  };
}

const ELSEWHERE: NoEvidence = { missing: 'not read: another environment feeds it' };

function stepsOf(evidence: Partial<Record<Step, Evidence | NoEvidence>>): GatesReport['steps'] {
  return STEPS.map((step) => ({ step, gates: judgeStep(step, evidence[step] ?? ELSEWHERE) }));
}

function isPassed(steps: GatesReport['steps'], own: Step): boolean {
  const gates = steps.find(({ step }) => step === own)?.gates ?? [];
  return gates.every(({ outcome }) => outcome === 'passed');
}

/** Throws KMM_USAGE (`since` lies ahead), KMM_REPORT_ACCOUNT, KMM_NOTHING_RECORDED. */
function gatesReport(sources: ReportSources, { account: name, since, honesty, now }: GatesRequest): GatesReport {
  const { rows, home } = sources;
  const sessions = rows.sessions();
  const account = accountOf(sessions, { name });
  const first = sessions.find((one) => one.account === account)?.startedAt ?? now;
  const from = since ?? first;
  const until = epochMs(now + 1);
  if (from >= until) throw new KmmError('KMM_USAGE', `${dayName(easternDay(from))} has not begun`);
  const span = { from, to: until };
  const money = readPeriod(sources, { account, ...span, cuts: [], provenFrom: until, beganAt: first, isMarked: false });
  const proof = proofOf(money, span);
  const { rows: results, events } = pnlOf(money.facts, span, 'event');
  const contractsOf = new Map(results.map(({ key, contracts }) => [key, contracts]));
  const over = events.filter(({ isOver }) => isOver);
  const evidence: Evidence = {
    proof: proof.kind,
    days: new Set(money.samples.map(({ at }) => easternDay(at))).size,
    // Microdollars to cents, centicontracts to contracts.
    events: over.map(({ eventTicker, net }) => ({
      result: net / 10_000,
      base: (contractsOf.get(eventTicker) ?? 0) / 100,
    })),
    honest: honestEvidence(sources, account, span, { honesty, now }),
    ...{ ages: addedTallies(rows.evidence.dataAges(account, span)), drills: drillsOf(sources, now) },
    tail: tailEvidence(sources, account, span),
  };
  const own = FEEDS[home.env];
  const shadows = shadowEvidence(home, since).evidence;
  const steps = stepsOf({
    shadow_to_one_lot: 'missing' in shadows ? shadows : { ...shadows, drills: drillsOf(sources, now) },
    [own]: evidence,
  });
  return {
    ...{ env: home.env, account, from, until: now, proof, own, steps, openEvents: events.length - over.length },
    isPassed: isPassed(steps, own),
  };
}

const DAY_MS = 86_400_000;

/** Of the environment: a kill is about the account whoever trades on it, and none older than so many days counts. */
function drillsOf({ rows }: ReportSources, now: EpochMs): readonly KillDrill[] {
  return rows.evidence.killDrills({ from: epochMs(now - DRILL_DAYS * DAY_MS), to: epochMs(now + 1) });
}

/** Of events whose markets are all over. */
function tailEvidence({ rows }: ReportSources, account: string, span: Span): Exceedances {
  const paid = rows.evidence.paidValues(account);
  return exceedancesOf(
    rows.evidence.eventTails(account, span).flatMap((tail) => {
      const brought = broughtBy(tail, (ticker) => paid.get(ticker));
      return brought === undefined ? [] : [{ ...tail, brought }];
    }),
  );
}

const HONEST_DAYS = GATES.find(({ measure }) => measure === 'honest')?.threshold ?? 0;

function honestEvidence(
  { rows }: ReportSources,
  account: string,
  span: Span,
  { honesty, now }: Pick<GatesRequest, 'honesty' | 'now'>,
): HonestEvidence {
  const rules = standingRules(honesty, now);
  const estimates = rows.settledEstimates(account, { ...span, from: epochMs(rules.from) });
  const filled = rows.filledEstimates(account, span).flatMap((fill) => filledRowOf(fill) ?? []);
  const models = judgedModels({ estimates: estimates.flatMap((one) => estimateRowOf(one) ?? []), filled }, rules);
  const dayOf = ({ settledAt }: FilledRow) => easternDay(epochMs(settledAt));
  const days = [...new Set(filled.map(dayOf))].sort((a, b) => a - b).slice(-HONEST_DAYS);
  return {
    days: days.length,
    ev: evHonesty(evByEvent(filled.filter((bet) => days.includes(dayOf(bet))))) ?? null,
    off: models.flatMap(({ standing: { model, series, benched, bins } }) => [
      ...(benched === null ? [] : [`${model} in ${series} is benched: ${benched}`]),
      ...bins.flatMap(({ isOff, from, to, why }) =>
        isOff ? [`${model} in ${series} is off at ${from.toFixed(1)} to ${to.toFixed(1)}: ${why ?? ''}`] : [],
      ),
    ]),
  };
}
