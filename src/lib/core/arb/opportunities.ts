/**
 * Sure profits among live books, to the last microdollar: what is bought and sold of each market, what that costs with the
 * exchange's own fees for takers, what it pays at least, and what could be lost while only some of it has traded.
 *
 * It says what the books show. Whether an order would still find it is another question: of real takers' orders half did not
 * (docs/models.md). Fees are unrounded while circles are looked for and exact in what is reported; what they eat is no profit.
 */

import type { Level } from '../events.ts';
import type { Bin } from '../fair-value/strike-bins.ts';
import type { Market } from '../market.ts';
import { chargeFill, tradeFee } from '../money/fees.ts';
import { type Place, placeOf } from '../reference/figures.ts';
import { settlementText } from '../reference/settlement-rule.ts';
import {
  type Centicents,
  type Centicontracts,
  complement,
  type EpochMs,
  type Microdollars,
  moneyOf,
  PRICE_ONE,
} from '../units.ts';
import { circlesOf, dollarOf, edgesOf, type Offer, type Step, type Taken } from './network.ts';

export interface QuotedMarket {
  readonly market: Market;
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** Markets that pay by one number, or of which only one pays; what else there is stands alone. */
export interface Family {
  /** What the rules say that they settle on, else the event or market. */
  readonly figure: string;
  /** Of the figure. */
  readonly closeAt: EpochMs | null;
  readonly markets: readonly QuotedMarket[];
  readonly bins: readonly Bin[];
}

/** YES at its ask, or NO at one less the bid. */
export interface ArbLeg {
  readonly ticker: string;
  readonly outcome: 'yes' | 'no';
  readonly size: Centicontracts;
  /** Of the outcome that is bought: the dearest that is taken. */
  readonly priceMax: Centicents;
  readonly cost: Microdollars;
  readonly fee: Microdollars;
}

/**
 * - `round_trip`: YES and NO of one market below a dollar;
 * - `complete_set`: one of these must pay, and all together cost less;
 * - `over_full`: at most one of these pays, and together they are bid above a dollar;
 * - `threshold`: what lies within another is dearer than it;
 * - `combination`: any other, as a range against the thresholds that make it.
 */
export type ArbKind = 'round_trip' | 'complete_set' | 'over_full' | 'threshold' | 'combination';

export interface Opportunity {
  readonly kind: ArbKind;
  readonly legs: readonly ArbLeg[];
  /** Contracts of each leg. */
  readonly size: Centicontracts;
  readonly cost: Microdollars;
  readonly fees: Microdollars;
  /** At settlement, in the worst case. */
  readonly pays: Microdollars;
  /** > 0. */
  readonly profit: Microdollars;
  /** Lost at worst if only some of the legs trade, ≥ 0. */
  readonly worstPartial: Microdollars;
}

export interface FamilyFound extends Pick<Family, 'figure' | 'closeAt'> {
  readonly tickers: readonly string[];
  readonly opportunities: readonly Opportunity[];
  /** Where there is none: what a dollar that is paid in any case costs and brings after fees; null: not to be had from these books. */
  readonly dollarCosts: number | null;
  readonly dollarBrings: number | null;
}

/** By the figure that the rules name, else by the exclusive event, else each by itself. */
export function familiesOf(markets: readonly QuotedMarket[]): readonly Family[] {
  const families = new Map<string, Family & { readonly markets: QuotedMarket[]; readonly bins: Bin[] }>();
  for (const quoted of markets) {
    const { market } = quoted;
    const place = placeOf(market);
    const name = place?.figure ?? (market.isMutuallyExclusive ? market.eventTicker : market.ticker);
    const family = families.get(name) ?? { ...figureOf(market, name, place), markets: [], bins: [] };
    // Outcomes of which one pays at most stand side by side on a line of their own.
    const alone = { low: family.bins.length + 1, high: family.bins.length + 2 };
    family.markets.push(quoted);
    family.bins.push(place?.bin ?? alone);
    families.set(name, family);
  }
  return [...families.values()];
}

function figureOf({ settles, closeAt }: Market, name: string, place: Place | undefined) {
  if (place === undefined || settles === undefined) return { figure: name, closeAt: null };
  return { figure: settlementText(settles), closeAt };
}

/** Circles of one family; more are left unsaid. */
const MOST = 50;

export function lookAt(family: Family, balanceStep: Microdollars, at: EpochMs): FamilyFound {
  const offers = family.markets.map((quoted, index): Offer => {
    const step = (side: 'bid' | 'ask') => stepsOf(quoted, side, at);
    return { bin: family.bins[index] as Bin, asks: step('ask'), bids: step('bid') };
  });
  const found = circlesOf(offers, MOST)
    .map(({ taken, size }) => opportunityOf(family, taken, size as Centicontracts, balanceStep, at))
    .filter(({ profit }) => profit > 0);
  const opportunities = deepened(found).sort((a, b) => b.profit - a.profit);
  const { cost = null, brings = null } = opportunities.length === 0 ? dollarOf(offers) : {};
  const tickers = family.markets.map(({ market }) => market.ticker);
  const { figure, closeAt } = family;
  return { figure, closeAt, tickers, opportunities, dollarCosts: cost, dollarBrings: brings };
}

/** The same legs at one price after another are one opportunity that goes deeper. */
function deepened(found: readonly Opportunity[]): Opportunity[] {
  const byLegs = new Map<string, Opportunity>();
  for (const one of found) {
    const legs = one.legs.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const key = legs.map(nameOf).join(' ');
    const known = byLegs.get(key);
    byLegs.set(key, known === undefined ? { ...one, legs } : bothOf(known, { ...one, legs }));
  }
  return [...byLegs.values()];
}

function nameOf({ ticker, outcome }: ArbLeg): string {
  return `${ticker} ${outcome}`;
}

function bothOf(a: Opportunity, b: Opportunity): Opportunity {
  return {
    kind: a.kind,
    legs: a.legs.map((leg, index) => {
      const more = b.legs[index] as ArbLeg;
      return {
        ...leg,
        size: (leg.size + more.size) as Centicontracts,
        priceMax: Math.max(leg.priceMax, more.priceMax) as Centicents,
        cost: (leg.cost + more.cost) as Microdollars,
        fee: (leg.fee + more.fee) as Microdollars,
      };
    }),
    size: (a.size + b.size) as Centicontracts,
    cost: (a.cost + b.cost) as Microdollars,
    fees: (a.fees + b.fees) as Microdollars,
    pays: (a.pays + b.pays) as Microdollars,
    profit: (a.profit + b.profit) as Microdollars,
    worstPartial: (a.worstPartial + b.worstPartial) as Microdollars,
  };
}

/** Markets of fee types that nobody can price have nothing to offer. */
function stepsOf({ market, bids, asks }: QuotedMarket, side: 'bid' | 'ask', at: EpochMs): readonly Step[] {
  const sign = side === 'ask' ? 1 : -1;
  return (side === 'ask' ? asks : bids).flatMap(({ price, size }): Step[] => {
    const fee = tradeFee({ terms: market.fees, price, size, isTaker: true, at });
    if (fee.kind === 'refused') return [];
    return [{ dollars: price / PRICE_ONE + (sign * fee.fee) / moneyOf(PRICE_ONE as Centicents, size), size }];
  });
}

function opportunityOf(
  family: Family,
  taken: readonly Taken[],
  size: Centicontracts,
  balanceStep: Microdollars,
  at: EpochMs,
): Opportunity {
  const legs = taken.map(({ offer, act, step }): ArbLeg => {
    const { market, bids, asks } = family.markets[offer] as QuotedMarket;
    const { price } = (act === 'buy' ? asks : bids)[step] as Level;
    const paid = act === 'buy' ? price : complement(price);
    const fee = tradeFee({ terms: market.fees, price: paid, size, isTaker: true, at });
    if (fee.kind === 'refused') throw new Error(`fee terms refused after they were accepted: ${fee.reason}`);
    const { charged } = chargeFill({ side: 'bid', price: paid, size, tradeFee: fee.fee, balanceStep });
    const cost = moneyOf(paid, size);
    return { ticker: market.ticker, outcome: act === 'buy' ? 'yes' : 'no', size, priceMax: paid, cost, fee: charged };
  });
  const payouts = payoutsOf(taken.map(({ offer, act }) => ({ bin: family.bins[offer] as Bin, isYes: act === 'buy' })));
  const perContract = moneyOf(PRICE_ONE as Centicents, size);
  const least = Math.min(...payouts.map((pays) => pays.filter(Boolean).length));
  const [cost, fees] = [sum(legs.map((leg) => leg.cost)), sum(legs.map((leg) => leg.fee))];
  const pays = least * perContract;
  const lost = (isPaid: readonly boolean[]) =>
    sum(legs.map((leg, index) => Math.max(0, leg.cost + leg.fee - (isPaid[index] === true ? perContract : 0))));
  return {
    kind: kindOf(taken),
    legs,
    size,
    cost: cost as Microdollars,
    fees: fees as Microdollars,
    pays: pays as Microdollars,
    profit: (pays - cost - fees) as Microdollars,
    worstPartial: Math.max(...payouts.map(lost)) as Microdollars,
  };
}

interface Payer {
  readonly bin: Bin;
  readonly isYes: boolean;
}

/** Which legs pay, by where the figure may come to lie: between any two edges, and beyond the last. */
function payoutsOf(payers: readonly Payer[]): readonly (readonly boolean[])[] {
  const edges = edgesOf(payers.map(({ bin }) => bin));
  const places = [(edges[0] ?? 0) - 1, ...edges.map((edge, index) => (edge + (edges[index + 1] ?? edge + 1)) / 2)];
  return places.map((value) => payers.map(({ bin, isYes }) => (value >= bin.low && value < bin.high) === isYes));
}

function kindOf(taken: readonly Taken[]): ArbKind {
  if (taken.length === 2 && taken[0]?.offer === taken[1]?.offer) return 'round_trip';
  if (taken.every(({ act }) => act === 'buy')) return 'complete_set';
  if (taken.every(({ act }) => act === 'sell')) return 'over_full';
  return taken.length === 2 ? 'threshold' : 'combination';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
