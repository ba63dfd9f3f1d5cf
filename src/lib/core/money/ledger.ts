/**
 * Cash, positions, fees and profit of one account (one subaccount: the key's), exact in integers and by double entry: every
 * booking is one entry that adds up to zero (entry.ts), and every figure here is the sum of what was posted.
 *
 * Bookings are idempotent: a fill is known by its trade id, a settlement by (ticker, settledAt), everything else by the
 * exchange's id of it. Cost is first in, first out (lots.ts). A short YES position is a long NO position: the exchange locks
 * $1 per contract and hands over the price, so cash moves by −s·p·q − fee − Δlocked with locked = $1 × max(0, −position).
 * Nothing is ever changed: a market that is determined anew is taken back and paid anew, by entries of their own.
 */

import type { CashEntered, CashMoved, FillSeen, SettlementSeen } from '../events.ts';
import { invariant } from '../invariant.ts';
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
} from '../units.ts';
import { type Entry, EntryBook, type LedgerAccount, openLedgerAccount, settlementId } from './entry.ts';
import { type ClosedLot, closedLot, paidLot, reversalOf, shareOf } from './lots.ts';
import { FLAT, type Holding, MarketAccount } from './market-account.ts';
import { OutsideAccounts } from './outside-accounts.ts';

export type { Holding } from './market-account.ts';

/** Who keeps what the ledger makes; the engine keeps neither. */
export interface LedgerSinks {
  readonly onEntry?: (entry: Entry) => void;
  readonly onLotClosed?: (lot: ClosedLot) => void;
}

/** Begins every client order id of kmm. */
const OWN_PREFIX = 'kmm-';
/** Of a fill of an order that no kmm placed: by hand on the web page, or by another program. */
export const EXTERNAL = 'EXTERNAL';
const BEGINNING = 0 as EpochMs;

export class Ledger {
  readonly #book: EntryBook;
  readonly #onLotClosed: LedgerSinks['onLotClosed'];
  readonly #cash = new Map<number, LedgerAccount>();
  readonly #markets = new Map<string, MarketAccount>();
  readonly #fills = new Set<string>();
  readonly #settlements = new Set<string>();
  readonly #moves = new Set<string>();
  readonly #entered = new Map<string, Microdollars>();
  readonly #totals = { realized: { balance: NO_MONEY }, fees: { balance: NO_MONEY } };
  readonly #opening = new OutsideAccounts('opening');
  readonly #transfers = new OutsideAccounts('transfers');
  readonly #incentives = new OutsideAccounts('incentives');
  readonly #adjustments = new OutsideAccounts('adjustments');

  constructor({ onEntry, onLotClosed }: LedgerSinks = {}) {
    this.#book = new EntryBook(onEntry);
    this.#onLotClosed = onLotClosed;
  }

  /** Cash that the account began with on a shard. Signed. */
  deposit(shard: number, amount: Microdollars, at: EpochMs = BEGINNING): void {
    this.#book.post(this.#cashAccount(shard), amount);
    this.#book.post(this.#opening.on(shard), -amount);
    this.#book.book('opening', `opening ${shard}`, at);
  }

