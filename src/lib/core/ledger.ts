/**
 * Cash, positions, fees and profit of one account, from fills and settlements alone; exact in integers.
 *
 * Entries are idempotent: a fill is known by its trade id, a settlement by (ticker, settledAt). Cost is first in, first
 * out. A short YES position is a long NO position: the exchange locks $1 per contract and hands over the price, so cash
 * moves by −s·p·q − fee − Δlocked with locked = $1 × max(0, −position).
 */
import type { CashMoved, FillSeen, SettlementSeen } from './events.ts';
import { invariant } from './invariant.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  microdollars,
  moneyOf,
  NO_MONEY,
  NO_SIZE,
  PRICE_ONE,
  signOf,
} from './units.ts';

/** Contracts bought (size > 0) or sold (size < 0) at one price and not yet closed. */
interface Lot {
  readonly price: Centicents;
  size: Centicontracts;
}

/** One market's account. All money of the YES axis; `cost` is what the open lots were bought for (negative: sold for). */
export interface Holding {
  readonly position: Centicontracts;
  readonly cost: Microdollars;
  readonly realized: Microdollars;
  readonly fees: Microdollars;
  readonly bought: Centicontracts;
  readonly sold: Centicontracts;
}

interface Account {
  readonly lots: Lot[];
  shard: number;
  position: Centicontracts;
  cost: Microdollars;
  realized: Microdollars;
  fees: Microdollars;
  bought: Centicontracts;
  sold: Centicontracts;
  /** What one YES paid, once settled: a fill that arrives later is paid at once. */
  settledValue?: Centicents;
  /** Of the result that stands. */
  settledAt?: EpochMs;
  /** Contracts that were paid so, signed: what another determination is about. */
  paid: Centicontracts;
}

const FLAT: Holding = {
  position: NO_SIZE,
  cost: NO_MONEY,
  realized: NO_MONEY,
  fees: NO_MONEY,
  bought: NO_SIZE,
  sold: NO_SIZE,
};

export class Ledger {
  readonly #cash = new Map<number, Microdollars>();
  readonly #accounts = new Map<string, Account>();
  readonly #fills = new Set<string>();
  readonly #settlements = new Set<string>();
  readonly #moves = new Set<string>();
  #realized = NO_MONEY;
  #fees = NO_MONEY;
  #paidIn = NO_MONEY;

  /** Cash that the account began with on a shard. Signed. */
  deposit(shard: number, amount: Microdollars): void {
    this.#addCash(shard, amount);
    this.#paidIn = plus(this.#paidIn, amount);
  }

