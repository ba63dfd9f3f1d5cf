/** A world with one open market and three accounts, for stories about single rules; nothing happens in it by itself. */
import { TAPERED_DECI_CENT } from '../../../src/lib/core/grid.ts';
import type { FeeTerms, Market } from '../../../src/lib/core/market.ts';
import {
  centicents,
  centicontracts,
  type EpochMs,
  epochMs,
  type Microdollars,
  microdollars,
  type Side,
} from '../../../src/lib/core/units.ts';
import { listMarket, openMarket } from '../../../src/lib/sim/exchange/lifecycle.ts';
import { MatchedBook } from '../../../src/lib/sim/exchange/matched-book.ts';
import { type ExchangeRules, openExchange } from '../../../src/lib/sim/exchange/state.ts';
import { SimWorld } from '../../../src/lib/sim/sim-world.ts';
import type {
  CreateResult,
  NewOrder,
  VenueFact,
  VenueGroup,
  VenueOrder,
  VenueRefusal,
} from '../../../src/lib/sim/venue.ts';
import type { VenueMovement, VenueTransfer } from '../../../src/lib/sim/venue-terms.ts';

export const START: EpochMs = epochMs(1_790_000_000_000);
const CLOSE: EpochMs = epochMs(START + 900_000);
export const TICKER = 'KXTEST-26SEP28-A';
export const SHARD = 2;

const TAKERS_PAY: FeeTerms = { type: 'quadratic', multiplier: { numerator: 1, denominator: 1 } };
export const NOBODY_PAYS: FeeTerms = { type: 'quadratic', multiplier: { numerator: 0, denominator: 1 } };

export interface SmallWorldOptions {
  readonly rules?: Partial<ExchangeRules>;
  readonly fees?: FeeTerms;
  /** Of every account, in dollars. */
  readonly cash?: number;
  readonly settlementTimerSeconds?: number;
}

export function smallWorld({
  rules = {},
  fees = TAKERS_PAY,
  cash = 1_000,
  settlementTimerSeconds = 60,
}: SmallWorldOptions = {}) {
  const exchange = openExchange({ startAt: START, seed: 1, rules });
  const listing = listMarket(exchange, {
    market: { ...MARKET, fees },
    event: {
      eventTicker: 'KXTEST-26SEP28',
      seriesTicker: 'KXTEST',
      title: 'Test',
      shard: SHARD,
      isMutuallyExclusive: false,
    },
    settlementTimerSeconds,
    book: new MatchedBook(),
    isRecorded: false,
  });
  openMarket(exchange, listing);
  const world = new SimWorld(exchange, []);
  for (const id of ['ann', 'bob', 'cat']) world.openAccount(id, [{ shard: SHARD, cash: dollars(cash) }]);
  world.drain();
  return { exchange, listing, world };
}

/** An order of whole contracts at a price in cents; it rests unless said otherwise. */
export function order(side: Side, cents: number, contracts: number, extra: Partial<NewOrder> = {}): NewOrder {
  return {
    ticker: TICKER,
    side,
    price: price(cents),
    size: contractsOf(contracts),
    timeInForce: 'good_till_canceled',
    selfTradePrevention: 'taker_at_cross',
    ...extra,
  };
}

export const IOC = { timeInForce: 'immediate_or_cancel' } as const;
export const FOK = { timeInForce: 'fill_or_kill' } as const;

/** The order of a create that must have been accepted. */
export function accepted(result: CreateResult): VenueOrder {
  if (result.kind === 'refused') throw new Error(`refused: ${result.code} ${result.details ?? ''}`);
  return result.order;
}

/** `code` or `code: details` of what must have been refused, with its status. */
export function refusal(
  result: VenueRefusal | VenueGroup | VenueTransfer | VenueMovement | { readonly kind: string } | undefined,
): string {
  if (result === undefined || !('status' in result)) throw new Error('was not refused');
  const { status, code, details } = result;
  return details === undefined ? `${status} ${code}` : `${status} ${code}: ${details}`;
}

export function price(cents: number) {
  return centicents(Math.round(cents * 100));
}

export function contractsOf(contracts: number) {
  return centicontracts(Math.round(contracts * 100));
}

export function dollars(amount: number): Microdollars {
  return microdollars(Math.round(amount * 1_000_000));
}

export function cash(world: SimWorld, accountId: string): number {
  return world.balance(accountId).reduce((total, shard) => total + shard.cash, 0) / 1_000_000;
}

export function position(world: SimWorld, accountId: string): number {
  return (world.positions(accountId)[0]?.position ?? 0) / 100;
}

export function factsOf<Type extends VenueFact['type']>(
  facts: readonly VenueFact[],
  type: Type,
): readonly Extract<VenueFact, { type: Type }>[] {
  return facts.filter((fact): fact is Extract<VenueFact, { type: Type }> => fact.type === type);
}

/** `45×10 44×3 | 46×5`: bids and asks, best first. */
export function bookText(world: SimWorld, ticker = TICKER): string {
  const book = world.book(ticker);
  const text = (levels: readonly { price: number; size: number }[]): string =>
    levels.map((level) => `${level.price / 100}×${level.size / 100}`).join(' ');
  return `${text(book?.bids ?? [])} | ${text(book?.asks ?? [])}`.trim();
}

const MARKET: Market = {
  ticker: TICKER,
  eventTicker: 'KXTEST-26SEP28',
  seriesTicker: 'KXTEST',
  shard: SHARD,
  status: 'initialized',
  openAt: START,
  closeAt: CLOSE,
  title: 'Test',
  grid: TAPERED_DECI_CENT,
  fees: TAKERS_PAY,
  isMutuallyExclusive: false,
};
