/** One market's decision as the journal keeps it, and which decisions say something new: what `kmm why` shows. */

import type { Top } from '../../core/book/signals.ts';
import type { FairValue } from '../../core/fair-value/types.ts';
import type { Clamp } from '../../core/honesty/belief.ts';
import type { SideAct } from '../../core/orders/diff.ts';
import type { Parameters } from '../../core/parameters.ts';
import type { Decision, SideDecision, StandingOrder } from '../../core/quoting/decide.ts';
import type { Gate } from '../../core/quoting/gates.ts';
import type { Suppression } from '../../core/quoting/quote.ts';
import { quoteNotes } from '../../core/quoting/quote-width.ts';
import type { Halt } from '../../core/risk/halts.ts';
import type { LimitName } from '../../core/risk/limits.ts';
import type { Centicents, Centicontracts, EpochMs } from '../../core/units.ts';

/** `waiting`: followed, and no book has come yet. `left`: no longer followed. Else as the engine's decision has it. */
export type Posture = Decision['posture'] | 'waiting' | 'left';

export interface SideRecord {
  readonly act: SideAct;
  readonly reason: string;
  readonly limit?: LimitName;
  /** The strategy's price in centicents, before the grid, and the size it wants. */
  readonly raw?: number;
  readonly size?: Centicontracts;
  /** On the grid; absent where none is to be shown. */
  readonly price?: Centicents;
  readonly suppression?: Suppression;
  readonly rejectedPrice?: Centicents;
  readonly feeDollars?: number;
  readonly ruleEdgeDollars?: number;
  /** It passed the risk gate. */
  readonly isShown: boolean;
  readonly standing?: Omit<StandingOrder, 'orderId'>;
  readonly ahead?: QueuePlace;
}

/** Contracts that fill before an order of ours, as the exchange said when it was asked. */
export interface QueuePlace {
  readonly contracts: Centicontracts;
  readonly at: EpochMs;
}

export interface DecisionRecord {
  readonly posture: Posture;
  readonly gate?: Pick<Gate, 'name' | 'reason'>;
  /** All that cover the market; the gate is the first that said no. */
  readonly halts: readonly Halt[];
  readonly position: Centicontracts;
  /** Best prices of the others. */
  readonly top?: Top;
  readonly fair?: {
    readonly probability: number;
    readonly standardError: number;
    readonly source: string;
    readonly at: EpochMs;
    readonly inputs: Readonly<Record<string, number>>;
    /** In words, what it rests on. */
    readonly reasons?: readonly string[];
  };
  readonly reservation?: number;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly state?: string;
  readonly minimumEdgeDollars?: number;
  /** What is to be said of how wide it stands; absent: nothing. */
  readonly notes?: readonly string[];
  readonly bid?: SideRecord;
  readonly ask?: SideRecord;
  /** The model was not believed there: less than the usual size. */
  readonly clamp?: Clamp;
}

export interface RecordedSurroundings {
  readonly halts: readonly Halt[];
  readonly parameters: Pick<Parameters, 'strategy' | 'quoter' | 'quoting'>;
  readonly aheadOf: (order: StandingOrder) => QueuePlace | undefined;
}

/** Undefined: no decision yet. */
export function recordOf(decision: Decision | undefined, around: RecordedSurroundings): DecisionRecord {
  const { halts, parameters, aheadOf } = around;
  if (decision === undefined) return { posture: 'waiting', halts, position: 0 as Centicontracts };
  const { posture, gate, position, top, fair, quote, clamp } = decision;
  const { minimumEdgeDollars } = parameters.quoting;
  const notes = quoteNotes(quote, top, parameters);
  return {
    ...{ posture, halts, position },
    ...(gate !== undefined && { gate: { name: gate.name, reason: gate.reason } }),
    ...(top !== undefined && { top }),
    ...(fair !== undefined && { fair: fairOf(fair) }),
    ...(quote !== undefined && {
      ...{ reservation: round(quote.reservation), numbers: rounded(quote.numbers), minimumEdgeDollars },
      ...(quote.state !== undefined && { state: quote.state }),
      ...(notes.length > 0 && { notes }),
    }),
    bid: sideOf(decision.bid, aheadOf),
    ask: sideOf(decision.ask, aheadOf),
    ...(clamp !== undefined && { clamp }),
  };
}

