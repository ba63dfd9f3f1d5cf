/**
 * Double entry: every booking is one entry whose postings add up to zero, over accounts whose balances are the sums of what
 * was posted to them and nothing else. Entries are made here and kept by whoever asks for them (`onEntry`); what stays in
 * memory is the balance.
 *
 *   cash:<shard>         what the exchange holds for us there
 *   collateral:<ticker>  $1 for each contract sold short
 *   position:<ticker>    what the open lots cost (negative: what they were sold for)
 *   realized:<ticker>    income: negative is a gain
 *   fees:<ticker>        paid; rebates:<ticker>: got back
 *   incentives           income: negative is a gain
 *   transfers            negative: came in from outside
 *   adjustments          what only a person could explain: negative is a gain
 *   opening              what the account began with, negative
 *
 * Each is on a shard: a market's on its own, and what comes from outside has an account a shard. An entry is on one shard
 * alone but for a move, so every shard's books balance by themselves, with what has moved there and away.
 */
import { invariant } from '../invariant.ts';
import { type EpochMs, type Microdollars, microdollars, NO_MONEY } from '../units.ts';

export type EntryKind =
  | 'opening'
  | 'fill'
  | 'settlement'
  /** Takes a settlement back that did not stand; the next entry pays anew. */
  | 'reversal'
  /** From one shard to another. */
  | 'move'
  | CashEntryKind;

/** What moves cash besides trading. */
export type CashEntryKind = 'deposit' | 'withdrawal' | 'transfer' | 'incentive' | 'adjustment';

export interface Posting {
  readonly account: string;
  readonly shard: number;
  /** Signed: to an account of what we have or have paid, + is more. */
  readonly amount: Microdollars;
}

export interface Entry {
  readonly kind: EntryKind;
  /** The exchange's id: of the trade, the transfer, the deposit; `<ticker> <settledAt>` of a settlement. */
  readonly cause: string;
  /** When it happened, by the exchange where it says. */
  readonly at: EpochMs;
  readonly label?: string;
  /** In sum zero; none of them is. */
  readonly postings: readonly Posting[];
}

/** An account of the ledger. Only `EntryBook` writes to it. */
export interface LedgerAccount {
  readonly name: string;
  /** Of a market that settled before its shard was known it is put right by its first fill, before anything is posted. */
  shard: number;
  balance: Microdollars;
  /** What sums this account and others like it. */
  readonly total?: { balance: Microdollars };
}

export function openLedgerAccount(name: string, shard: number, total?: { balance: Microdollars }): LedgerAccount {
  return { name, shard, balance: NO_MONEY, ...(total !== undefined && { total }) };
}

/** Gathers the postings of one entry, and books all of them or breaks. */
export class EntryBook {
  readonly #onEntry: ((entry: Entry) => void) | undefined;
  readonly #accounts: LedgerAccount[] = [];
  readonly #amounts: number[] = [];

  constructor(onEntry?: (entry: Entry) => void) {
    this.#onEntry = onEntry;
  }

  post(account: LedgerAccount, amount: number): void {
    if (amount === 0) return;
    this.#accounts.push(account);
    this.#amounts.push(amount);
  }

  /** `label`: asked for only when somebody keeps entries. An entry that moves nothing is none. */
  book(kind: EntryKind, cause: string, at: EpochMs, label?: () => string | undefined): void {
    const accounts = this.#accounts;
    const amounts = this.#amounts;
    let sum = 0;
    for (let index = 0; index < accounts.length; index += 1) {
      const account = accounts[index] as LedgerAccount;
      const amount = amounts[index] as number;
      sum += amount;
      account.balance = microdollars(account.balance + amount);
      if (account.total !== undefined) account.total.balance = microdollars(account.total.balance + amount);
    }
    invariant(sum === 0, `the postings of ${kind} ${cause} add up to zero, not ${sum}`);
    if (this.#onEntry !== undefined && accounts.length > 0) this.#tell(kind, cause, at, label?.());
    accounts.length = 0;
    amounts.length = 0;
  }

  #tell(kind: EntryKind, cause: string, at: EpochMs, label: string | undefined): void {
    const postings = this.#accounts.map(({ name, shard }, index) => ({
      account: name,
      shard,
      amount: this.#amounts[index] as Microdollars,
    }));
    this.#onEntry?.({ kind, cause, at, ...(label !== undefined && { label }), postings });
  }
}

/** A settlement's key, and the cause of its entries. */
export function settlementId(ticker: string, settledAt: EpochMs): string {
  return `${ticker} ${settledAt}`;
}
