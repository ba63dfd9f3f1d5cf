/**
 * The journal is a second witness of what a session asked for, written before anything was sent: intents that the tape has
 * and the journal has not, or the other way round, mean that one of the two was changed or cut.
 */
import type { JournaledIntent } from '../../adapters/store/journal-history.ts';
import type { Intent } from '../../core/intents.ts';
import { formatPrice, formatSize } from '../../core/units.ts';

export interface WitnessDifference {
  readonly turn: number;
  /** In words; null where one has nothing. */
  readonly tape: string | null;
  readonly journal: string | null;
}

export interface WitnessReport {
  readonly intents: number;
  readonly firstDifference: WitnessDifference | null;
}

export class JournalWitness {
  readonly #rows: Iterator<JournaledIntent>;
  #intents = 0;
  #first: WitnessDifference | undefined;

  constructor(rows: Iterable<JournaledIntent>) {
    this.#rows = rows[Symbol.iterator]();
  }

  /** Intents as the tape has them, which is how they were sent: cancels first. */
  see(turn: number, intents: readonly Intent[]): void {
    for (const intent of [...intents].sort((a, b) => a.counter - b.counter)) {
      if (this.#first !== undefined) return;
      const next = this.#rows.next();
      const row = next.done === true ? undefined : next.value;
      if (row !== undefined && row.turn === turn && text(row) === text(intent)) this.#intents += 1;
      else this.#first = { turn: Math.min(turn, row?.turn ?? turn), ...sidesOf(turn, intent, row) };
    }
  }

  /** @param isWhole the tape was played to its end: what the journal has beyond it is missing there. */
  finish(isWhole: boolean): WitnessReport {
    if (this.#first === undefined && isWhole) {
      const next = this.#rows.next();
      if (next.done !== true) this.#first = { turn: next.value.turn, tape: null, journal: text(next.value) };
    }
    this.#rows.return?.();
    return { intents: this.#intents, firstDifference: this.#first ?? null };
  }
}

/** The earlier of two turns is the one that the other side lacks. */
function sidesOf(turn: number, intent: Intent, row: JournaledIntent | undefined) {
  return {
    tape: row === undefined || row.turn >= turn ? text(intent) : null,
    journal: row === undefined || row.turn > turn ? null : text(row),
  };
}

function text({ kind, side, size, price, ticker, counter }: Omit<JournaledIntent, 'turn'>): string {
  return `${kind} ${side} ${formatSize(size)} at ${formatPrice(price)} in ${ticker}, intent ${counter}`;
}
