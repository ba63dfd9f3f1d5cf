/**
 * What can be wrong with a tape, in words that name the place. `remark`: all that was heard is there. `marked`: something
 * that was heard is missing, and the tape says so. `broken`: something is missing or contradicts itself, and it does not.
 */
import type { EpochMs } from '../../core/units.ts';

export type Verdict = 'remark' | 'marked' | 'broken';

const VERDICTS = {
  /** A block that does not verify, or a file that is not there. */
  damage: 'broken',
  /** Dropped by its writer, which counted them and did not say where. */
  unsaid: 'broken',
  /** Numbers of a subscription that never came. */
  hole: 'broken',
  /** A book that is not the one the exchange sent whole. */
  book: 'broken',
  /** A level that would fall below zero: something before it is missing. */
  negative: 'broken',
  /** Turns of a session that are not there, or an end that does not fit them. */
  turns: 'broken',
  /** Records that should be JSON and are not. */
  garbled: 'broken',
  /** Dropped by its writer, which said so in place. */
  lost: 'marked',
  /** Its writer died: what it had heard in its last moments is missing. */
  killed: 'marked',
  /** Nothing was heard in these spans. */
  gap: 'remark',
  /** Frames that make no sense; they are kept as they came. */
  malformed: 'remark',
  unknown: 'remark',
  /** Changes of markets whose book never came. */
  unfounded: 'remark',
  /** An empty book was sent where one stood: orders were swept away at the close. */
  emptied: 'remark',
  /** The clock of whoever recorded went back. */
  clock: 'remark',
  /** It is being written. */
  writing: 'remark',
} as const satisfies Readonly<Record<string, Verdict>>;

export type FindingKind = keyof typeof VERDICTS;

export interface Finding {
  readonly kind: FindingKind;
  readonly verdict: Verdict;
  /** Records, numbers or spans, whatever the kind counts. */
  readonly count: number;
  /** Of the first. */
  readonly at: EpochMs;
  /** What the first one is. */
  readonly first: string;
}

/** One finding a kind: how often, and the first of them. */
export class Findings {
  readonly #found = new Map<FindingKind, Finding>();

  add(kind: FindingKind, at: EpochMs, first: string, count = 1): void {
    const known = this.#found.get(kind);
    this.#found.set(
      kind,
      known === undefined
        ? { kind, verdict: VERDICTS[kind], count, at, first }
        : { ...known, count: known.count + count },
    );
  }

  countOf(kind: FindingKind): number {
    return this.#found.get(kind)?.count ?? 0;
  }

  /** The worst first. */
  list(): readonly Finding[] {
    const kinds = Object.keys(VERDICTS);
    return [...this.#found.values()].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
  }
}

/** Of several findings or tapes, the worst. */
export function worstOf(verdicts: Iterable<Verdict | 'whole'>): Verdict | 'whole' {
  let worst: Verdict | 'whole' = 'whole';
  for (const verdict of verdicts) if (RANKS.indexOf(verdict) > RANKS.indexOf(worst)) worst = verdict;
  return worst;
}

const RANKS: readonly (Verdict | 'whole')[] = ['whole', 'remark', 'marked', 'broken'];
