/** What the engine is configured with, in its own units. The app builds it from TOML; nothing in core reads a file. */
import type { QuoterParameters, StrategyName } from './quoter/types.ts';
import type { Centicents, Centicontracts, Microdollars, Probability } from './units.ts';

export type FairSource =
  | { readonly kind: 'micro' }
  | { readonly kind: 'mid' }
  | { readonly kind: 'fixed'; readonly probability: Probability; readonly standardError: number };

/** Limits; all are hard. A limit is on the worst loss with in-flight and unknown orders at full size. */
export interface RiskLimits {
  readonly marketLoss: Microdollars;
  readonly eventLoss: Microdollars;
  readonly totalLoss: Microdollars;
  /** |position| + same-side orders, per market. */
  readonly position: Centicontracts;
  readonly orderSize: Centicontracts;
  /** Realized + unrealized − fees since the ET day began may not fall below minus this. */
  readonly dayLoss: Microdollars;
  /** Creates and amends per minute, all markets. */
  readonly ordersPerMinute: number;
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
}

export interface Parameters {
  readonly strategy: StrategyName;
  readonly fair: FairSource;
  readonly quoter: QuoterParameters;
  readonly quoting: QuotingRules;
  readonly risk: RiskLimits;
  /** External skew in ¢ by ticker (C-6). */
  readonly externalSkewCents: Readonly<Record<string, number>>;
  /** Balance precision of the account: 100 µ$ for direct members, 10,000 µ$ for others. */
  readonly balanceStep: Microdollars;
  /** What counts as the fee of one contract, of a maker and of a taker, in markets of fee types without a published formula. */
  readonly feesPerContract?: Readonly<Record<string, Microdollars>>;
}

/** A copy that belongs to one engine: changed in place by events, for all parts of it that hold it. */
export function ownParameters(parameters: Parameters): Parameters {
  return structuredClone(parameters);
}

/**
 * Makes `parameters` equal to `wanted`, in place and down to the last value: whoever holds them, or a table of them, goes by
 * the new ones from now on.
 */
export function changeParameters(parameters: Parameters, wanted: Parameters): void {
  becomes(parameters as unknown as Table, wanted as unknown as Table);
}

type Table = Record<string, unknown>;

function becomes(table: Table, wanted: Table): void {
  for (const name of Object.keys(table)) if (!(name in wanted)) delete table[name];
  for (const [name, value] of Object.entries(wanted)) {
    const present = table[name];
    if (isTable(present) && isTable(value)) becomes(present, value);
    else table[name] = value;
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
