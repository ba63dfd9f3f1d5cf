/** What a difference between the ledger and the exchange is told in: causes whose figures add up to it. Types only. */
import type { CashEntered, CashMoved, FillSeen, LedgerRestored, SettlementSeen } from '../events.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars } from '../units.ts';
import type { Ledger } from './ledger.ts';

/** What a ledger follows from. */
export type MoneyRecords = Pick<LedgerRestored, 'openingCash' | 'fills' | 'settlements' | 'moves' | 'entries'>;

/** What the exchange states of the account. A shard or market that is not in it holds nothing. */
export interface Statement {
  readonly cash: ReadonlyMap<number, Microdollars>;
  readonly positions: ReadonlyMap<string, Centicontracts>;
}

/** Money that came from outside or went there; the exchange does not say to which shard. */
export interface Movement {
  readonly id: string;
  readonly kind: 'deposit' | 'withdrawal';
  /** Signed: what it did to cash, fees included. */
  readonly amount: Microdollars;
  readonly at: EpochMs;
}

/** A market that is finalized, by its own word. */
export interface PaidMarket {
  readonly ticker: string;
  readonly value: Centicents;
  readonly shard: number;
}

/** What the exchange lists beside its statement. */
export interface Listings {
  readonly fills: readonly FillSeen[];
  readonly settlements: readonly SettlementSeen[];
  /** Since the account was opened here. */
  readonly transfers: readonly CashMoved[];
  readonly movements: readonly Movement[];
  /** Of which the look has found out where they went. */
  readonly entries: readonly CashEntered[];
  readonly paid: readonly PaidMarket[];
  /** Fills since then are listed whole; absent: since ever. Settlements always are. */
  readonly wholeSince?: EpochMs;
}

/**
 * `fill_missing`, `settlement_missing`, `transfer`, `cash_missing`: listed, and not booked here. `…_differs`: booked with other figures.
 * `…_not_listed`: booked here, and not listed. `paid_not_listed`: the market is finalized, its settlement not listed yet.
 */
export type CauseKind =
  | 'fill_missing'
  | 'fill_differs'
  | 'fee_differs'
  | 'fill_not_listed'
  | 'settlement_missing'
  | 'settlement_differs'
  | 'settlement_not_listed'
  | 'paid_not_listed'
  | 'transfer'
  | 'cash_missing'
  | 'deposit'
  | 'withdrawal'
  | 'unknown';

/** A part of the difference, theirs less ours. */
export interface Cause {
  readonly kind: CauseKind;
  /** Trade id, transfer id, `TICKER time`; empty for what is unknown. */
  readonly id: string;
  /** The figures in words. */
  readonly text: string;
  readonly cash: readonly { readonly shard: number; readonly amount: Microdollars }[];
  readonly sizes: readonly { readonly ticker: string; readonly size: Centicontracts }[];
}

export interface BridgeOptions {
  readonly ours: MoneyRecords;
  readonly theirs: Statement;
  readonly listed: Listings;
  /** Causes that an adjustment has answered, by `kind id`: told no more. */
  readonly adjusted?: ReadonlySet<string>;
  /** The ledger that follows from records. */
  readonly ledgerOf: (records: MoneyRecords) => Ledger;
}
