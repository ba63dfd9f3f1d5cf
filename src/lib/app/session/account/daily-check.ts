/**
 * The day that is over, three ways (reliability.md section 4): the ledger, the exchange's statements, and what its stream
 * said last. At ten past midnight in New York, when fills and settlements of the day have had their time. A difference that
 * is proved halts everything, with both figures; one that cannot be proved is looked at again.
 */
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import { easternDay } from '../../../core/eastern.ts';
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import { HALT_EVERYTHING } from '../../../core/risk/halts.ts';
import { type EpochMs, epochMs, formatMoney } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import type { Asks } from '../loops.ts';
import type { SessionLog } from '../session-log.ts';
import type { SessionPart } from '../session-part.ts';
import { compareAtEnd } from './closing-comparison.ts';
import { differencesOf } from './compare.ts';

export interface DailyCheckOptions {
  readonly engine: Engine;
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly log: SessionLog;
  /** Reads everything of the account anew; false when part of it failed. */
  readonly catchUp: () => Promise<boolean>;
  /** Where the stream's last word on a position is not the ledger's. */
  readonly streamDifferences: () => readonly string[];
  /** Exchange time per real time. */
  readonly speed: number;
  readonly asks: Asks;
  readonly emit: (event: EngineEvent) => void;
}

const AFTER_MIDNIGHT_MS = 10 * 60_000;
/** What something of ours kept from being compared is compared again after this. */
const AGAIN_MS = 60_000;

export class DailyCheck implements SessionPart {
  readonly #options: DailyCheckOptions;
  /** The day whose check was done, or in which the session began. */
  #day: number | undefined;
  #nextAt = 0;
  #isChecking = false;

  constructor(options: DailyCheckOptions) {
    this.#options = options;
  }

  tick(now: EpochMs): void {
    const day = easternDay(epochMs(now - AFTER_MIDNIGHT_MS));
    this.#day ??= day;
    if (day === this.#day || now < this.#nextAt || this.#isChecking) return;
    this.#nextAt = now + AGAIN_MS;
    this.#options.asks(this.#check(day));
  }

  async #check(day: number): Promise<void> {
    const { engine, rest, clock, catchUp, speed, log, streamDifferences } = this.#options;
    const { ledger } = engine;
    this.#isChecking = true;
    const { isEqual, exchange } = await compareAtEnd({ rest, ledger, clock, catchUp, speed });
    this.#isChecking = false;
    if (isEqual === null || exchange === undefined) return log.say('warn', 'the day could not be compared yet');
    const differences = [...differencesOf(ledger, exchange), ...streamDifferences()];
    // Something moved while the words were being found.
    if (isEqual && differencesOf(ledger, exchange).length > 0) return;
    this.#day = day;
    if (differences.length > 0) return this.#halt(differences);
    const cash = formatMoney(ledger.totalCash());
    log.say('info', `the day is over: ledger, exchange and stream agree, cash $${cash}, ${ledger.fillCount} fills`);
  }

  #halt(differences: readonly string[]): void {
    const at = this.#options.clock.now();
    const reason = `the day does not add up: ${differences.join('; ')}`;
    const halt = { name: 'RECONCILE', scope: HALT_EVERYTHING, since: at, reason } as const;
    this.#options.emit({ type: 'halt_changed', at, halt, isOn: true });
  }
}