  /** Cash that goes from one shard to another. False: booked already. */
  move({ transferId, from, to, amount, at, exchangeAt = at }: CashMoved): boolean {
    if (this.#moves.has(transferId)) return false;
    this.#moves.add(transferId);
    this.#book.post(this.#cashAccount(from), -amount);
    this.#book.post(this.#cashAccount(to), amount);
    this.#book.book('move', transferId, exchangeAt);
    return true;
  }

  /** Cash that came or went for a reason outside trading. False: booked already. */
  enter({ entryId, kind, shard, amount, label, at, exchangeAt = at }: CashEntered): boolean {
    if (this.#entered.has(entryId)) return false;
    this.#entered.set(entryId, amount);
    this.#book.post(this.#cashAccount(shard), amount);
    this.#book.post(this.#counterOf(kind).on(shard), -amount);
    this.#book.book(kind, entryId, exchangeAt, () => label);
    return true;
  }

  /** Books an execution. False: this trade id is known already and nothing changed. */
  fill(fill: FillSeen, shard: number): boolean {
    if (this.#fills.has(fill.tradeId)) return false;
    invariant(fill.size > 0, `fill ${fill.tradeId} has a positive size`);
    this.#fills.add(fill.tradeId);
    const market = this.#market(fill.ticker, shard);
    // A settlement may have come first, and says nothing of the shard.
    market.shard = shard;
    const at = fill.exchangeAt ?? fill.at;
    const sign = signOf(fill.side);
    const locked = lockedOf(market.position);
    const book = this.#book;
    this.#trade(market, fill, sign * fill.size, at);
    const lockedMore = lockedOf(market.position) - locked;
    book.post(market.collateralAccount, lockedMore);
    book.post(fill.fee < 0 ? market.rebatesAccount : market.feesAccount, fill.fee);
    book.post(this.#cashAccount(shard), -(sign * moneyOf(fill.price, fill.size) + fill.fee + lockedMore));
    book.book('fill', fill.tradeId, at, () => labelOf(fill));
    if (sign > 0) market.bought = (market.bought + fill.size) as Centicontracts;
    else market.sold = (market.sold + fill.size) as Centicontracts;
    if (market.result !== undefined) this.#pay(market, market.result.id);
    return true;
  }

  /**
   * Pays a position at the settlement value. A market that is determined anew is listed again, with another time: what was
   * paid is taken back and paid anew, as entries of their own (reliability.md F26). False: booked already.
   */
  settlement({ ticker, settledAt, value }: SettlementSeen, shard: number): boolean {
    const id = settlementId(ticker, settledAt);
    if (this.#settlements.has(id)) return false;
    this.#settlements.add(id);
    const market = this.#market(ticker, shard);
    // What is told late of an earlier result has been overtaken: the later one has paid all of it.
    if (market.result !== undefined && market.result.settledAt > settledAt) return true;
    this.#takeBack(market, id, settledAt);
    market.result = { id, settledAt, value };
    this.#pay(market, id);
    return true;
  }

  hasFill(tradeId: string): boolean {
    return this.#fills.has(tradeId);
  }

  hasSettlement(ticker: string, settledAt: EpochMs): boolean {
    return this.#settlements.has(settlementId(ticker, settledAt));
  }

  hasMove(transferId: string): boolean {
    return this.#moves.has(transferId);
  }

  /** What a cash entry did; undefined: it is not booked. */
  enteredAmount(entryId: string): Microdollars | undefined {
    return this.#entered.get(entryId);
  }

  /** Whose cash the market's trades went to; undefined before the first. */
  shardOf(ticker: string): number | undefined {
    const market = this.#markets.get(ticker);
    return market === undefined || market.bought + market.sold === 0 ? undefined : market.shard;
  }

  /** Goes on changing with the ledger. */
  holding(ticker: string): Holding {
    return this.#markets.get(ticker) ?? FLAT;
  }

  /** Tickers that were ever traded. */
  tickers(): IterableIterator<string> {
    return this.#markets.keys();
  }

  isSettled(ticker: string): boolean {
    return this.#markets.get(ticker)?.result !== undefined;
  }

  /** What one YES has paid, in centicents; undefined: not settled. */
  settledValue(ticker: string): Centicents | undefined {
    return this.#markets.get(ticker)?.result?.value;
  }

  cash(shard: number): Microdollars {
    return this.#cash.get(shard)?.balance ?? NO_MONEY;
  }

  cashByShard(): ReadonlyMap<number, Microdollars> {
    return new Map([...this.#cash].map(([shard, { balance }]) => [shard, balance]));
  }

  totalCash(): Microdollars {
    let total = 0;
    for (const { balance } of this.#cash.values()) total += balance;
    return microdollars(total);
  }

  /** Before fees. */
  get realized(): Microdollars {
    return (0 - this.#totals.realized.balance) as Microdollars;
  }

  /** Less what was got back. */
  get fees(): Microdollars {
    return this.#totals.fees.balance;
  }

  /** Gained by incentives. */
  get incentives(): Microdollars {
    return (0 - this.#incentives.balance) as Microdollars;
  }

  /** Gained by adjustments: what only a person could explain. */
  get adjustments(): Microdollars {
    return (0 - this.#adjustments.balance) as Microdollars;
  }

  /** Came in from outside, less what went out. */
  get transfers(): Microdollars {
    return (0 - this.#transfers.balance) as Microdollars;
  }

  /** All that was paid in, less what was taken out. */
  get paidIn(): Microdollars {
    return (0 - this.#opening.balance - this.#transfers.balance) as Microdollars;
  }

  get fillCount(): number {
    return this.#fills.size;
  }

  /** Every account that something was posted to, with its balance: in sum zero. */
  *balances(): Generator<{ readonly account: string; readonly shard: number; readonly balance: Microdollars }> {
    const outside = [this.#opening, this.#transfers, this.#incentives, this.#adjustments].flatMap((one) => one.all());
    const markets = [...this.#markets.values()].flatMap((market) => market.accounts());
    for (const { name, shard, balance } of [...this.#cash.values(), ...outside, ...markets]) {
      yield { account: name, shard, balance };
    }
  }

  /** Closes the oldest lots first; what is left of `change` (signed) opens one. The fee goes with the contracts. */
  #trade(market: MarketAccount, fill: FillSeen, change: number, at: EpochMs): void {
    const { tradeId, price } = fill;
    const { lots } = market;
    let rest = change;
    let fee: number = fill.fee;
    let cost = 0;
    let gain = 0;
    while (rest !== 0) {
      const oldest = lots.oldest;
      if (oldest === undefined || oldest.size > 0 === rest > 0) {
        lots.push({ tradeId, at, price, size: rest as Centicontracts, fee: fee as Microdollars });
        cost += price * rest;
        break;
      }
      const closed = Math.sign(oldest.size) * Math.min(Math.abs(oldest.size), Math.abs(rest));
      const closeFee = shareOf(fee, Math.abs(closed), Math.abs(rest));
      const openFee = shareOf(oldest.fee, Math.abs(closed), Math.abs(oldest.size));
      fee -= closeFee;
      gain += (price - oldest.price) * closed;
      cost -= oldest.price * closed;
      if (this.#onLotClosed !== undefined) {
        const by = { how: 'trade', id: tradeId, at, price } as const;
        this.#onLotClosed(closedLot(market.ticker, oldest, closed, by, { open: openFee, close: closeFee }));
      }
      oldest.size = (oldest.size - closed) as Centicontracts;
      oldest.fee = (oldest.fee - openFee) as Microdollars;
      if (oldest.size === 0) lots.drop();
      rest += closed;
    }
    market.position = (market.position + change) as Centicontracts;
    this.#book.post(market.costAccount, cost);
    this.#book.post(market.realizedAccount, -gain);
  }

  /** What is held is paid at the result that stands. */
  #pay(market: MarketAccount, cause: string): void {
    const { result } = market;
    const lots = market.lots.takeAll();
    if (result === undefined || lots.length === 0) return;
    this.#postPayment(market, market.position, market.cost, result.value);
    this.#book.book('settlement', cause, result.settledAt);
    market.position = NO_SIZE;
    for (const lot of lots) market.paidLots.push(lot);
    if (this.#onLotClosed !== undefined) for (const lot of lots) this.#onLotClosed(paidLot(market.ticker, lot, result));
  }

  /** The contrary of what the result that stood has paid, lot by lot. */
  #takeBack(market: MarketAccount, cause: string, at: EpochMs): void {
    const { result, paidLots } = market;
    if (result === undefined || paidLots.length === 0) return;
    let position = 0;
    let cost = 0;
    for (const { size, price } of paidLots) {
      position += size;
      cost += size * price;
    }
    this.#postPayment(market, position as Centicontracts, cost, result.value, -1);
    this.#book.book('reversal', cause, at, () => `takes back ${result.id}`);
    market.position = position as Centicontracts;
    market.paidLots = [];
    for (const lot of paidLots) {
      market.lots.push(lot);
      this.#onLotClosed?.(reversalOf(paidLot(market.ticker, lot, result), at, cause));
    }
  }

  #postPayment(
    market: MarketAccount,
    position: Centicontracts,
    cost: number,
    value: Centicents,
    sign: 1 | -1 = 1,
  ): void {
    const locked = lockedOf(position);
    this.#book.post(market.costAccount, -sign * cost);
    this.#book.post(market.collateralAccount, -sign * locked);
    this.#book.post(market.realizedAccount, -sign * (value * position - cost));
    this.#book.post(this.#cashAccount(market.shard), sign * (value * position + locked));
  }

  #counterOf(kind: CashEntered['kind']): OutsideAccounts {
    if (kind === 'incentive') return this.#incentives;
    return kind === 'adjustment' ? this.#adjustments : this.#transfers;
  }

  #cashAccount(shard: number): LedgerAccount {
    let account = this.#cash.get(shard);
    if (account === undefined) {
      account = openLedgerAccount(`cash:${shard}`, shard);
      this.#cash.set(shard, account);
    }
    return account;
  }

  #market(ticker: string, shard: number): MarketAccount {
    let market = this.#markets.get(ticker);
    if (market === undefined) {
      market = new MarketAccount(ticker, shard, this.#totals);
      this.#markets.set(ticker, market);
    }
    return market;
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

function labelOf({ clientOrderId }: FillSeen): string | undefined {
  return clientOrderId?.startsWith(OWN_PREFIX) ? undefined : EXTERNAL;
}
