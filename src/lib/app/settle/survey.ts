/**
 * The account as the exchange has it, beside what the journal kept of it, and every difference by its cause. Reads and books
 * nothing. What agrees to the last digit is believed at once; a difference when two looks that may not have missed
 * anything came to the same (docs/adr/0019).
 */

import { chunksOf } from '../../adapters/kalshi/chunks.ts';
import type { RestMarket } from '../../adapters/kalshi/market-schema.ts';
import type { CashMovement, SettlementSums } from '../../adapters/kalshi/portfolio-schema.ts';
import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { KalshiHistory } from '../../adapters/kalshi/rest-history.ts';
import { KalshiPortfolio } from '../../adapters/kalshi/rest-portfolio.ts';
import { KalshiTransfers, type Transfer } from '../../adapters/kalshi/rest-transfers.ts';
import { type Result, sentenceOf } from '../../adapters/kalshi/result.ts';
import type { CashMoved } from '../../core/events.ts';
import { bridge } from '../../core/money/bridge.ts';
import type { Cause, Movement, PaidMarket } from '../../core/money/bridge-types.ts';
import type { Ledger } from '../../core/money/ledger.ts';
import { statedDifference } from '../../core/money/stated-cash.ts';
import { type EpochMs, formatMoney, type Microdollars, microdollars, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { subaccountOf } from '../exchange/account-name.ts';
import { KNOWN_SHARDS } from '../exchange/link.ts';
import { notRead, ONLY_LOOKED } from '../exchange/unreachable.ts';
import { isBetweenShards, isWithElsewhere, orNone, TRADING } from '../session/account/adopt-cash.ts';
import { type AccountLook, ledgerOf } from '../session/account/open-ledger.ts';
import { agreedLook } from '../session/account/start-ledger.ts';
import { adjustedCauses } from './adjustments.ts';
import type { Kept, SettleDesk } from './settle-desk.ts';

export interface Survey {
  readonly kept: Kept;
  readonly look: AccountLook;
  /** Nothing was ever kept of the account: what it began with follows from this look. */
  readonly isNew: boolean;
  /** From the journal's figures to the exchange's. */
  readonly causes: readonly Cause[];
  /** Transfers between shards that were made elsewhere. */
  readonly transfers: readonly CashMoved[];
  /** The ledger with everything booked that can be. */
  readonly ledger: Ledger;
  /** Of markets that are held, and of those that settled lately. */
  readonly markets: ReadonlyMap<string, RestMarket>;
  /** What the explanation was looked for in, with counts. */
  readonly checked: readonly string[];
  /** What the exchange's own sums say against ours, where something is unknown. */
  readonly hints: readonly string[];
  /** What could not be read, and why. */
  readonly missing: readonly string[];
}

/** What is mended by booking what the exchange lists. */
export const BOOKABLE: ReadonlySet<Cause['kind']> = new Set([
  'fill_missing',
  'settlement_missing',
  'transfer',
  'cash_missing',
]);

/** In one question, so that its address stays short. */
const TICKERS_AT_ONCE = 100;
/** Of settled markets, the newest, whose results are asked after again. */
const SETTLED_MAX = 500;
/** The exchange states transfers and payments in whole seconds. */
const SECOND_MS = 1_000;

/** Throws KMM_UNREACHABLE, KMM_KEY_REFUSED, KMM_CLOCK, KMM_DB_*. */
export async function survey(desk: SettleDesk, since: EpochMs): Promise<Survey> {
  const { clock, wire, readLagMs, speed } = desk;
  const rest = new KalshiRest(wire);
  const missing: string[] = [];
  // Who is not reached at all is told so at once; what is lost in between is asked for again.
  const reached = await rest.balance(KNOWN_SHARDS);
  if (!reached.ok) throw notRead('the account cannot be read', reached.error);
  const kept = desk.kept();
  const cutoff = await new KalshiHistory(wire).cutoff();
  if (!cutoff.ok) missing.push(`where the archive begins: ${sentenceOf(cutoff.error)}`);
  const wholeSince = cutoff.ok ? cutoff.value.tradesAt : undefined;
  const isDeep = wholeSince !== undefined && Math.min(since, kept.heardUntil ?? since) < wholeSince;
  const { look, differences } = await lookedAt(
    agreedLook({ ...{ wire, clock, readLagMs, speed, isDeep }, kept: kept.history }),
  );
  const isNew = kept.history.openingCash.length === 0;
  const isExplained = differences.length === 0;
  const listed = isExplained ? [] : await readTransfers(desk, kept, missing);
  const transfers = listed.filter(isBetweenShards).map(moveOf);
  const movements = isExplained ? [] : await readMovements(desk, kept, missing);
  const booked = new Set((kept.history.entries ?? []).map(({ entryId }) => entryId));
  movements.push(...listed.filter((one) => isWithElsewhere(one) && !booked.has(one.transferId)).map(movementOf));
  const history = { ...look.history, moves: withMoves(look.history.moves ?? [], transfers) };
  const ledger = ledgerOf(history);
  const markets = await readMarkets(desk, tickersOf(look, ledger, since), missing);
  const told = bridge({
    ours: isNew ? look.history : kept.history,
    theirs: { ...look.exchange, cash: inFull(look.exchange.cash, ledger) },
    listed: {
      ...{ ...look.listed, movements, paid: paidOf(markets, ledger) },
      ...{ transfers: history.moves, entries: history.entries ?? [] },
      ...(wholeSince !== undefined && !isDeep && !isNew && { wholeSince }),
    },
    adjusted: adjustedCauses(kept.history.entries ?? []),
    ledgerOf,
  });
  // Equal figures need no explanation beyond what is to be booked.
  const causes = isExplained ? told.filter(({ kind }) => BOOKABLE.has(kind)) : told;
  const isUnknown = causes.some(({ kind }) => kind === 'unknown');
  const sums = isUnknown ? await got(missing, 'sums', new KalshiPortfolio(wire).settlementSums()) : [];
  return {
    ...{ kept, look, isNew, causes, ledger, markets, missing },
    transfers: transfers.filter(({ transferId }) =>
      causes.some(({ kind, id }) => kind === 'transfer' && id === transferId),
    ),
    checked: isExplained ? [] : checkedIn(look, transfers, movements, isUnknown ? sums : undefined),
    hints: hintsOf(sums, ledger),
  };
}

/** With what no statement shows: below its last digit the ledger is all that is known. */
function inFull(cash: ReadonlyMap<number, Microdollars>, ledger: Ledger): ReadonlyMap<number, Microdollars> {
  const full = (ours: Microdollars, stated: Microdollars) => microdollars(ours + statedDifference(ours, stated));
  return new Map([...cash].map(([shard, stated]) => [shard, full(ledger.cash(shard), stated)]));
}

/** Nothing of ours rests on the answer: the words of a trader that cannot read would frighten for nothing. */
async function lookedAt<Value>(look: Promise<Value>): Promise<Value> {
  try {
    return await look;
  } catch (error) {
    const isUnread = error instanceof KmmError && error.code === 'KMM_UNREACHABLE';
    throw isUnread ? new KmmError(error.code, error.what, { ...ONLY_LOOKED, cause: error }) : error;
  }
}

function tickersOf({ history, exchange }: AccountLook, ledger: Ledger, since: EpochMs): readonly string[] {
  const held = [...ledger.tickers()].filter((ticker) => ledger.holding(ticker).position !== 0);
  const settled = history.settlements
    .filter(({ settledAt }) => settledAt >= since)
    .toSorted((a, b) => b.settledAt - a.settledAt)
    .slice(0, SETTLED_MAX);
  return [...new Set([...held, ...exchange.positions.keys(), ...settled.map(({ ticker }) => ticker)])];
}

/** Those in the archive are asked for one by one, and only when they are held: a result that old is not disputed any more. */
async function readMarkets({ wire }: SettleDesk, tickers: readonly string[], missing: string[]) {
  const rest = new KalshiRest(wire);
  const markets = new Map<string, RestMarket>();
  for (const asked of chunksOf(tickers, TICKERS_AT_ONCE)) {
    const listed = await got(missing, 'markets', rest.markets({ tickers: asked }));
    for (const market of listed) markets.set(market.ticker, market);
  }
  return markets;
}

/** Of complete transfers since the account was met: those before are in what it began with. */
async function readTransfers(
  { wire, account }: SettleDesk,
  { openedAt }: Kept,
  missing: string[],
): Promise<readonly Transfer[]> {
  if (openedAt === undefined) return [];
  const desk = new KalshiTransfers(wire, subaccountOf(account));
  const listed = [
    ...(await got(missing, 'transfers between shards', desk.list())),
    ...(await got(missing, 'transfers between subaccounts', desk.betweenSubaccounts().then(orNone))),
  ];
  return listed.filter(({ status, createdAt }) => status === 'complete' && createdAt >= openedAt - SECOND_MS);
}

function moveOf({ transferId, fromShard: from, toShard: to, amount, createdAt }: Transfer): CashMoved {
  return { type: 'cash_moved', at: createdAt, transferId, from, to, amount };
}

/** For the account it is money that came or went, though it stayed with its owner. */
function movementOf({ transferId: id, from, amount, createdAt: at }: Transfer): Movement {
  return from === TRADING
    ? { id, kind: 'withdrawal', amount: microdollars(-amount), at }
    : { id, kind: 'deposit', amount, at };
}

async function readMovements(
  { wire }: SettleDesk,
  { openedAt, history }: Kept,
  missing: string[],
): Promise<Movement[]> {
  if (openedAt === undefined) return [];
  const portfolio = new KalshiPortfolio(wire);
  const deposits = await got(missing, 'deposits', portfolio.deposits());
  const withdrawals = await got(missing, 'withdrawals', portfolio.withdrawals());
  const booked = new Set((history.entries ?? []).map(({ entryId }) => entryId));
  const isLater = ({ id, finalizedAt, createdAt, status }: CashMovement) =>
    status === 'applied' && (finalizedAt ?? createdAt) >= openedAt - SECOND_MS && !booked.has(id);
  return [
    ...deposits.filter(isLater).map(({ id, amount, fee, createdAt: at }): Movement => {
      return { id, kind: 'deposit', amount: microdollars(amount - fee), at };
    }),
    ...withdrawals.filter(isLater).map(({ id, amount, fee, createdAt: at }): Movement => {
      return { id, kind: 'withdrawal', amount: microdollars(-amount - fee), at };
    }),
  ];
}

function withMoves(ours: readonly CashMoved[], transfers: readonly CashMoved[]): readonly CashMoved[] {
  const known = new Set(ours.map(({ transferId }) => transferId));
  return [...ours, ...transfers.filter(({ transferId }) => !known.has(transferId))];
}

/** Held by the ledger, and finalized by the market's own word. */
function paidOf(markets: ReadonlyMap<string, RestMarket>, ledger: Ledger): readonly PaidMarket[] {
  return [...markets.values()].flatMap((market) => {
    const value = paysNow(market);
    if (market.status !== 'finalized' || value === undefined) return [];
    const { ticker, shard } = market;
    if (ledger.holding(ticker).position === 0) return [];
    return [{ ticker, value, shard: ledger.shardOf(ticker) ?? shard ?? 0 }];
  });
}

/** What one YES pays by the market's own word; undefined: it has no result. */
export function paysNow({ result, settlementValue }: Pick<RestMarket, 'result' | 'settlementValue'>) {
  if (result === 'yes') return PRICE_ONE;
  return result === 'no' ? PRICE_ZERO : settlementValue;
}

function checkedIn(
  { listed, history }: AccountLook,
  transfers: readonly CashMoved[],
  movements: readonly Movement[],
  sums: readonly SettlementSums[] | undefined,
): readonly string[] {
  return [
    `${listed.fills.length} fills and ${listed.settlements.length} settlements that the exchange lists, against ${history.fills.length} and ${history.settlements.length} here: fee, price, size and value of each`,
    `${transfers.length} transfers between shards, ${movements.length} deposits and withdrawals since the account was met`,
    ...(sums === undefined ? [] : [`the exchange's own sums of ${sums.length} settlements: contracts paid and fees`]),
  ];
}

/** Where the exchange's sums of a market are not those of the fills that we know. */
function hintsOf(sums: readonly SettlementSums[], ledger: Ledger): readonly string[] {
  const fees = new Map<string, number>();
  const paid = new Map<string, number>();
  for (const row of sums.toSorted((a, b) => a.settledAt - b.settledAt)) {
    fees.set(row.ticker, (fees.get(row.ticker) ?? 0) + row.fees);
    // A market that is determined anew pays the same contracts again.
    if (!paid.has(row.ticker)) paid.set(row.ticker, row.paid);
  }
  return [...fees].flatMap(([ticker, theirs]) => {
    const { fees: ours, bought, sold } = ledger.holding(ticker);
    const [there, here] = [paid.get(ticker) ?? 0, bought - sold];
    return [
      ...(theirs === ours
        ? []
        : [`${ticker}: it counts $${formatMoney(microdollars(theirs))} of fees, our fills $${formatMoney(ours)}`]),
      ...(there === here ? [] : [`${ticker}: it paid ${there / 100} contracts, our fills add up to ${here / 100}`]),
    ];
  });
}

async function got<Row>(
  missing: string[],
  what: string,
  reading: Promise<Result<readonly Row[]>>,
): Promise<readonly Row[]> {
  const result = await reading;
  if (result.ok) return result.value;
  missing.push(`${what}: ${sentenceOf(result.error)}`);
  return [];
}
