/** What the engine is configured with, in its own units. The app builds it from TOML; nothing in core reads a file. */
import type { ClockRules } from './clock/market-clock.ts';
import type { NewsRules } from './clock/releases.ts';
import type { AverageTerms } from './fair-value/average-market.ts';
import type { IndexTerms } from './fair-value/index-ladder/index-market.ts';
import type { QuoterParameters, StrategyName } from './quoter/types.ts';
import type { BasisPoints, Centicents, Centicontracts, EpochMs, Microdollars, Probability } from './units.ts';

export type FairSource =
  | { readonly kind: 'micro' }
  | { readonly kind: 'mid' }
  | { readonly kind: 'fixed'; readonly probability: Probability; readonly standardError: number }
  | ({ readonly kind: 'settlement-average' } & AverageTerms)
  | ({ readonly kind: 'index-ladder' } & IndexTerms)
  /** What the model of this name said last of the market, its event or its series. */
  | { readonly kind: 'forecast'; readonly model: string; readonly ageMsMax: number }
  /** Log-odds of the book's microprice and of a model; weight 0 is the book alone. */
  | { readonly kind: 'blend'; readonly model: ModelSource; readonly weight: number };

export type ModelSource = Extract<
  FairSource,
  { readonly kind: 'settlement-average' | 'index-ladder' | 'forecast' | 'fixed' }
>;

/** Limits; all are hard (limits.ts says what fills each). A limit is on the worst loss with in-flight and unknown orders at full size. */
export interface RiskLimits {
  readonly marketLoss: Microdollars;
  /** Of one strike, as a share of `totalLoss`. */
  readonly strikeShare: BasisPoints;
  readonly eventLoss: Microdollars;
  /** Of a series that no group names. */
  readonly groupLoss: Microdollars;
  readonly groups: readonly RiskGroup[];
  readonly totalLoss: Microdollars;
  /** |position| + same-side orders, per market. */
  readonly position: Centicontracts;
  /** Net contracts of one direction, with same-side orders. */
  readonly groupImbalance: Centicontracts;
  readonly totalImbalance: Centicontracts;
  readonly orderSize: Centicontracts;
  readonly orderValue: Microdollars;
  /** An order by hand may be so much dearer than the market. */
  readonly handPrice: Centicents;
  /** Creates and amends per minute, all markets. */
  readonly ordersPerMinute: number;
  readonly sentMinute: Centicontracts;
  readonly sentDay: Centicontracts;
  /** Realized + unrealized − fees since the ET day began may not fall below minus this, nor below minus the share of the capital then. */
  readonly dayLoss: Microdollars;
  readonly dayLossShare: BasisPoints;
  readonly weekLoss: Microdollars;
  readonly weekLossShare: BasisPoints;
  /** Of the peak of the capital. */
  readonly drawdownShare: BasisPoints;
  readonly coolOffLosses: number;
  readonly coolOffMs: number;
  /** What all forced exits of one market may cost together, slippage and fees. */
  readonly exitCost: Microdollars;
}

/** Markets that lose together. A member is a series, an event or a market; a market may be in several groups. */
export interface RiskGroup {
  readonly name: string;
  readonly members: readonly string[];
  readonly loss: Microdollars;
}

/** What is done about inventory by its size and by the time that is left (D-3, D-5). */
export interface InventoryRules {
  /** |net| above which prices lean, only the reducing side is shown, and the position is worked down to `exitTo`. */
  readonly skewed: Centicontracts;
  readonly oneSided: Centicontracts;
  readonly exit: Centicontracts;
  readonly exitTo: Centicontracts;
  /** Per ten whole contracts, while |net| is above `skewed`. The strategy `regime` has its own. */
  readonly skewPerTen: Centicents;
  /** The last part before the close: at most so long, and at most this share of the time the market is open. */
  readonly finalMs: number;
  readonly finalShare: BasisPoints;
  /** What may be held in it. */
  readonly finalPosition: Centicontracts;
  /** A pause in it by the volume; absent: none. */
  readonly volume?: VolumeRules;
  /** Markouts of so many last fills are held against the adverse move that quotes are priced for; absent: none are. */
  readonly adverseFills?: number;
}

/** In the last part before the close: more volume than usual, and nothing that adds to a position is shown (D-5). */
export interface VolumeRules {
  /** So many times the usual, in hundredths. */
  readonly times: number;
  /** What is traded in so long … */
  readonly windowMs: number;
  /** … against the average over so long before it. */
  readonly averageMs: number;
  /** Less than this in the window is never too much. */
  readonly sizeMin: Centicontracts;
  /** From the last trade that was too much. 0: never paused. */
  readonly pauseMs: number;
}

