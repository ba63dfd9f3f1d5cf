/**
 * Cash that moved without us: deposits, withdrawals, transfers that were made elsewhere (F41). The exchange lists them with
 * ids of its own, but says of a deposit neither the shard nor whether its fee was taken out of it; the balance does. So what
 * is listed and not booked is believed when it explains, to the last digit and on every shard, what the ledger and the
 * exchange differ by. A difference that nothing explains stays one, and halts.
 */
import { KalshiPortfolio } from '../../../adapters/kalshi/rest-portfolio.ts';
import { KalshiTransfers, type Transfer } from '../../../adapters/kalshi/rest-transfers.ts';
import type { Result } from '../../../adapters/kalshi/result.ts';
import type { CashEntered, CashMoved } from '../../../core/events.ts';
import type { Ledger } from '../../../core/money/ledger.ts';
import { statedDifference } from '../../../core/money/stated-cash.ts';
import { type EpochMs, formatMoney, type Microdollars, microdollars, NO_MONEY } from '../../../core/units.ts';
import type { Wire } from '../../../ports.ts';

export type CashNews = CashEntered | CashMoved;

/** A deposit or a withdrawal as the exchange lists it. */
interface Movement {
  readonly kind: 'deposit' | 'withdrawal';
  readonly id: string;
  readonly status: string;
  readonly method: string;
  readonly amount: Microdollars;
  readonly fee: Microdollars;
  readonly createdAt: EpochMs;
  readonly finalizedAt?: EpochMs;
}

/** What the exchange lists of cash that moved otherwise than by trading. */
export interface ListedCash {
  readonly movements: readonly Movement[];
  readonly transfers: readonly Transfer[];
}

/** What may have happened to cash: one of these, or nothing that shows. */
interface Candidate {
  readonly at: EpochMs;
  readonly readings: readonly { readonly news: CashNews; readonly effect: ReadonlyMap<number, number> }[];
}

/** The lists cut their times off. */
const WHOLE_SECOND_MS = 1_000;
/** The instance of the exchange that we trade on, from the subaccount that is ours. */
export const TRADING = 'event_contract';
/** So many of the newest are held against a difference: each may be read in several ways. */
const CANDIDATES_MAX = 5;

/** Complete, or an error. What a key may not ask for (one that is bound to a subaccount) is listed as empty. */
export async function listCash(wire: Wire, subaccount?: number): Promise<Result<ListedCash>> {
  const portfolio = new KalshiPortfolio(wire);
  const deposits = orNone(await portfolio.deposits());
  if (!deposits.ok) return deposits;
  const withdrawals = orNone(await portfolio.withdrawals());
  if (!withdrawals.ok) return withdrawals;
  const transfers = orNone(await new KalshiTransfers(wire, subaccount).list());
  if (!transfers.ok) return transfers;
  const between = orNone(await new KalshiTransfers(wire, subaccount).betweenSubaccounts());
  if (!between.ok) return between;
  const movements = [
    ...deposits.value.map((one): Movement => ({ kind: 'deposit', ...one })),
    ...withdrawals.value.map((one): Movement => ({ kind: 'withdrawal', ...one })),
  ];
  return { ok: true, value: { movements, transfers: [...transfers.value, ...between.value] } };
}

/**
 * What an account that is met for the first time holds already: its opening cash is what is left without the transfers. The
 * balance is complete up to `completeTo`; what happened later it may hold or not, and is left to explain a difference.
 */
export function openingNews(listed: ListedCash, at: EpochMs, completeTo: EpochMs): readonly CashNews[] {
  const isHeld = (happenedAt: EpochMs) => happenedAt + WHOLE_SECOND_MS <= completeTo;
  const movements = listed.movements.filter((one) => isApplied(one) && isHeld(one.finalizedAt ?? one.createdAt));
  const known = movements.map((movement): CashEntered => {
    const label = `${wordsOf(movement)}, part of the opening cash`;
    return { ...entryOf(movement, at), shard: 0, amount: NO_MONEY, label };
  });
  const transfers = listed.transfers.filter((one) => isDone(one) && isHeld(one.createdAt));
  const elsewhere = transfers.filter(isWithElsewhere).map((transfer): CashEntered => {
    const label = `${transferWords(transfer)}, part of the opening cash`;
    return { ...transferEntryOf(transfer, at), shard: 0, amount: NO_MONEY, label };
  });
  return [...known, ...elsewhere, ...transfers.filter(isBetweenShards).map((transfer) => moveOf(transfer, at))];
}

/** What is listed, is not booked and explains the whole difference; empty: nothing differs, or nothing explains it. */
export function explainCash(
  ledger: Ledger,
  stated: ReadonlyMap<number, Microdollars>,
  listed: ListedCash,
  at: EpochMs,
): readonly CashNews[] {
  const missing = cashDifferences(ledger, stated);
  if (missing.size === 0) return [];
  const shards = [...missing.keys()];
  const candidates = [...movementsOf(listed, ledger, shards, at), ...transfersOf(listed, ledger, at)]
    .sort((a, b) => b.at - a.at)
    .slice(0, CANDIDATES_MAX);
  return search(candidates, 0, missing) ?? [];
}

/** Theirs less ours, by shard; what is equal is left out. */
export function cashDifferences(ledger: Ledger, stated: ReadonlyMap<number, Microdollars>): Map<number, number> {
  const differences = new Map<number, number>();
  for (const shard of new Set([...stated.keys(), ...ledger.cashByShard().keys()])) {
    const difference = statedDifference(ledger.cash(shard), stated.get(shard) ?? NO_MONEY);
    if (difference !== 0) differences.set(shard, difference);
  }
  return differences;
}

