/**
 * One sweep of the settlements: what the exchange has paid is booked, fills that the journal lacks with it, so that late ones
 * are paid too; what is due or contested is told; then the ledger is held against the exchange's figures, shard by shard
 * and market by market, and every microdollar of a difference is told by its cause.
 *
 * Pays by the list and never by a market's status (reliability.md section 4). Twice the same sweep writes once.
 */

import type { FillSeen, LedgerRestored } from '../../core/events.ts';
import { settlementKey } from '../../core/money/bridge.ts';
import type { Cause } from '../../core/money/bridge-types.ts';
import { type Centicontracts, type EpochMs, type Microdollars, NO_MONEY, NO_SIZE } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { differencesOf } from '../session/account/compare.ts';
import type { AccountHistory } from '../session/account/open-ledger.ts';
import { type Adjustment, proposals } from './adjustments.ts';
import { type ContestedLine, contestedLines, type DueLine, dueLines } from './due-markets.ts';
import type { Holder, SettleDesk } from './settle-desk.ts';
import { newFills, type SettlementLine, settlementLines } from './settlement-lines.ts';
import { BOOKABLE, type Survey, survey } from './survey.ts';

export interface SettleOptions {
  /** Settlements from then on are shown; what is older than the live window is read from the archive. */
  readonly since: EpochMs;
  /** Looks, and books nothing. */
  readonly isDryRun: boolean;
}

export interface SettleReport {
  readonly env: string;
  readonly account: string;
  /** Who books: this command, the process that holds the lock, or nobody (a dry run). */
  readonly books: 'settle' | 'holder' | 'nobody';
  readonly holder?: Holder;
  readonly since: EpochMs;
  /** The account was met for the first time: what it began with is what it holds less all that it did. */
  readonly isNew: boolean;
  readonly settlements: readonly SettlementLine[];
  readonly fills: readonly { readonly fill: FillSeen; readonly isLate: boolean }[];
  readonly due: readonly DueLine[];
  readonly contested: readonly ContestedLine[];
  /** With everything booked that can be. */
  readonly cash: readonly { readonly shard: number; readonly ours: Microdollars; readonly theirs: Microdollars }[];
  /** Markets in which the two differ. */
  readonly positions: readonly {
    readonly ticker: string;
    readonly ours: Centicontracts;
    readonly theirs: Centicontracts;
  }[];
  /** All of them, from the journal's figures as they were to the exchange's. */
  readonly causes: readonly Cause[];
  /** Those that booking does not mend. */
  readonly open: readonly Cause[];
  readonly proposals: readonly Adjustment[];
  /** Adjustments that were written. */
  readonly written: readonly Adjustment[];
  readonly checked: readonly string[];
  readonly hints: readonly string[];
  readonly missing: readonly string[];
  readonly isReconciled: boolean;
}

/** Throws KMM_UNREACHABLE, KMM_KEY_REFUSED, KMM_CLOCK, KMM_DB_*, KMM_TAPE_*, KMM_HOME. */
export async function settle(desk: SettleDesk, options: SettleOptions): Promise<SettleReport> {
  const seen = await survey(desk, options.since);
  if (desk.holder === undefined && !options.isDryRun) {
    book(desk, seen);
    const { ledger, look } = seen;
    const differences = differencesOf(ledger, look.exchange);
    desk.compared({ at: desk.clock.now(), occasion: 'asked', ...look.exchange, differences });
  }
  return reportOf(desk, options, seen);
}

/**
 * Writes the adjustments that were shown. Looks anew before: what is not as it was shown is not written. Throws
 * KMM_RECONCILE for that, KMM_LOCKED beside whoever books.
 */
