/** What comes from outside the markets: an account a shard, and their sum. */

import { type Microdollars, NO_MONEY } from '../units.ts';
import { type LedgerAccount, openLedgerAccount } from './entry.ts';

export class OutsideAccounts {
  readonly #name: string;
  readonly #total = { balance: NO_MONEY };
  readonly #byShard = new Map<number, LedgerAccount>();

  constructor(name: string) {
    this.#name = name;
  }

  get balance(): Microdollars {
    return this.#total.balance;
  }

  on(shard: number): LedgerAccount {
    let account = this.#byShard.get(shard);
    if (account === undefined) {
      account = openLedgerAccount(this.#name, shard, this.#total);
      this.#byShard.set(shard, account);
    }
    return account;
  }

  all(): readonly LedgerAccount[] {
    return [...this.#byShard.values()];
  }
}