/** Newest first: the first reading of all that leaves nothing over. */
function search(
  candidates: readonly Candidate[],
  index: number,
  missing: ReadonlyMap<number, number>,
): readonly CashNews[] | undefined {
  if (missing.size === 0) return [];
  const candidate = candidates[index];
  if (candidate === undefined) return undefined;
  for (const { news, effect } of candidate.readings) {
    const rest = search(candidates, index + 1, less(missing, effect));
    if (rest !== undefined) return [news, ...rest];
  }
  return search(candidates, index + 1, missing);
}

function less(missing: ReadonlyMap<number, number>, effect: ReadonlyMap<number, number>): Map<number, number> {
  const left = new Map(missing);
  for (const [shard, amount] of effect) {
    const rest = (left.get(shard) ?? 0) - amount;
    if (rest === 0) left.delete(shard);
    else left.set(shard, rest);
  }
  return left;
}

function movementsOf({ movements }: ListedCash, ledger: Ledger, shards: readonly number[], at: EpochMs): Candidate[] {
  const candidates: Candidate[] = [];
  for (const movement of movements) {
    const booked = ledger.enteredAmount(movement.id);
    if (booked === undefined && isApplied(movement)) {
      candidates.push(candidateOf(entryOf(movement, at), amountsOf(movement), shards, wordsOf(movement)));
    }
    const backId = `${movement.id} returned`;
    const isBack = movement.status === 'returned' && ledger.enteredAmount(backId) === undefined;
    if (booked !== undefined && booked !== 0 && isBack) {
      const entry = { ...entryOf(movement, at), entryId: backId };
      candidates.push(candidateOf(entry, [microdollars(-booked)], shards, `${wordsOf(movement)}, returned`));
    }
  }
  return candidates;
}

function candidateOf(
  entry: Omit<CashEntered, 'shard' | 'amount' | 'label'>,
  amounts: readonly Microdollars[],
  shards: readonly number[],
  label: string,
): Candidate {
  const readings = shards.flatMap((shard) =>
    amounts.map((amount) => ({ news: { ...entry, shard, amount, label }, effect: new Map([[shard, amount]]) })),
  );
  return { at: entry.exchangeAt ?? entry.at, readings };
}

function transfersOf({ transfers }: ListedCash, ledger: Ledger, at: EpochMs): Candidate[] {
  return transfers.filter(isDone).flatMap((transfer): Candidate[] => {
    const { transferId, fromShard, toShard, amount, createdAt } = transfer;
    if (isBetweenShards(transfer)) {
      if (ledger.hasMove(transferId)) return [];
      const effect = new Map([
        [fromShard, -amount],
        [toShard, amount],
      ]);
      return [{ at: createdAt, readings: [{ news: moveOf(transfer, at), effect }] }];
    }
    if (!isWithElsewhere(transfer) || ledger.enteredAmount(transferId) !== undefined) return [];
    const isOut = transfer.from === TRADING;
    const label = `${transferWords(transfer)}, made elsewhere (EXTERNAL)`;
    const signed = microdollars(isOut ? -amount : amount);
    return [candidateOf(transferEntryOf(transfer, at), [signed], [isOut ? fromShard : toShard], label)];
  });
}

function entryOf({ id, kind, createdAt, finalizedAt }: Movement, at: EpochMs) {
  return { type: 'cash_entered', at, exchangeAt: finalizedAt ?? createdAt, entryId: id, kind } as const;
}

function moveOf({ transferId, fromShard, toShard, amount, createdAt }: Transfer, at: EpochMs): CashMoved {
  return { type: 'cash_moved', at, exchangeAt: createdAt, transferId, from: fromShard, to: toShard, amount };
}

function transferEntryOf({ transferId, createdAt }: Transfer, at: EpochMs) {
  return { type: 'cash_entered', at, exchangeAt: createdAt, entryId: transferId, kind: 'transfer' } as const;
}

function transferWords({ from, to, amount }: Transfer): string {
  return `transfer of $${formatMoney(amount)} from ${from} to ${to}`;
}

/** With its fee or without: the list says both figures and not which of them the balance has felt. */
function amountsOf({ kind, amount, fee }: Movement): readonly Microdollars[] {
  const whole = kind === 'deposit' ? amount : -amount;
  return fee === 0 ? [microdollars(whole)] : [microdollars(whole - fee), microdollars(whole)];
}

function wordsOf({ kind, method, amount, fee }: Movement): string {
  const charged = fee === 0 ? '' : `, fee $${formatMoney(fee)}`;
  return `${kind} by ${method} of $${formatMoney(amount)}${charged}, made elsewhere (EXTERNAL)`;
}

function isApplied({ status }: Movement): boolean {
  return status === 'applied';
}

function isDone({ status, fromShard, toShard, from, to }: Transfer): boolean {
  return status === 'complete' && (from !== to || fromShard !== toShard);
}

export function isBetweenShards({ from, to }: Transfer): boolean {
  return from === TRADING && to === TRADING;
}

/** Between what trades here and what does not: another instance of the exchange, another subaccount. */
export function isWithElsewhere({ from, to }: Transfer): boolean {
  return (from === TRADING) !== (to === TRADING);
}

/** What this key may not ask for, or the exchange does not know, is nothing. */
export function orNone<Row>(result: Result<readonly Row[]>): Result<readonly Row[]> {
  if (result.ok || result.error.kind !== 'refused' || !NOT_FOR_THIS_KEY.has(result.error.status)) return result;
  return { ok: true, value: [] };
}

const NOT_FOR_THIS_KEY: ReadonlySet<number> = new Set([403, 404]);
