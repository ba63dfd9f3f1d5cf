/** Writes down what the limits must remember when this process is gone: every few seconds where it has changed, and at the end. */
import type { JournalFile } from '../../../adapters/store/journal.ts';
import type { Engine } from '../../../core/engine.ts';
import type { RiskMark } from '../../../core/risk/loss-watch.ts';
import type { EpochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import type { SessionPart } from '../session-part.ts';

const EVERY_MS = 5_000;

export interface RiskMarkWatchOptions {
  readonly engine: Engine;
  readonly journal: Pick<JournalFile, 'riskMarks'>;
  readonly account: string;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

export class RiskMarkWatch implements SessionPart {
  readonly #options: RiskMarkWatchOptions;
  readonly #kept = new Map<string, string>();
  #keptAt = 0;
  #isWarned = false;

  constructor(options: RiskMarkWatchOptions) {
    this.#options = options;
  }

  tick(now: EpochMs): void {
    if (now - this.#keptAt >= EVERY_MS) this.#keep(now);
  }

  stop(): void {
    this.#keep(this.#options.clock.now());
  }

  #keep(now: EpochMs): void {
    const { engine, journal, account, warn } = this.#options;
    this.#keptAt = now;
    const changed = engine.money.marks(now).filter((mark) => this.#kept.get(mark.name) !== textOf(mark));
    if (changed.length === 0) return;
    const problem = journal.riskMarks.keep(account, changed);
    if (problem !== undefined && !this.#isWarned) warn(problem.message);
    this.#isWarned = problem !== undefined;
    if (problem === undefined) for (const mark of changed) this.#kept.set(mark.name, textOf(mark));
  }
}

/** The same figure of another day is another mark; of another second it is not. */
function textOf({ value, at }: RiskMark): string {
  return `${value} ${Math.floor(at / 3_600_000)}`;
}