  /** Cash that goes from one shard to another. False: booked already. */
  move({ transferId, from, to, amount }: CashMoved): boolean {
    if (this.#moves.has(transferId)) return false;
    this.#moves.add(transferId);
    this.#addCash(from, microdollars(-amount));
    this.#addCash(to, amount);
    return true;
  }

  /** Books an execution. False: this trade id is known already and nothing changed. */
  fill(fill: FillSeen, shard: number): boolean {
    if (this.#fills.has(fill.tradeId)) return false;
    invariant(fill.size > 0, `fill ${fill.tradeId} has a positive size`);
    this.#fills.add(fill.tradeId);
    const account = this.#account(fill.ticker, shard);
    // A settlement may have come first, and says nothing of the shard.
    account.shard = shard;
    const sign = signOf(fill.side);
    const lockedBefore = lockedOf(account.position);
    this.#trade(account, (sign * fill.size) as Centicontracts, fill.price);
    account.fees = plus(account.fees, fill.fee);
    this.#fees = plus(this.#fees, fill.fee);
    if (sign > 0) account.bought = (account.bought + fill.size) as Centicontracts;
    else account.sold = (account.sold + fill.size) as Centicontracts;
    const lockedAfter = lockedOf(account.position);
    const paid = sign * moneyOf(fill.price, fill.size) + fill.fee + lockedAfter - lockedBefore;
    this.#addCash(shard, microdollars(-paid));
    if (account.settledValue !== undefined) this.#settle(account, account.settledValue);
    return true;
  }

  /**
   * Pays a position at the settlement value. A market that is determined anew is listed again, with another time: what was
   * paid is taken back and paid anew, as an entry of its own (reliability.md F26). False: booked already.
   */
  settlement(settlement: SettlementSeen, shard: number): boolean {
    const key = `${settlement.ticker} ${settlement.settledAt}`;
    if (this.#settlements.has(key)) return false;
    this.#settlements.add(key);
    const account = this.#account(settlement.ticker, shard);
    const { settledAt, value } = settlement;
    // What is told late of an earlier result has been overtaken: the later one has paid all of it.
    if (account.settledAt !== undefined && account.settledAt > settledAt) return true;
    const more = (value - (account.settledValue ?? value)) * account.paid;
    account.settledAt = settledAt;
    account.settledValue = value;
    this.#addCash(account.shard, microdollars(more));
    this.#realize(account, more);
    this.#settle(account, value);
    return true;
  }

  hasFill(tradeId: string): boolean {
    return this.#fills.has(tradeId);
  }

  /** Whose cash the market's trades went to; undefined before the first. */
  shardOf(ticker: string): number | undefined {
    const account = this.#accounts.get(ticker);
    return account === undefined || account.bought + account.sold === 0 ? undefined : account.shard;
  }

  holding(ticker: string): Holding {
    return this.#accounts.get(ticker) ?? FLAT;
  }

  /** Tickers that were ever traded. */
  tickers(): IterableIterator<string> {
    return this.#accounts.keys();
  }

  isSettled(ticker: string): boolean {
    return this.#accounts.get(ticker)?.settledValue !== undefined;
  }

  /** What one YES has paid, in centicents; undefined: not settled. */
  settledValue(ticker: string): Centicents | undefined {
    return this.#accounts.get(ticker)?.settledValue;
  }

  cash(shard: number): Microdollars {
    return this.#cash.get(shard) ?? NO_MONEY;
  }

  cashByShard(): ReadonlyMap<number, Microdollars> {
    return this.#cash;
  }

  totalCash(): Microdollars {
    let total = 0;
    for (const cash of this.#cash.values()) total += cash;
    return microdollars(total);
  }

  /** Before fees. */
  get realized(): Microdollars {
    return this.#realized;
  }

  get fees(): Microdollars {
    return this.#fees;
  }

  /** All that was paid in, less what was taken out. */
  get paidIn(): Microdollars {
    return this.#paidIn;
  }

  get fillCount(): number {
    return this.#fills.size;
  }

  #trade(account: Account, change: Centicontracts, price: Centicents): void {
    let rest = change as number;
    while (rest !== 0) {
      const oldest = account.lots[0];
      if (oldest === undefined || Math.sign(oldest.size) === Math.sign(rest)) {
        account.lots.push({ price, size: rest as Centicontracts });
        account.cost = plus(account.cost, price * rest);
        break;
      }
      const closed = Math.sign(oldest.size) * Math.min(Math.abs(oldest.size), Math.abs(rest));
      this.#realize(account, (price - oldest.price) * closed);
      account.cost = plus(account.cost, -oldest.price * closed);
      oldest.size = (oldest.size - closed) as Centicontracts;
      if (oldest.size === 0) account.lots.shift();
      rest += closed;
    }
    account.position = (account.position + change) as Centicontracts;
  }

  #settle(account: Account, value: Centicents): void {
    const position = account.position;
    if (position === 0) return;
    const released = lockedOf(position);
    account.paid = (account.paid + position) as Centicontracts;
    this.#trade(account, -position as Centicontracts, value);
    this.#addCash(account.shard, microdollars(value * position + released));
  }

  #realize(account: Account, amount: number): void {
    account.realized = plus(account.realized, amount);
    this.#realized = plus(this.#realized, amount);
  }

  #addCash(shard: number, amount: Microdollars): void {
    this.#cash.set(shard, plus(this.cash(shard), amount));
  }

  #account(ticker: string, shard: number): Account {
    let account = this.#accounts.get(ticker);
    if (account === undefined) {
      account = { lots: [], shard, paid: NO_SIZE, ...FLAT };
      this.#accounts.set(ticker, account);
    }
    return account;
  }
}

/** What the open lots would gain if they were closed at `mark`. */
export function unrealizedOf(holding: Holding, mark: Centicents): Microdollars {
  return microdollars(mark * holding.position - holding.cost);
}

/** Collateral of a short YES position: $1 a contract. */
export function lockedOf(position: Centicontracts): Microdollars {
  return moneyOf(PRICE_ONE, Math.max(0, -position) as Centicontracts);
}

function plus(money: Microdollars, amount: number): Microdollars {
  return microdollars(money + amount);
}
