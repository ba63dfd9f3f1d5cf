/**
 * What the checkers see: the exchange's own facts, every request as it leaves the trader and as it reaches the exchange,
 * and the lives of processes. Nothing here is the trader's opinion but `decided`, which is compared with the truth.
 */
import type { Alert } from '../../src/lib/core/alerts/condition.ts';
import type { RiskLimits } from '../../src/lib/core/parameters.ts';
import type { Centicents, EpochMs, Microdollars } from '../../src/lib/core/units.ts';
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
  /** By market: what all its fills, fees and settlements came to, without what is locked. */
  readonly earned: ReadonlyMap<string, number>;
}

/** The ledger beside the exchange, at a moment at which both may be asked. */
export interface Compared {
  readonly ours: Money;
  readonly theirs: Money;
  /** Since the exchange last told something of us. */
  readonly quietMs: number;
}

/** What a trader keeps in memory. */
export interface Load {
  /** Orders that it counts. */
  readonly orders: number;
  /** Orders with fills that are owed, and orders in question. */
  readonly owing: number;
  readonly questions: number;
  /** Messages and timers that wait for their turn. */
  readonly waiting: number;
}

export type Observation = {
  readonly at: number;
} /** `isJournaled`: a create's intent was in the journal at this moment. */ & (
  | Sent
  /** In the journal, with the order ids of its cancels. */
  | { readonly kind: 'committed'; readonly cancels: readonly string[] }
  /** Before the exchange carries it out, if it does. */
  | { readonly kind: 'arrived'; readonly write: Write; readonly market: VenueMarket | undefined }
  | { readonly kind: 'fact'; readonly fact: VenueFact }
  | Decided
  | { readonly kind: 'latched' | 'unlatched' }
  | { readonly kind: 'started' | 'died'; readonly trader: number }
  /** `told`: what its journal has of earlier alerts. */
  | { readonly kind: 'began'; readonly trader: number; readonly told: readonly Alert[] }
  /** Queued in the journal. */
  | { readonly kind: 'told'; readonly alerts: readonly Alert[] }
  /** Of a trader that runs: by name and scope the halts that are on, and those of them that an operator ends. */
  | {
      readonly kind: 'second';
      readonly on?: readonly string[];
      readonly halts?: readonly string[];
      readonly compared?: Compared;
      readonly load?: Load;
    }
  | { readonly kind: 'foreign' }
  /** An operator ended a pause, as the plan wanted. */
  | { readonly kind: 'resumed' }
  /** The account-wide cancel was sent, and written down before. */
  | { readonly kind: 'swept' }
  /** A position was paid, or paid anew. */
  | { readonly kind: 'paid'; readonly ticker: string; readonly value: Centicents; readonly settledAt: EpochMs }
  /**
   * A step of an order of ours, from → to; `isKnown`: reliability.md section 2 has it. `rests`: the order that ended by it
   * rests at the exchange nevertheless.
   */
  | { readonly kind: 'edge'; readonly name: string; readonly isKnown: boolean; readonly rests?: string | undefined }
  /** The exchange found its bucket empty, by its own count. */
  | { readonly kind: 'overspent' }
  | { readonly kind: 'chain'; readonly problem: string | undefined }
  /** The tape of a trader that is gone, played again. */
  | { readonly kind: 'replayed'; readonly problem: string | undefined }
  | { readonly kind: 'broke'; readonly reason: string }
  | { readonly kind: 'recovered'; readonly seconds: number | undefined; readonly bound: number; readonly state: string }
  /** `saysEqual`: what it told of the comparison; null: that it does not know. */
  | ({
      readonly kind: 'rested';
      readonly isConfirmed: boolean;
      readonly saysEqual: boolean | null;
      readonly load: Load;
    } & Compared)
);

interface Sent {
  readonly kind: 'sent';
  readonly trader: number;
  readonly write: Write;
  readonly isJournaled: boolean;
  /** How long what led to it had waited for its turn in the process. */
  readonly lagMs: number;
}

/** The trader asks for exposure in this market. */
interface Decided {
  readonly kind: 'decided';
  readonly ticker: string;
  readonly isValid: boolean;
  /** How long ago the exchange had this very book; undefined: never. */
  readonly ageMs: number | undefined;
  /** Since the last frame of any kind reached the trader. */
  readonly quietMs: number;
  /** Since the book was last right, or begun anew; 0 when it is right. */
  readonly wrongMs: number;
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
  /** Whether at most one market of this event pays. */
  readonly isExclusive: (eventTicker: string) => boolean;
}

export const INVARIANTS = [
  ...(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8'] as const),
  ...(['I11', 'I12', 'I13', 'I14', 'I16', 'I17', 'X1', 'X4'] as const),
] as const;
export type Invariant = (typeof INVARIANTS)[number];

export interface Violation {
  readonly invariant: Invariant;
  readonly at: number;
  readonly text: string;
}

/** A fold over what is seen. Tells what is broken at the moment at which it can be known. */
export type Checker = (observation: Observation) => string | undefined;
export type CheckerMaker = (terms: WorldTerms) => Checker;
