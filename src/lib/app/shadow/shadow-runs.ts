/**
 * Variants that trade on paper while a tape is written: every record goes to them as it goes to the tape, and each decides as
 * soon as nothing that is still to come can change what it knew. What they trade on is the exchange of a backtest; no order
 * leaves this process, for nothing here could send one (docs/adr/0045).
 */
import type { TapeRecord } from '../../adapters/store/tape-reader.ts';
import type { BacktestJob } from '../../core/backtest/job.ts';
import type { BacktestResult, DataFile } from '../../core/backtest/result.ts';
import type { Engine } from '../../core/engine.ts';
import type { BacktestData } from '../../sim/backtest/data.ts';
import { GrowingRecords } from '../../sim/backtest/growing-records.ts';
import { BacktestRun, type RunGlance } from '../../sim/backtest/run.ts';
import { HeardIntake } from '../backtest/heard-intake.ts';
import { heardData, takeRecord } from '../backtest/load-heard.ts';
import { stamped } from '../backtest/run-job.ts';
import { IntentsHash } from '../session/tape/intents-hash.ts';

export interface Variant {
  readonly name: string;
  /** Its files are those of the tape. */
  readonly job: BacktestJob;
}

export interface VariantGlance extends RunGlance {
  readonly name: string;
  /** It threw, and trades no more. */
  readonly failure?: string;
}

export interface VariantResult {
  readonly name: string;
  readonly result: BacktestResult;
  readonly isReconciled: boolean;
}

export interface ShadowRunsOptions {
  readonly variants: readonly Variant[];
  readonly tape: string;
  /** What is quoted is chosen, and heard as it goes to the tape. */
  readonly isChosen?: boolean;
  /** Records that are kept although nobody needs them any more. */
  readonly spentMax?: number;
}

interface Running extends Variant {
  readonly run: BacktestRun;
  readonly hash: IntentsHash;
}

const SPENT_MAX = 50_000;

export class ShadowRuns {
  readonly #options: ShadowRunsOptions;
  readonly #records = new GrowingRecords();
  readonly #intake: HeardIntake;
  readonly #data: BacktestData;
  #files: readonly DataFile[] = [];
  /** Begins with the first record that says anything. */
  #running: readonly Running[] | undefined;

  constructor(options: ShadowRunsOptions) {
    this.#options = options;
    this.#intake = new HeardIntake({
      ...{ name: options.tape, wanted: [], isChosen: options.isChosen === true },
      take: (row) => this.#records.add(row),
    });
    this.#data = heardData(this.#intake, this.#records, () => this.#files);
  }

  /** Markets that were met. */
  get markets(): number {
    return this.#intake.markets.length;
  }

  get frames(): number {
    return this.#intake.frames;
  }

  /** Of the first variant; undefined before anything was heard. */
  get engine(): Engine | undefined {
    return this.#running?.[0]?.run.engine;
  }

  /** By any of the variants. */
  isHeld(ticker: string): boolean {
    return (this.#running ?? []).some(({ run }) => run.engine.ledger.holding(ticker).position !== 0);
  }

  /** As it goes to the tape. */
  take(record: TapeRecord): void {
    takeRecord(this.#intake, record);
  }

  /** Every variant decides all that is settled by now. */
  advance(now: number): void {
    const until = this.#intake.settle(now);
    this.#play(until);
    const { spentMax = SPENT_MAX } = this.#options;
    const spent = Math.min(...(this.#running ?? []).map(({ run }) => run.spent), this.#records.length);
    if (this.#running === undefined || spent <= spentMax) return;
    for (const { run } of this.#running) run.dropping(spent);
    this.#records.drop(spent);
  }

  glance(): readonly VariantGlance[] {
    return (this.#running ?? []).map(({ name, run }) => {
      const { failure } = run;
      return { name, ...run.glance, ...(failure !== undefined && { failure: failure.message }) };
    });
  }

  /** To the last record of the tape; once. */
  end(): void {
    this.#intake.end();
    this.#play(this.#intake.endsAt);
  }

  /**
   * As a backtest over the tape would find it (`--clock receipt`), when all is played. Empty where no book was ever heard.
   * @param files of the tape, once it is closed
   */
  results(files: readonly DataFile[]): readonly VariantResult[] {
    if (this.markets === 0) return [];
    this.#files = files;
    const [{ path } = { path: this.#options.tape }] = files;
    return (this.#running ?? []).map(({ name, run, hash, job: asked }) => {
      const job = { ...asked, data: { ...asked.data, files: [path] } };
      const result = stamped(run.result(), job, this.#data, hash);
      return { name, result, isReconciled: run.isReconciled };
    });
  }

  #play(until: number): void {
    if (this.#running === undefined && this.#records.length > 0) this.#running = this.#begin();
    for (const { run } of this.#running ?? []) run.play(until);
  }

  #begin(): readonly Running[] {
    return this.#options.variants.map((variant) => {
      const hash = new IntentsHash();
      const run = new BacktestRun(variant.job, this.#data, { intents: (intents) => hash.add(intents) });
      return { ...variant, run, hash };
    });
  }
}
