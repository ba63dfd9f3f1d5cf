/**
 * Writes down what each market was thought to be worth when it passed a time to close that was fixed beforehand: the first
 * decision from then on that had a fair value, whether anything was quoted by it or not. After the turn's intents have left,
 * and at once, so that a trader that is killed takes nothing with it: a market has a row every few minutes at most.
 */
import type { EstimateNote } from '../../adapters/store/estimate-rows.ts';
import type { MoneyWriter } from '../../adapters/store/money-writer.ts';
import { doubledMid } from '../../core/book/signals.ts';
import type { Engine } from '../../core/engine.ts';
import { sourceOf } from '../../core/fair-value/fair-value.ts';
import { modelName } from '../../core/fair-value/model-name.ts';
import { horizonAt } from '../../core/honesty/horizons.ts';
import type { EpochMs } from '../../core/units.ts';
import type { SessionPart } from '../session/session-part.ts';

export interface EstimateJournalOptions {
  readonly engine: Engine;
  readonly account: string;
  readonly journal: { readonly money: { readonly estimates: Pick<MoneyWriter['estimates'], 'note'> } };
  readonly warn: (text: string) => void;
}

export class EstimateJournal implements SessionPart {
  readonly #options: EstimateJournalOptions;
  /** By ticker: the time to close that was written last. */
  readonly #written = new Map<string, number>();
  #hasFailed = false;

  constructor(options: EstimateJournalOptions) {
    this.#options = options;
  }

  turned(at: EpochMs): void {
    if (this.#hasFailed) return;
    const { account, journal, warn } = this.#options;
    const notes = this.#due(at);
    if (notes.length === 0) return;
    const problem = journal.money.estimates.note(account, notes);
    if (problem === undefined) return;
    // Trading does not end for it here: a journal that cannot be written fails the next commit too, and that one stops it.
    this.#hasFailed = true;
    warn(`what models say is no longer written down: ${problem.message}`);
  }

  tick(): void {
    const { engine } = this.#options;
    for (const ticker of this.#written.keys()) if (engine.market(ticker) === undefined) this.#written.delete(ticker);
  }

  #due(at: EpochMs): EstimateNote[] {
    const { engine, warn } = this.#options;
    const due: EstimateNote[] = [];
    for (const { market, decision } of engine.markets()) {
      // One of an earlier turn may be of parameters that no longer hold.
      if (decision?.fair === undefined || decision.at !== at) continue;
      const { ticker, eventTicker: event, seriesTicker: series, closeAt } = market;
      const horizonS = horizonAt(closeAt, at);
      if (horizonS === undefined || this.#written.get(ticker) === horizonS) continue;
      this.#written.set(ticker, horizonS);
      const { probability, standardError, source } = decision.fair;
      if (!(probability >= 0 && probability <= 1 && standardError >= 0 && Number.isFinite(standardError))) {
        warn(`${ticker}: ${source} says ${probability} ± ${standardError}, which is no chance: not written down`);
        continue;
      }
      due.push({
        ...{ ticker, event, series, closeAt, model: modelName(sourceOf(engine.config.parameters, market)), horizonS },
        ...{ at, probability, standardError },
        midDoubled: decision.top === undefined ? null : doubledMid(decision.top),
      });
    }
    return due;
  }
}