export interface QuotingRules {
  readonly orderSize: Centicontracts;
  /** A standing order is kept while its price is nearer than this to the wanted one. */
  readonly hysteresis: Centicents;
  /** No more than one change per market and side within this time, unless it reduces risk. */
  readonly debounceMs: number;
  /** Lease of every order. Renewed by amend at half of it. */
  readonly leaseMs: number;
  /** Quotes leave this long before the close. */
  readonly freezeMs: number;
  /** A book without a change for this long is still fresh as long as the connection is heard; older messages than this are not. */
  readonly messageAgeMsMax: number;
  /** No frame and no pong for this long: pull. */
  readonly silenceMsMax: number;
  /** A side whose expected value per contract after fee and adverse move is below this is not shown. Dollars. */
  readonly minimumEdgeDollars: number;
  /** A book that came back must stay clean this long before we quote on it. */
  readonly cleanMs: number;
  /** Legs that are quoted of an event of which only one outcome pays (E-5); absent: all of them. */
  readonly binsMax?: number;
  /** Every price that passed the edge rule is then moved so many ticks away from the mid, below zero towards it: a what-if of backtests, no setting. */
  readonly ticksAway?: number;
}

export interface ClockParameters {
  readonly series: Readonly<Record<string, ClockRules>>;
  readonly news: NewsRules;
}

/** What is done about a model that is not believed (honesty/belief.ts). */
export interface HonestyParameters {
  /** Otherwise it is said, and nothing is done. */
  readonly isEnforced: boolean;
  /** What is shown all the same of a bin whose size is clamped to nothing and that is not off; 0: nothing. */
  readonly probeSize: Centicontracts;
}

export interface Parameters {
  readonly strategy: StrategyName;
  /** Of series that `fairBySeries` does not name. */
  readonly fair: FairSource;
  readonly fairBySeries?: Readonly<Record<string, FairSource>>;
  readonly quoter: QuoterParameters;
  readonly quoting: QuotingRules;
  readonly risk: RiskLimits;
  readonly inventory: InventoryRules;
  /** Absent: enforced, with a probe of one contract. */
  readonly honesty?: HonestyParameters;
  /** Clocks of series and news to stay out of; absent: every market is quoted from its open to `quoting.freezeMs`. */
  readonly clock?: ClockParameters;
  /** External skew in ¢ by ticker (C-6). */
  readonly externalSkewCents: Readonly<Record<string, number>>;
  /** Balance precision of the account: 100 µ$ for direct members, 10,000 µ$ for others. */
  readonly balanceStep: Microdollars;
  /** What counts as the fee of one contract, of a maker and of a taker, in markets of fee types without a published formula. */
  readonly feesPerContract?: Readonly<Record<string, Microdollars>>;
  /** Of the oldest fit that some of the numbers here come from; absent: none was fitted. Decides nothing. */
  readonly fittedAt?: EpochMs;
}

/** Of a session from before there were limits that it does not name: none of those binds, as none did. */
export function completed(parameters: Parameters): Parameters {
  const { risk, inventory = NO_INVENTORY_RULES } = parameters as Parameters & { inventory?: InventoryRules };
  return { ...parameters, risk: { ...UNLIMITED, ...risk }, inventory };
}

const MOST = Number.MAX_SAFE_INTEGER;
const ALL = 10_000 as BasisPoints;

const UNLIMITED = {
  ...{ strikeShare: ALL, groupLoss: MOST as Microdollars, groups: [], handPrice: MOST as Centicents },
  ...{
    groupImbalance: MOST as Centicontracts,
    totalImbalance: MOST as Centicontracts,
    orderValue: MOST as Microdollars,
  },
  ...{ sentMinute: MOST as Centicontracts, sentDay: MOST as Centicontracts },
  ...{ dayLossShare: ALL, weekLoss: MOST as Microdollars, weekLossShare: ALL, drawdownShare: ALL },
  ...{ coolOffLosses: MOST, coolOffMs: 0, exitCost: 0 as Microdollars },
};

const NO_INVENTORY_RULES: InventoryRules = {
  ...{ skewed: MOST as Centicontracts, oneSided: MOST as Centicontracts, exit: MOST as Centicontracts },
  ...{ exitTo: 0 as Centicontracts, skewPerTen: 0 as Centicents },
  ...{ finalMs: 0, finalShare: 0 as BasisPoints, finalPosition: 0 as Centicontracts },
};