export async function repair(desk: SettleDesk, options: SettleOptions, shown: SettleReport): Promise<SettleReport> {
  assertMayRepair(desk);
  const again = await settle(desk, options);
  if (JSON.stringify(again.open) !== JSON.stringify(shown.open)) {
    throw new KmmError('KMM_RECONCILE', 'a second look at the exchange does not agree with what was shown', {
      position: 'no adjustment was written; positions and resting orders are as they were',
      next: ['kmm settle', 'kmm settle --repair, once two looks agree'],
    });
  }
  const at = desk.clock.now();
  const books = desk.openBooks();
  try {
    books.write({ type: 'ledger_restored', at, ...desk.kept().history }, nothing(at));
    for (const entry of shown.proposals) books.write({ type: 'cash_entered', at, ...entry });
  } finally {
    books.end();
  }
  return { ...(await settle(desk, options)), written: shown.proposals };
}

/** One writer per database: the trader's own ledger would not know of it. Throws KMM_LOCKED. */
export function assertMayRepair({ holder, env }: SettleDesk): void {
  if (holder === undefined) return;
  const who = holder.isTrader ? 'a trader' : 'another kmm';
  throw new KmmError('KMM_LOCKED', `process ${holder.pid}, ${who}, runs ${env} here, and its ledger would not know`, {
    position: 'no adjustment was written; the other one goes on',
    next: ['kmm stop', 'kmm settle --repair'],
  });
}

function book(desk: SettleDesk, { kept, look, isNew, transfers }: Survey): void {
  const at = desk.clock.now();
  const whole: LedgerRestored = { type: 'ledger_restored', at, ...look.history };
  // What was there already is not written again.
  const news: LedgerRestored = isNew ? whole : { ...nothing(at), ...newsOf(look.history, kept.history) };
  const count = [news.fills, news.settlements, news.moves, news.entries, transfers].flat().length;
  if (!isNew && count === 0) return;
  const books = desk.openBooks();
  try {
    books.write(whole, news);
    for (const move of transfers) books.write({ ...move, at });
  } finally {
    books.end();
  }
}

function newsOf(now: AccountHistory, before: AccountHistory) {
  const settlements = new Set(before.settlements.map(settlementKey));
  const moves = new Set((before.moves ?? []).map(({ transferId }) => transferId));
  const entries = new Set((before.entries ?? []).map(({ entryId }) => entryId));
  return {
    fills: newFills(now, before).map(({ fill }) => fill),
    settlements: now.settlements.filter((one) => !settlements.has(settlementKey(one))),
    moves: (now.moves ?? []).filter(({ transferId }) => !moves.has(transferId)),
    entries: (now.entries ?? []).filter(({ entryId }) => !entries.has(entryId)),
  };
}

function reportOf(desk: SettleDesk, { since, isDryRun }: SettleOptions, seen: Survey): SettleReport {
  const { env, account, holder, clock } = desk;
  const { kept, look, isNew, ledger, causes, checked, hints, missing } = seen;
  const { cash, positions } = look.exchange;
  const lines = settlementLines(look.history, kept.history).filter(({ settledAt }) => settledAt >= since);
  const open = causes.filter(({ kind }) => !BOOKABLE.has(kind));
  const shards = [...new Set([...ledger.cashByShard().keys(), ...cash.keys()])].toSorted((a, b) => a - b);
  const tickers = [...new Set([...ledger.tickers(), ...positions.keys()])].toSorted();
  return {
    ...{ env, account, since, isNew, causes, open, checked, hints, missing, written: [] },
    books: holder !== undefined ? 'holder' : isDryRun ? 'nobody' : 'settle',
    ...(holder !== undefined && { holder }),
    settlements: lines,
    fills: isNew ? [] : newFills(look.history, kept.history),
    due: dueLines(seen, clock.now()),
    contested: contestedLines(seen, lines),
    cash: shards.map((shard) => ({ shard, ours: ledger.cash(shard), theirs: cash.get(shard) ?? NO_MONEY })),
    positions: tickers
      .map((ticker) => ({
        ticker,
        ours: ledger.holding(ticker).position,
        theirs: positions.get(ticker) ?? NO_SIZE,
      }))
      .filter(({ ours, theirs }) => ours !== theirs),
    proposals: proposals(open, kept.history.entries ?? []),
    isReconciled: open.length === 0,
  };
}

function nothing(at: EpochMs): LedgerRestored {
  return { type: 'ledger_restored', at, openingCash: [], fills: [], settlements: [], moves: [], entries: [] };
}
