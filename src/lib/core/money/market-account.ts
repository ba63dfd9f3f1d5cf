/** One market's part of the ledger: its accounts, its open lots, and what was paid when it settled. */

import { type Centicents, type Centicontracts, type EpochMs, type Microdollars, NO_MONEY, NO_SIZE } from '../units.ts';
import { type LedgerAccount, openLedgerAccount } from './entry.ts';
import { type Lot, LotQueue } from './lots.ts';

/** One market's account. All money of the YES axis; `cost` is what the open lots were bought for (negative: sold for). */
export interface Holding {
  readonly position: Centicontracts;
  readonly cost: Microdollars;
  readonly realized: Microdollars;
  /** Less what was got back. */
  readonly fees: Microdollars;
  readonly bought: Centicontracts;
  readonly sold: Centicontracts;
}

/** The result that stands. */
export interface PaidResult {
  /** `<ticker> <settledAt>`. */
  readonly id: string;
  readonly settledAt: EpochMs;
  /** What one YES paid. */
  readonly value: Centicents;
}

/** Sums over all markets. */
export interface Totals {
  readonly realized: { balance: Microdollars };
  readonly fees: { balance: Microdollars };
}

export class MarketAccount implements Holding {
  readonly ticker: string;
  readonly collateralAccount: LedgerAccount;
  readonly costAccount: LedgerAccount;
  readonly realizedAccount: LedgerAccount;
  readonly feesAccount: LedgerAccount;
  readonly rebatesAccount: LedgerAccount;
  readonly lots = new LotQueue();
  /** Lots that the result that stands has paid: what another determination takes back. */
  paidLots: Lot[] = [];
  position: Centicontracts = NO_SIZE;
  bought: Centicontracts = NO_SIZE;
  sold: Centicontracts = NO_SIZE;
  /** Once settled: a fill that arrives later is paid at once. */
  result: PaidResult | undefined = undefined;

  constructor(ticker: string, shard: number, totals: Totals) {
    this.ticker = ticker;
    this.collateralAccount = openLedgerAccount(`collateral:${ticker}`, shard);
    this.costAccount = openLedgerAccount(`position:${ticker}`, shard);
    this.realizedAccount = openLedgerAccount(`realized:${ticker}`, shard, totals.realized);
    this.feesAccount = openLedgerAccount(`fees:${ticker}`, shard, totals.fees);
    this.rebatesAccount = openLedgerAccount(`rebates:${ticker}`, shard, totals.fees);
  }

  get shard(): number {
    return this.costAccount.shard;
  }

  set shard(shard: number) {
    if (shard === this.shard) return;
    for (const account of this.accounts()) account.shard = shard;
  }

  accounts(): readonly LedgerAccount[] {
    return [this.costAccount, this.collateralAccount, this.realizedAccount, this.feesAccount, this.rebatesAccount];
  }

  get cost(): Microdollars {
    return this.costAccount.balance;
  }

  get realized(): Microdollars {
    return (0 - this.realizedAccount.balance) as Microdollars;
  }

  get fees(): Microdollars {
    return (this.feesAccount.balance + this.rebatesAccount.balance) as Microdollars;
  }
}

/** Of a market that was never traded. */
export const FLAT: Holding = {
  position: NO_SIZE,
  cost: NO_MONEY,
  realized: NO_MONEY,
  fees: NO_MONEY,
  bought: NO_SIZE,
  sold: NO_SIZE,
};