/** What the row has already as its top of book is not said again. */
const IN_TOP: ReadonlySet<string> = new Set(['bidCents', 'askCents', 'bidContracts', 'askContracts']);

function fairOf(fair: FairValue): NonNullable<DecisionRecord['fair']> {
  const { probability, standardError, source, at, inputs, reasons = [] } = fair;
  const others = Object.fromEntries(Object.entries(inputs).filter(([name]) => !IN_TOP.has(name)));
  return {
    ...{ probability: round(probability), standardError: round(standardError), source, at, inputs: rounded(others) },
    ...(reasons.length > 0 && { reasons }),
  };
}

function sideOf(side: SideDecision, aheadOf: RecordedSurroundings['aheadOf']): SideRecord {
  const { act, reason, limit, quote, shown, standing } = side;
  const ahead = standing === undefined ? undefined : aheadOf(standing);
  return {
    ...{ act, reason, isShown: shown !== undefined },
    ...(limit !== undefined && { limit }),
    ...(quote !== undefined && {
      ...{ raw: Math.round(quote.raw * 10) / 10, size: quote.size },
      ...(quote.price !== undefined && { price: quote.price }),
      ...(quote.reason !== undefined && { suppression: quote.reason }),
      ...(quote.rejectedPrice !== undefined && { rejectedPrice: quote.rejectedPrice }),
      ...(quote.feeDollars !== undefined && { feeDollars: round(quote.feeDollars) }),
      ...(quote.ruleEdgeDollars !== undefined && { ruleEdgeDollars: round(quote.ruleEdgeDollars) }),
    }),
    ...(standing !== undefined && { standing: withoutId(standing) }),
    ...(ahead !== undefined && { ahead }),
  };
}

/** The exchange's id is in the journal, under ours. */
function withoutId({ orderId: _, ...standing }: StandingOrder): Omit<StandingOrder, 'orderId'> {
  return standing;
}

/** Two decisions of one meaning do the same for the same reason, and differ in figures at most. */
export function meaningOf(decision: Decision | undefined, halts: readonly Halt[]): string {
  if (decision === undefined) return `waiting ${haltsMeaning(halts)}`;
  const { posture, gate, position, bid, ask, clamp } = decision;
  // Figures in a gate's reason are ages and counts.
  const why = gate === undefined ? '' : `${gate.name} ${gate.reason.replace(/\d+/g, '#')}`;
  const size = clamp === undefined ? '' : `clamped to ${clamp.size}`;
  return `${posture} ${why} ${position} ${sideMeaning(bid)} ${sideMeaning(ask)} ${haltsMeaning(halts)} ${size}`;
}

function sideMeaning({ act, quote, shown, limit, standing }: SideDecision): string {
  const verdict = shown === undefined ? (limit ?? quote?.reason ?? '') : 'shown';
  return `${act} ${verdict} ${standing?.clientOrderId ?? ''} ${standing?.price ?? ''} ${standing?.remaining ?? ''}`;
}

/** Wanted prices have changed, though nothing is done about it: worth telling anew, if not at once. */
export function hasMoved(decision: Decision | undefined, before: Decision | undefined): boolean {
  const isSame = (side: 'bid' | 'ask') => decision?.[side].quote?.price === before?.[side].quote?.price;
  return !isSame('bid') || !isSame('ask');
}

function haltsMeaning(halts: readonly Halt[]): string {
  return halts.map(({ name, scope }) => `${name}:${scope}`).join();
}

/** Dollars and probabilities to a millionth, which is finer than any price. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function rounded(numbers: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, round(value)]));
}
