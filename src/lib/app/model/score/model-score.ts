/** What `kmm model score tsa|weather|cpi` answers: rivals on the same questions, table by table, and what was left out. */
import type { Pit } from '../../../core/honesty/pit.ts';
import type { RivalScore } from '../../../core/honesty/rivals.ts';
import type { fileDigest } from '../file-digest.ts';

export interface ScoreTable {
  readonly name: string;
  readonly rivals: readonly RivalScore[];
  /** Root of the mean squared error of each rival's mean, in the unit of the figure; where it was asked. */
  readonly rms?: Readonly<Record<string, number>>;
  readonly pit?: Pit;
}

export interface ModelScore {
  readonly model: 'tsa' | 'weather' | 'cpi';
  readonly tables: readonly ScoreTable[];
  readonly leftOut: readonly LeftOut[];
  readonly sources: readonly Awaited<ReturnType<typeof fileDigest>>[];
}

export interface LeftOut {
  readonly why: string;
  readonly questions: number;
}

/** Counts reasons. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(why: string): void {
    this.#counts.set(why, (this.#counts.get(why) ?? 0) + 1);
  }

  all(): readonly LeftOut[] {
    return [...this.#counts].map(([why, questions]) => ({ why, questions })).sort((a, b) => b.questions - a.questions);
  }
}
