/**
 * What the exchange charges for a fill, to the microdollar: the one file where money is rounded (math.md 13,
 * kalshi/api.md 8). It refuses a fee type whose formula is not published (`flat`, and any word it does not know), unless
 * the operator has said what it costs.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import type { FeeRule, FeeTerms } from '../market.ts';
import { refused } from '../refused.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  moneyOf,
  NO_MONEY,
  ONE_CONTRACT,
  PRICE_ONE,
  type Side,
} from '../units.ts';

/**
 * The exchange rounds the formula up to one of these before anything else: $0.0001 in its text until about 2026-08-30,
 * $0.000001 since (api.md 8.2). They give the same charge whenever price × size is a multiple of $0.0001, and in every fill
 * found; else the first is never the cheaper. So it is the one that counts, and a prediction knows both (docs/adr/0013).
 */
export const TRADE_FEE_STEPS = [100 as Microdollars, 1 as Microdollars] as const;
const [TRADE_FEE_STEP] = TRADE_FEE_STEPS;

/** Of the formula: 7 % × multiplier × p(1 − p) per contract, and makers pay a share of it. */
const RATE = { numerator: 7, denominator: 100 };
const MAKER_SHARE: ReadonlyMap<string, Fraction> = new Map([
  ['quadratic', { numerator: 0, denominator: 1 }],
  ['quadratic_with_maker_fees', { numerator: 1, denominator: 4 }],
  ['quadratic_with_combo_maker_fees', { numerator: 1, denominator: 2 }],
]);

type Fraction = FeeRule['multiplier'];

export interface FeeInput {
  readonly terms: FeeTerms;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly isTaker: boolean;
  readonly at: EpochMs;
}

export type TradeFeeResult = { readonly kind: 'fee'; readonly fee: Microdollars } | ModelRefusal;

/** Of most makers. */
const NO_FEE: TradeFeeResult = { kind: 'fee', fee: NO_MONEY };

/** The formula's fee of one fill, rounded up to `step`; what is charged in the end is `chargeFill`'s to say. */
export function tradeFee(input: FeeInput, step: Microdollars = TRADE_FEE_STEP): TradeFeeResult {
  const { price, size } = input;
  if (size < 0 || price < 0 || price > PRICE_ONE) throw new RangeError(`no fill has size ${size} at price ${price}`);
  const rate = feeRate(input.terms, input.isTaker, input.at);
  if (rate.kind === 'refused') return rate;
  if (rate.kind === 'formula' && rate.numerator === 0) return NO_FEE;
  const steps =
    rate.kind === 'per_contract'
      ? ceilQuotient([rate.fee, size], ONE_CONTRACT * step)
      : ceilQuotient([rate.numerator, size, price * (PRICE_ONE - price)], rate.denominator * PRICE_ONE * step);
  return { kind: 'fee', fee: (steps * step) as Microdollars };
}

/**
 * The formula's fee of a maker per contract in dollars, unrounded, for quoters; never for booking. `price` is in
 * centicents and may be a real number. Refuses where `tradeFee` does.
 */
export function makerFeePerContract(terms: FeeTerms, price: number, at: EpochMs): number | ModelRefusal {
  const rate = feeRate(terms, false, at);
  if (rate.kind === 'refused') return rate;
  if (rate.kind === 'per_contract') return rate.fee / moneyOf(PRICE_ONE, ONE_CONTRACT);
  const probability = price / PRICE_ONE;
  return (rate.numerator / rate.denominator) * probability * (1 - probability);
}

/**
 * What a maker's fee makes of the price, in whole centicents per contract: at least the formula's fee however the fills
 * split the contracts, before the balance is rounded. The dearest of what is in force and of what is scheduled; a waiver is
 * not counted on; a type that nobody can price costs 0.
 */
export function makerFeeMax(terms: FeeTerms, price: Centicents): number {
  let dearest = makerFeeOf(terms, terms, price);
  if (terms.changes === undefined) return dearest;
  for (const change of terms.changes) dearest = Math.max(dearest, makerFeeOf(change, terms, price));
  return dearest;
}

function makerFeeOf({ type, multiplier }: FeeRule, { perContract }: FeeTerms, price: Centicents): number {
  const share = MAKER_SHARE.get(type);
  if (share === undefined) return ceilQuotient([perContract?.[type] ?? 0], MICRODOLLARS_PER_CENTICENT);
  if (share.numerator === 0) return 0;
  const factors = [RATE.numerator, multiplier.numerator, share.numerator, price * (PRICE_ONE - price)];
  return ceilQuotient(factors, RATE.denominator * multiplier.denominator * share.denominator * PRICE_ONE);
}

const MICRODOLLARS_PER_CENTICENT = 100;

/** What rounding the balance may cost an order of whole contracts before it is given back: one step of it. */
export const FEE_ROUNDING_MAX = 10_000 as Microdollars;

