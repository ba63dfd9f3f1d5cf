/**
 * Works out how far each model is believed in each series, before the first quote and whenever markets that something was said
 * of have their results, and tells the engine. The rows it rests on are in the journal for good; those of `honesty.history_days`,
 * and of as many events as say enough, are held here so that a settlement costs no query over all of them.
 */
import type { MoneyWriter } from '../../adapters/store/money-writer.ts';
import type { JudgedModel } from '../../core/alerts/honesty-conditions.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import { errorByChance } from '../../core/honesty/calibration-error.ts';
import { scoresOf } from '../../core/honesty/scores.ts';
import { type EstimateRow, type FilledRow, type Standing, standingsOf } from '../../core/honesty/standing.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';
import { type HonestySettings, standingRules } from '../config/honesty.ts';
import type { SessionPart } from '../session/session-part.ts';
import type { ResultReader } from './result-reader.ts';
import { estimateRowOf, filledRowOf } from './rows.ts';

export interface StandingWatchOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly account: string;
  readonly journal: { readonly money: { readonly estimates: MoneyWriter['estimates'] } };
  readonly results: Pick<ResultReader, 'read'>;
  /** What nobody waits for may be read now. */
  readonly hasReadsToSpare: () => boolean;
  readonly settings: HonestySettings;
  readonly emit: (event: EngineEvent) => void;
  readonly warn: (text: string) => void;
}

export interface BrierScore {
  readonly model: string;
  readonly series: string;
  /** Of what was said at all times to close. */
  readonly brier: number;
}

interface Group {
  estimates: EstimateRow[];
  filled: FilledRow[];
  judged?: JudgedModel;
  brier?: number;
}

/** Of one model in one series: whole events leave, the oldest first, and never so that a verdict needs them. */
const EVENTS_KEPT = 300;
const ROWS_KEPT = 20_000;
const EVENTS_KEPT_MIN = 60;
const LOOK_MS = 5_000;
const ASK_MS = 60_000;

export class StandingWatch implements SessionPart {
  readonly #options: StandingWatchOptions;
  readonly #groups = new Map<string, Group>();
  /** Markets without a result at the last look. */
  #awaited = new Set<string>();
  #lookedAt = 0;
  #askedAt = 0;
  #isAsking = false;
  #isStopped = false;
  #hasFailed = false;

  constructor(options: StandingWatchOptions) {
    this.#options = options;
  }

