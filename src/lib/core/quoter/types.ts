/** The quoter port: fair value and inventory in, raw prices out. Pure; refuses with a name where its formula does not hold. */
import type { FairValue, ModelRefusal } from '../fair-value/types.ts';
import type { Centicontracts } from '../units.ts';
import type { Ladder } from './ladder.ts';

export type StrategyName = 'as' | 'cara' | 'glft' | 'regime';

/** Avellaneda–Stoikov (math.md 4). γ, κ in 1/¢; σ in ¢/√h. */
export interface AvellanedaStoikovParameters {
  readonly gammaPerCent: number;
  readonly kappaPerCent: number;
  readonly sigmaCentsPerRootHour: number;
}
/** CARA on a binary payoff (math.md 6). γ, k in 1/$; adverse and edge in $. */
export interface CaraParameters {
  readonly gammaPerDollar: number;
  readonly kPerDollar: number;
  readonly adverseDollars: number;
  readonly edgeDollars: number;
}
/** Guéant, Lehalle & Fernandez-Tapia (math.md 5). γ, k in 1/¢; A in fills an hour; σ in ¢/√h. */
export interface GlftParameters {
  readonly gammaPerCent: number;
  readonly kPerCent: number;
  readonly fillsPerHour: number;
  readonly sigmaCentsPerRootHour: number;
  /** Fills that A and k were fitted on. */
  readonly fittedFills: number;
}
export type RegimePreset = 'conservative' | 'default' | 'aggressive' | 'fast';

/** PR3DICT's regime spread (math.md 11). */
export interface RegimeParameters {
  /** `default` where nothing is said. */
  readonly preset?: RegimePreset;
  readonly isVolatile: boolean;
  /** Hours to flat below which it refuses; ½ where nothing is said. Series with a clock of their own set theirs (D-1, D-5). */
  readonly hoursMin?: number;
  /** At rest within 10 ¢ of the mid; 5,000 where nothing is said. */
  readonly liquidityDollarsMin?: number;
}
export interface QuoterParameters {
  readonly as: AvellanedaStoikovParameters;
  readonly cara: CaraParameters;
  /** Absent: never fitted, and never configured. */
  readonly glft?: GlftParameters;
  readonly regime: RegimeParameters;
  /** How many standard errors of the fair value are added to each half-spread. */
  readonly intervalWeight: number;
  /** What a place with everything before it costs per contract, dollars (queue-cost.ts); absent: nothing. */
  readonly queueDollars?: number;
  /** By series: what a liquidity programme pays per contract that is filled, dollars. */
  readonly incentiveDollars?: Readonly<Record<string, number>>;
}

export interface QuoterInput {
  readonly fair: FairValue;
  /** Signed YES position incl. nothing in flight. */
  readonly position: Centicontracts;
  /** Hours until we must be flat (freeze or close), > 0. */
  readonly hoursToFlat: number;
  /** Maker fee per contract in $ near the fair value (0 where makers are free). */
  readonly makerFeeDollars: number;
  /** Resting dollars within 10 ¢ of the mid. */
  readonly liquidityDollars: number;
  /** External skew in ¢ added to the reservation price (C-6). */
  readonly externalSkewCents: number;
  /** Against the position, by its size (D-3): what a strategy of its own rules leaves aside. */
  readonly inventorySkewCents?: number;
  /** What is held of the other markets that settle with this one; absent: nothing. */
  readonly ladder?: Ladder | undefined;
  /** Of the risk to settlement, what is met before we are flat (risk-share.ts), in (0, 1]; absent: all of it. */
  readonly riskShare?: number | undefined;
  readonly parameters: QuoterParameters;
}

/** Which sides the strategy wants at all; `none` means quote nothing (regime EXIT). */
export type QuotedSides = 'both' | 'bid' | 'ask' | 'none';

export interface RawQuote {
  readonly kind: 'quote';
  /** Reservation price, dollars of YES; may lie outside (0, 1) for `as`. */
  readonly reservation: number;
  /** Raw prices in centicents, real numbers, before the grid. */
  readonly rawBid: number;
  readonly rawAsk: number;
  readonly sides: QuotedSides;
  /** Named numbers behind the quote, for `quote` and `why`. Made for this quote alone: whoever passes it on adds to them. */
  readonly numbers: Record<string, number>;
  /** A word for the state of the strategy, e.g. the regime. */
  readonly state?: string;
}

export type QuoterResult = RawQuote | ModelRefusal;
export type Quoter = (input: QuoterInput) => QuoterResult;