export interface ChargeInput {
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly tradeFee: Microdollars;
  /** Balance precision of the account: 10,000 µ$, or 100 µ$ for direct members. */
  readonly balanceStep: Microdollars;
}

export interface Charge {
  /** Signed change of cash, collateral left out: a multiple of the balance step. */
  readonly cash: Microdollars;
  /** Trade fee and rounding together, before any rebate. */
  readonly charged: Microdollars;
}

/** The balance lands on its grid, against the trader; what that costs is part of the charge. */
export function chargeFill({ side, price, size, tradeFee, balanceStep }: ChargeInput): Charge {
  const money = moneyOf(price, size);
  const revenue = side === 'bid' ? -money : money;
  const cash = floorTo(revenue - tradeFee, balanceStep);
  return { cash, charged: (revenue - cash) as Microdollars };
}

/** What rounding has cost one order so far and has not been given back. One per order, taker and maker fills alike. */
export interface FeeAccumulator {
  /** Whole units come back as rebate: the account's balance step. */
  readonly unit: Microdollars;
  readonly carried: Microdollars;
}

export interface NetCharge {
  /** What the fill costs: the exchange's `fee_cost`. */
  readonly net: Microdollars;
  readonly rebate: Microdollars;
  readonly accumulator: FeeAccumulator;
}

export function feeAccumulator(unit: Microdollars): FeeAccumulator {
  return { unit, carried: NO_MONEY };
}

/** Adds one fill's rounding; every whole unit above one is given back, but never below a net fee of zero: that waits. */
export function accrue({ unit, carried }: FeeAccumulator, charge: Charge, tradeFee: Microdollars): NetCharge {
  const { charged } = charge;
  const owed = carried + charged - tradeFee;
  const unitsOver = owed > unit ? ceilQuotient([owed - unit], unit) : 0;
  const unitsPayable = (charged - (charged % unit)) / unit;
  const rebate = Math.min(unitsOver, unitsPayable) * unit;
  return {
    net: (charged - rebate) as Microdollars,
    rebate: rebate as Microdollars,
    accumulator: { unit, carried: (owed - rebate) as Microdollars },
  };
}

/** Decimal text of the exchange, "0.5", to an exact fraction in lowest terms; undefined for anything else. */
export function feeMultiplier(text: string): Fraction | undefined {
  const match = /^(\d{1,6})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) return undefined;
  const decimals = match[2] ?? '';
  const numerator = Number(match[1] + decimals);
  const denominator = 10 ** decimals.length;
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** The rule that counts at a moment. */
export function feeRuleAt(terms: FeeTerms, at: EpochMs): FeeRule {
  return terms.changes?.findLast((change) => change.at <= at) ?? terms;
}

/** What was charged above the prediction, per contract, for fills to come: a part of a contract counts as a whole one. */
export function surchargePerContract(excess: Microdollars, size: Centicontracts): Microdollars {
  if (excess <= 0) return NO_MONEY;
  return ceilQuotient([excess, ONE_CONTRACT], Math.max(size, ONE_CONTRACT)) as Microdollars;
}

type FeeRate =
  | ({ readonly kind: 'formula' } & Fraction)
  | { readonly kind: 'per_contract'; readonly fee: Microdollars }
  | ModelRefusal;

/** A waiver comes first: while it lasts, even a type we do not know costs nothing. */
function feeRate(terms: FeeTerms, isTaker: boolean, at: EpochMs): FeeRate {
  if (terms.waivedUntil !== undefined && at < terms.waivedUntil)
    return { kind: 'formula', numerator: 0, denominator: 1 };
  const { type, multiplier } = feeRuleAt(terms, at);
  const makerShare = MAKER_SHARE.get(type);
  if (makerShare === undefined) {
    const fee = terms.perContract?.[type];
    if (fee !== undefined) return { kind: 'per_contract', fee };
    return refused('fee_type_unknown', `no formula is known for fee type "${type}", so no fill can be priced`);
  }
  const share = isTaker ? { numerator: 1, denominator: 1 } : makerShare;
  return {
    kind: 'formula',
    numerator: RATE.numerator * multiplier.numerator * share.numerator,
    denominator: RATE.denominator * multiplier.denominator * share.denominator,
  };
}

/** ⌈product of factors / divisor⌉ for whole numbers ≥ 0: in doubles while they are exact, else in BigInt. */
function ceilQuotient(factors: readonly number[], divisor: number): number {
  const product = factors.reduce((value, factor) => value * factor, 1);
  if (Number.isSafeInteger(product) && Number.isSafeInteger(divisor)) {
    const rest = product % divisor;
    return (product - rest) / divisor + (rest > 0 ? 1 : 0);
  }
  const exact = factors.reduce((value, factor) => value * BigInt(factor), 1n);
  const by = BigInt(divisor);
  return Number((exact + by - 1n) / by);
}

/** Towards −∞. */
function floorTo(value: number, step: number): Microdollars {
  const over = ((value % step) + step) % step;
  return (value - over) as Microdollars;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