  /** Before anything is quoted. */
  begin(): void {
    this.#guarded(() => {
      const { journal, account, clock } = this.#options;
      const { estimates: rows } = journal.money;
      const now = clock.now();
      this.#lookedAt = now;
      this.#awaited = new Set(rows.awaited(account).map(({ ticker }) => ticker));
      const since = epochMs(now - this.#options.settings.historyMs);
      this.#add(
        rows.settled(account, since).flatMap((row) => estimateRowOf(row) ?? []),
        rows.filled(account, since).flatMap((row) => filledRowOf(row) ?? []),
      );
      this.#judge([...this.#groups.keys()], now);
    });
  }

  tick(now: EpochMs): void {
    this.#guarded(() => {
      if (now - this.#lookedAt >= LOOK_MS) this.#look(now);
      if (now - this.#askedAt >= ASK_MS && !this.#isAsking && this.#options.hasReadsToSpare()) void this.#ask(now);
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** As they were told last, by model and series. */
  judged(): readonly JudgedModel[] {
    return [...this.#groups.values()].flatMap(({ judged }) => judged ?? []);
  }

  briers(): readonly BrierScore[] {
    return [...this.#groups.values()].flatMap(({ judged, brier }) =>
      judged === undefined || brier === undefined
        ? []
        : [{ model: judged.standing.model, series: judged.standing.series, brier }],
    );
  }

  #look(now: EpochMs): void {
    const { journal, account } = this.#options;
    const { estimates: rows } = journal.money;
    this.#lookedAt = now;
    const awaited = new Set(rows.awaited(account).map(({ ticker }) => ticker));
    const settled = [...this.#awaited].filter((ticker) => !awaited.has(ticker));
    this.#awaited = awaited;
    if (settled.length === 0) return;
    const estimates = rows.settledOf(account, settled).flatMap((row) => estimateRowOf(row) ?? []);
    const filled = rows.filledIn(account, settled).flatMap((row) => filledRowOf(row) ?? []);
    this.#judge(this.#add(estimates, filled), now);
  }

  /** Returns the groups that have grown. */
  #add(estimates: readonly EstimateRow[], filled: readonly FilledRow[]): readonly string[] {
    const grown = new Set<string>();
    const groupOf = (row: EstimateRow | FilledRow) => {
      const key = `${row.model}\n${row.series}`;
      grown.add(key);
      const known = this.#groups.get(key) ?? { estimates: [], filled: [] };
      this.#groups.set(key, known);
      return known;
    };
    for (const row of estimates) groupOf(row).estimates.push(row);
    for (const row of filled) groupOf(row).filled.push(row);
    return [...grown].sort();
  }

  #judge(keys: readonly string[], now: EpochMs): void {
    const rules = standingRules(this.#options.settings, now);
    const standings: Standing[] = [];
    for (const key of keys) {
      const group = this.#groups.get(key);
      if (group === undefined) continue;
      const { model = '' } = group.estimates[0] ?? group.filled[0] ?? {};
      thin(group, Math.max(rules.from, rules.since?.[model] ?? 0));
      const [standing] = standingsOf(group.estimates, group.filled, rules);
      if (standing === undefined) continue;
      const { parts, bins } = scoresOf(
        group.estimates.map(({ p, yes, ticker }) => ({ probability: p, isTrue: yes === 1, group: ticker })),
      );
      group.judged = { standing, errorByChance: errorByChance(bins) };
      if (parts !== null) group.brier = parts.brier;
      standings.push(standing);
    }
    if (standings.length > 0) this.#options.emit({ type: 'standing', at: now, standings });
  }

  async #ask(now: EpochMs): Promise<void> {
    const { journal, account, results, warn } = this.#options;
    this.#askedAt = now;
    this.#isAsking = true;
    try {
      const found = await results.read(journal.money.estimates.awaited(account), now);
      if (this.#isStopped) return;
      const problem = found.length === 0 ? undefined : journal.money.estimates.settle(account, found);
      if (problem !== undefined) warn(problem.message);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isAsking = false;
    }
  }

  /** What was told last stays in force: nothing here may end trading, and nothing here may widen what is allowed. */
  #guarded(work: () => void): void {
    if (this.#hasFailed) return;
    try {
      work();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#hasFailed = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.warn(`how far models are believed is no longer worked out: ${reason}`);
  }
}

function thin(group: Group, since: number): void {
  const lastAt = new Map<string, number>();
  const sizes = new Map<string, number>();
  for (const { event, at } of group.estimates) {
    lastAt.set(event, Math.max(lastAt.get(event) ?? 0, at));
    sizes.set(event, (sizes.get(event) ?? 0) + 1);
  }
  const kept = new Set<string>();
  let rows = 0;
  for (const [event, at] of [...lastAt].sort(([, a], [, b]) => b - a)) {
    rows += sizes.get(event) ?? 0;
    const isTooMany = kept.size >= EVENTS_KEPT || (rows > ROWS_KEPT && kept.size >= EVENTS_KEPT_MIN);
    if (at < since || isTooMany) break;
    kept.add(event);
  }
  const firstAt = Math.min(...[...kept].map((event) => lastAt.get(event) ?? 0), Number.MAX_SAFE_INTEGER);
  group.estimates = group.estimates.filter(({ event }) => kept.has(event));
  // Fills of events of which nothing was said count by their time.
  group.filled = group.filled.filter(
    ({ event, settledAt }) => kept.has(event) || (kept.size === 0 ? settledAt >= since : settledAt >= firstAt),
  );
}
