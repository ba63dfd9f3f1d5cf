/**
 * Works out how far each model is believed in each series, before the first quote, whenever markets that something was said of
 * have their results, or others than before, and as what was said long ago ceases to count; and tells the engine. The rows it rests on are in the journal for good; those of `honesty.history_days`,
 * and of as many events as say enough (judged.ts), are held here so that a settlement costs no query over all of them.
 */
import type { MoneyWriter } from '../../adapters/store/money-writer.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import { counted, type JudgedModel, judged, keyOf, type ModelRows } from '../../core/honesty/judged.ts';
import type { EstimateRow, FilledRow, Standing } from '../../core/honesty/standing.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';
import { type HonestySettings, standingRules } from '../config/honesty.ts';
import type { SessionPart } from '../session/session-part.ts';
import { KeptRows } from './kept-rows.ts';
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

interface Group extends ModelRows {
  estimates: EstimateRow[];
  filled: FilledRow[];
  judged?: JudgedModel | undefined;
}

const LOOK_MS = 5_000;
const ASK_MS = 60_000;
/** What leaves the history that is looked back on may change a verdict although nothing settles. */
const JUDGE_MS = 3_600_000;

export class StandingWatch implements SessionPart {
  readonly #options: StandingWatchOptions;
  readonly #groups = new Map<string, Group>();
  /** Groups that have changed: one is judged a second, for each may take some hundredths of it. */
  readonly #due = new Set<string>();
  #lookedAt = 0;
  #judgedAt = 0;
  #askedAt = 0;
  #isAsking = false;
  #isStopped = false;
  #hasFailed = false;

  constructor(options: StandingWatchOptions) {
    this.#options = options;
  }

  /** Before anything is quoted. */
  start(): void {
    this.#guarded(() => {
      const { journal, account, clock } = this.#options;
      const { estimates: rows } = journal.money;
      const now = clock.now();
      this.#lookedAt = now;
      this.#judgedAt = now;
      rows.results.takeTold();
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
      if (now - this.#judgedAt >= JUDGE_MS) {
        this.#judgedAt = now;
        for (const key of this.#groups.keys()) this.#due.add(key);
      }
      const [next] = this.#due;
      if (next !== undefined && this.#due.delete(next)) this.#judge([next], now);
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
    return this.judged().flatMap(({ standing: { model, series }, brier }) =>
      brier === null ? [] : [{ model, series, brier }],
    );
  }

  #look(now: EpochMs): void {
    const { journal, account } = this.#options;
    const { estimates: rows } = journal.money;
    this.#lookedAt = now;
    const told = rows.results.takeTold();
    if (told.length === 0) return;
    for (const key of this.#takeOut(new Set(told))) this.#due.add(key);
    const estimates = rows.settledOf(account, told).flatMap((row) => estimateRowOf(row) ?? []);
    const filled = rows.filledIn(account, told).flatMap((row) => filledRowOf(row) ?? []);
    for (const key of this.#add(estimates, filled)) this.#due.add(key);
  }

  /** A result that is told otherwise replaces what was counted of its market. Returns the groups that have shrunk. */
  #takeOut(tickers: ReadonlySet<string>): readonly string[] {
    const isOther = ({ ticker }: EstimateRow | FilledRow) => !tickers.has(ticker);
    return [...this.#groups].flatMap(([key, group]) => {
      const [estimates, filled] = [group.estimates.filter(isOther), group.filled.filter(isOther)];
      const isSame = estimates.length === group.estimates.length && filled.length === group.filled.length;
      Object.assign(group, { estimates, filled });
      return isSame ? [] : [key];
    });
  }

  /** Returns the groups that have grown. */
  #add(estimates: readonly EstimateRow[], filled: readonly FilledRow[]): readonly string[] {
    const grown = new Set<string>();
    const groupOf = (row: EstimateRow | FilledRow) => {
      const key = keyOf(row);
      grown.add(key);
      const known = this.#groups.get(key) ?? { estimates: [], filled: [] };
      this.#groups.set(key, known);
      return known;
    };
    const kept = new KeptRows();
    for (const row of estimates) groupOf(row).estimates.push(kept.estimate(row));
    for (const row of filled) groupOf(row).filled.push(kept.fill(row));
    return [...grown].sort();
  }

  #judge(keys: readonly string[], now: EpochMs): void {
    const rules = standingRules(this.#options.settings, now);
    const standings: Standing[] = [];
    for (const key of keys) {
      const group = this.#groups.get(key);
      if (group === undefined) continue;
      const { estimates, filled } = counted(group, rules);
      group.estimates = [...estimates];
      group.filled = [...filled];
      const before = group.judged?.standing;
      group.judged = judged(group, rules);
      const standing = group.judged?.standing ?? (before && nothingOf(before));
      if (group.judged === undefined) this.#groups.delete(key);
      if (standing !== undefined && JSON.stringify(standing) !== JSON.stringify(before)) standings.push(standing);
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

/** All that was said of it has ceased to count: it is believed as one that is new. */
function nothingOf({ model, series }: Standing): Standing {
  return { model, series, events: 0, drift: 'none', calibrationError: null, bins: [], benched: null };
}
