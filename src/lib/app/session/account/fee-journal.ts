/** Writes down what was found of the fee of every fill. After the turn's intents have left: no order ever waits for it. */
import type { JournalFile } from '../../../adapters/store/journal.ts';
import type { Engine } from '../../../core/engine.ts';
import type { SessionPart } from '../session-part.ts';

export interface FeeJournalOptions {
  readonly engine: Pick<Engine, 'fees'>;
  readonly journal: Pick<JournalFile, 'recordFeeChecks'>;
}

export class FeeJournal implements SessionPart {
  readonly #options: FeeJournalOptions;

  constructor(options: FeeJournalOptions) {
    this.#options = options;
  }

  turned(): void {
    const { engine, journal } = this.#options;
    journal.recordFeeChecks(engine.fees.takeChecks());
  }

  stop(): void {
    this.turned();
  }
}
