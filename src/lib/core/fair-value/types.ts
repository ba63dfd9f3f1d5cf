/** The fair-value port: what a model answers, and that it may refuse. A refusal carries a name and no number. */
import type { EpochMs, Probability } from '../units.ts';

export interface FairValue {
  readonly probability: Probability;
  /** One standard error of the probability, ≥ 0; it widens the spread. */
  readonly standardError: number;
  /** Which model spoke: `micro`, `mid`, `fixed`, … */
  readonly source: string;
  readonly at: EpochMs;
  /** The numbers behind it, for `quote` and `why`. */
  readonly inputs: Readonly<Record<string, number>>;
  /** In words, what it rests on. */
  readonly reasons?: readonly string[];
}

export interface ModelRefusal {
  readonly kind: 'refused';
  /** A stable word: `one_sided_book`, `crossed_book`, `strike_unknown`, … */
  readonly code: string;
  readonly reason: string;
}

export type FairValueResult = { readonly kind: 'value'; readonly value: FairValue } | ModelRefusal;
