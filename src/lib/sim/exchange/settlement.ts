/**
 * How a market ends: determined, and paid when the settlement timer has run. A result may be disputed, which stops the
 * timer, and amended, which starts it anew; when the first result had been paid, the difference is paid or taken back as
 * a second settlement (kalshi/api.md 6.5, docs/adr/0007).
 */
import {
  type Centicents,
  type Centicontracts,
  complement,
  type EpochMs,
  type Microdollars,
  moneyOf,
  NO_MONEY,
  NO_SIZE,
} from '../../core/units.ts';
import type { VenueRefusal } from '../venue.ts';
import type { VenueSettlement } from '../venue-terms.ts';
import { chargeBack, lockedFor, moveCash, tellPosition, venuePosition } from './account.ts';
import type { Account, Listing, Outcome, Payment, Position } from './records.ts';
import { refuse } from './refusal.ts';
import type { ExchangeState } from './state.ts';
import { setStatus, tellLifecycle } from './status.ts';

/** The result is known. Nothing happens to a market that is not closed, or has a result already. */
export function determineMarket(exchange: ExchangeState, listing: Listing, outcome: Outcome): VenueRefusal | undefined {
  if (listing.market.status !== 'closed') return refuseIn(listing, 'determined');
  rule(exchange, listing, outcome, 'determined');
  return undefined;
}

/** The result is in doubt: it is not paid before an amendment. What has been paid stays paid until then. */
export function disputeMarket(exchange: ExchangeState, listing: Listing): VenueRefusal | undefined {
  if (listing.outcome === undefined || listing.market.status === 'disputed') return refuseIn(listing, 'disputed');
  listing.updatedAt = exchange.schedule.now;
  listing.rulings += 1;
  setStatus(listing, 'disputed');
  return undefined;
}

/** Another result, or the same one upheld. */
export function amendResult(exchange: ExchangeState, listing: Listing, outcome: Outcome): VenueRefusal | undefined {
  if (listing.outcome === undefined) return refuseIn(listing, 'amended');
  rule(exchange, listing, outcome, 'amended');
  return undefined;
}

function refuseIn({ market }: Listing, verb: string): VenueRefusal {
  return refuse('bad_request', `a market that is ${market.status} cannot be ${verb}`);
}

function rule(exchange: ExchangeState, listing: Listing, outcome: Outcome, status: 'determined' | 'amended'): void {
  listing.rulings += 1;
  const ruling = listing.rulings;
  listing.outcome = outcome;
  setStatus(listing, status);
  tellLifecycle(exchange, listing, 'determined');
  const { schedule } = exchange;
  const paidAt = (schedule.now + listing.settlementTimerSeconds * 1_000) as EpochMs;
  schedule.add(paidAt, () => {
    if (listing.rulings === ruling) settleMarket(exchange, listing, outcome);
  });
}

function settleMarket(exchange: ExchangeState, listing: Listing, outcome: Outcome): void {
  const { paidValue } = listing;
  setStatus(listing, 'finalized');
  listing.settledAt = exchange.schedule.now;
  listing.paidValue = outcome.value;
  if (paidValue === undefined) payAll(exchange, listing, outcome);
  else for (const payment of listing.payments) payDifference(exchange, listing, payment, outcome, paidValue);
  tellLifecycle(exchange, listing, 'settled');
}

function payAll(exchange: ExchangeState, listing: Listing, outcome: Outcome): void {
  const payments: Payment[] = [];
  for (const account of listing.holders) {
    const position = account.positions.get(listing.market.ticker);
    if (position === undefined) continue;
    if (position.size !== 0) payments.push({ account, size: position.size });
    payPosition(exchange, account, position, outcome);
  }
  listing.payments = payments;
  listing.holders.clear();
  listing.stats = { ...listing.stats, openInterest: NO_SIZE };
  exchange.finalized.push(listing.market.ticker);
}

function payPosition(exchange: ExchangeState, account: Account, position: Position, outcome: Outcome): void {
  const { listing, size, exposure, fees } = position;
  const { ticker, shard } = listing.market;
  const owed = moneyOf(outcome.value, size);
  moveCash(account, shard, (owed + lockedFor(size)) as Microdollars);
  const revenue = size < 0 ? moneyOf(complement(outcome.value), -size as Centicontracts) : owed;
  if (account.isTold && size !== 0) {
    account.settlements.add(settlementRow(exchange, listing, { account, size }, outcome, { revenue, exposure, fees }));
  }
  account.positions.delete(ticker);
  position.realized = (position.realized + revenue - exposure) as Microdollars;
  position.exposure = NO_MONEY;
  position.size = NO_SIZE;
  position.updatedAt = exchange.schedule.now;
  if (account.isTold) account.settledPositions.add(venuePosition(position));
  if (size !== 0) tellPosition(exchange, account, position);
}

/** A row of its own: only the difference, with no cost and no fee, for those were in the first. */
function payDifference(
  exchange: ExchangeState,
  listing: Listing,
  payment: Payment,
  outcome: Outcome,
  paidValue: Centicents,
): void {
  const { account, size } = payment;
  const revenue = moneyOf((outcome.value - paidValue) as Centicents, size);
  if (revenue === 0) return;
  const { shard } = listing.market;
  if (revenue > 0) moveCash(account, shard, revenue);
  else chargeBack(account, shard, -revenue as Microdollars);
  if (!account.isTold) return;
  const money = { revenue, exposure: NO_MONEY, fees: NO_MONEY };
  account.settlements.add(settlementRow(exchange, listing, payment, outcome, money));
}

interface Money {
  readonly revenue: Microdollars;
  readonly exposure: Microdollars;
  readonly fees: Microdollars;
}

function settlementRow(
  exchange: ExchangeState,
  listing: Listing,
  { account, size }: Payment,
  { result, value }: Outcome,
  { revenue, exposure, fees }: Money,
): VenueSettlement {
  const { ticker, eventTicker, shard } = listing.market;
  const isLong = size > 0;
  return {
    ticker,
    eventTicker,
    shard,
    accountId: account.id,
    result,
    value,
    yesCount: isLong ? size : NO_SIZE,
    yesCost: isLong ? exposure : NO_MONEY,
    noCount: isLong ? NO_SIZE : (-size as Centicontracts),
    noCost: isLong ? NO_MONEY : exposure,
    revenue,
    fees,
    settledAt: exchange.schedule.now,
  };
}
