/** All checkers of a world, each told everything; what they find, once per invariant. */
import type { CheckerMaker, Invariant, Observation, Violation, WorldTerms } from '../observation.ts';
import { bounded } from './bounded.ts';
import { budget } from './budget.ts';
import { deadMan } from './dead-man.ts';
import { equal } from './equal.ts';
import { fees } from './fees.ts';
import { fresh } from './fresh.ts';
import { halt } from './halt.ts';
import { known } from './known.ts';
import { legal } from './legal.ts';
import { limit } from './limit.ts';
import { live } from './live.ts';
import { log } from './log.ts';
import { once } from './once.ts';
import { profit } from './profit.ts';
import { replayed } from './replayed.ts';
import { told } from './told.ts';

const CHECKERS: readonly (readonly [Invariant, CheckerMaker])[] = [
  ['I1', known],
  ['I2', equal],
  ['I3', limit],
  ['I4', once],
  ['I5', halt],
  ['I6', deadMan],
  ['I7', fresh],
  ['I8', budget],
  ['I11', legal],
  ['I12', log],
  ['I13', live],
  ['I14', told],
  ['I16', profit],
  ['I17', bounded],
  ['X1', replayed],
  ['X4', fees],
];

export class Checkers {
  readonly #checkers;
  readonly #found = new Map<Invariant, Violation>();

  constructor(terms: WorldTerms) {
    this.#checkers = CHECKERS.map(([invariant, make]) => ({ invariant, check: make(terms) }));
  }

  see(observation: Observation): void {
    for (const { invariant, check } of this.#checkers) {
      const text = check(observation);
      if (text === undefined || this.#found.has(invariant)) continue;
      this.#found.set(invariant, { invariant, at: observation.at, text });
    }
  }

  get violations(): readonly Violation[] {
    return [...this.#found.values()];
  }
}
