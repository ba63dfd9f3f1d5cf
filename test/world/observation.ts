/**
 * What the checkers see: the exchange's own facts, every request as it leaves the trader and as it reaches the exchange,
 * and the lives of processes. Nothing here is the trader's opinion but `decided`, which is compared with the truth.
 */
import type { RiskLimits } from '../../src/lib/core/parameters.ts';
import type { Microdollars } from '../../src/lib/core/units.ts';
import type { VenueFact, VenueMarket } from '../../src/lib/sim/venue.ts';
import type { Fault } from './plan.ts';

/** One order write, whatever its method. */
export interface Write {
  readonly verb: 'create' | 'amend' | 'cancel' | 'other';
  readonly path: string;
  /** As JSON; empty without a body. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Money {
  readonly cash: ReadonlyMap<number, Microdollars>;
  readonly positions: ReadonlyMap<string, number>;
  readonly fills: number;
}

export type Observation = {
  readonly at: number;
} /** `isJournaled`: a create's intent was in the journal at this moment. */ & (
  | { readonly kind: 'sent'; readonly trader: number; readonly write: Write; readonly isJournaled: boolean }
  /** Before the exchange carries it out, if it does. */
  | { readonly kind: 'arrived'; readonly write: Write; readonly market: VenueMarket | undefined }
  | { readonly kind: 'fact'; readonly fact: VenueFact }
  | Decided
  | { readonly kind: 'latched' | 'unlatched' }
  | { readonly kind: 'began' | 'started' | 'died'; readonly trader: number }
  | { readonly kind: 'second' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'chain'; readonly problem: string | undefined }
  | { readonly kind: 'broke'; readonly reason: string }
  | { readonly kind: 'recovered'; readonly seconds: number | undefined; readonly bound: number; readonly state: string }
  | { readonly kind: 'rested'; readonly isConfirmed: boolean; readonly ours: Money; readonly theirs: Money }
);

/** The trader asks for exposure in this market. */
interface Decided {
  readonly kind: 'decided';
  readonly ticker: string;
  readonly isValid: boolean;
  /** How long ago the exchange had this very book; undefined: never. */
  readonly ageMs: number | undefined;
  /** Since the last frame of any kind reached the trader. */
  readonly quietMs: number;
}

/** What a checker may rely on in this world. */
export interface WorldTerms {
  readonly limits: RiskLimits;
  readonly leaseMs: number;
  readonly freezeMs: number;
  readonly messageAgeMsMax: number;
  /** Client order ids of every session of this database begin so. */
  readonly ownPrefix: string;
  readonly faults: readonly Fault[];
}

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I11' | 'I12' | 'I13';

export interface Violation {
  readonly invariant: Invariant;
  readonly at: number;
  readonly text: string;
}

/** A fold over what is seen. Tells what is broken at the moment at which it can be known. */
export type Checker = (observation: Observation) => string | undefined;
export type CheckerMaker = (terms: WorldTerms) => Checker;
