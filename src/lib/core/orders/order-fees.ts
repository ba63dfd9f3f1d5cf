/**
 * What the fills of one order are to cost: a chain, because what rounding has cost them together is given back in whole
 * units (math.md 13). Fills may come late and out of order, and those of one millisecond have no order among them that we
 * are told: whichever explains them is theirs. Both roundings of the formula are followed (docs/adr/0013).
 */

import type { FeeTerms } from '../market.ts';
import {
  accrue,
  type Charge,
  chargeFill,
  type FeeAccumulator,
  feeAccumulator,
  TRADE_FEE_STEPS,
  tradeFee,
} from '../money/fees.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../units.ts';

/** An execution as the exchange told of it. */
export interface ChargedFill {
  readonly tradeId: string;
  /** Of the execution, by the exchange's clock. */
  readonly at: EpochMs;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly isTaker: boolean;
  /** `fee_cost`, whatever it is. */
  readonly charged: Microdollars;
}

/** `chain`: by each rounding of the formula, the first never the cheaper. */
export interface FeePrediction {
  readonly kind: 'predicted';
  readonly chain: readonly Microdollars[];
  /** More than this no fill is charged, whatever fills of the order are not known: what it costs before any rebate. */
  readonly most: Microdollars;
}

export type FeePredicted = FeePrediction | { readonly kind: 'unpredictable'; readonly reason: string };

/** One of the two ways in which the exchange may round the formula. */
interface Priced {
  readonly tradeFee: Microdollars;
  readonly charge: Charge;
}

interface Entry {
  readonly fill: ChargedFill;
  /** By rounding; or why there is none. */
  priced: readonly Priced[] | string;
}

/** More of them within one millisecond are taken in the order in which they came. */
const TIED_MAX = 8;

export class OrderFees {
  readonly #balanceStep: Microdollars;
  readonly #entries: Entry[] = [];
  #size = 0;
  /** By trade id, of the chain as it is known now. */
  #predicted = new Map<string, FeePredicted>();
  /** After the last entry, by rounding; undefined: an entry before it has no price. */
  #tail: FeeAccumulator[] | undefined;

  constructor(balanceStep: Microdollars) {
    this.#balanceStep = balanceStep;
    this.#tail = this.#begin();
  }

  /** Contracts of all its fills. */
  get size(): Centicontracts {
    return this.#size as Centicontracts;
  }

  /**
   * Each fill once. Terms: those that the market may have had at the moment of the fill, the likeliest first; of several,
   * the first that explain the charge count. None: they are not known.
   */
  add(fill: ChargedFill, [likeliest, ...others]: readonly FeeTerms[]): void {
    const entry: Entry = { fill, priced: this.#price(fill, likeliest) };
    const last = this.#entries.at(-1);
    this.#size += fill.size;
    if (last === undefined || fill.at > last.fill.at) {
      this.#entries.push(entry);
      this.#follow([entry]);
    } else {
      const index = this.#entries.findIndex((other) => other.fill.at > fill.at);
      this.#entries.splice(index < 0 ? this.#entries.length : index, 0, entry);
      this.#followAll();
    }
    const { priced } = entry;
    for (const terms of others) {
      if (this.#isExplained(fill)) return;
      entry.priced = this.#price(fill, terms);
      this.#followAll();
    }
    if (others.length === 0 || this.#isExplained(fill)) return;
    entry.priced = priced;
    this.#followAll();
  }

  of(tradeId: string): FeePredicted {
    return this.#predicted.get(tradeId) ?? { kind: 'unpredictable', reason: 'it is no fill of this order' };
  }

  #isExplained({ tradeId, charged }: ChargedFill): boolean {
    const predicted = this.#predicted.get(tradeId);
    return predicted?.kind === 'predicted' && predicted.chain.includes(charged);
  }

  #followAll(): void {
    this.#tail = this.#begin();
    this.#predicted = new Map();
    for (const group of tiedGroups(this.#entries)) this.#follow(group);
  }

  #begin(): FeeAccumulator[] {
    return TRADE_FEE_STEPS.map(() => feeAccumulator(this.#balanceStep));
  }

  #price({ at, side, price, size, isTaker }: ChargedFill, terms: FeeTerms | undefined): Entry['priced'] {
    if (terms === undefined) return 'the fee terms of its market are not known';
    const priced: Priced[] = [];
    for (const step of TRADE_FEE_STEPS) {
      const result = tradeFee({ terms, price, size, isTaker, at }, step);
      if (result.kind === 'refused') return result.reason;
      const charge = chargeFill({ side, price, size, tradeFee: result.fee, balanceStep: this.#balanceStep });
      priced.push({ tradeFee: result.fee, charge });
    }
    return priced;
  }

  /** Takes in the fills of one moment, the latest so far. */
  #follow(group: readonly Entry[]): void {
    const tail = this.#tail;
    const gap = group.find(({ priced }) => typeof priced === 'string');
    if (tail === undefined || gap !== undefined) {
      this.#tail = undefined;
      for (const { fill, priced } of group) {
        const reason = typeof priced === 'string' ? priced : 'an earlier fill of its order could not be predicted';
        this.#predicted.set(fill.tradeId, { kind: 'unpredictable', reason });
      }
      return;
    }
    const chains = tail.map((accumulator, way) => follow(group, accumulator, way));
    for (const { fill, priced } of group) {
      const chain = chains.map(({ nets }) => nets.get(fill) as Microdollars);
      const most = (priced as readonly Priced[])[0]?.charge.charged as Microdollars;
      this.#predicted.set(fill.tradeId, { kind: 'predicted', chain, most });
    }
    this.#tail = chains.map(({ accumulator }) => accumulator);
  }
}

interface Followed {
  readonly nets: Map<ChargedFill, Microdollars>;
  readonly accumulator: FeeAccumulator;
}

function follow(group: readonly Entry[], before: FeeAccumulator, way: number): Followed {
  const ordered = group.length > 1 && group.length <= TIED_MAX ? explained(group, before, way) : undefined;
  const nets = new Map<ChargedFill, Microdollars>();
  let accumulator = before;
  for (const entry of ordered ?? group) {
    const next = netOf(entry, accumulator, way);
    nets.set(entry.fill, next.net);
    accumulator = next.accumulator;
  }
  return { nets, accumulator };
}

/**
 * An order in which each of them was charged what it was to cost; undefined: there is none. Of several orders any will do:
 * they leave the same rounding behind, for what was charged in all is the same.
 */
function explained(group: readonly Entry[], before: FeeAccumulator, way: number): readonly Entry[] | undefined {
  if (group.length === 0) return [];
  const tried = new Set<string>();
  for (const entry of group) {
    const { side, price, size, isTaker, charged } = entry.fill;
    const likeness = `${side} ${price} ${size} ${isTaker} ${charged}`;
    if (tried.has(likeness)) continue;
    tried.add(likeness);
    const { net, accumulator } = netOf(entry, before, way);
    if (net !== charged) continue;
    const rest = explained(
      group.filter((other) => other !== entry),
      accumulator,
      way,
    );
    if (rest !== undefined) return [entry, ...rest];
  }
  return undefined;
}

function netOf({ priced }: Entry, accumulator: FeeAccumulator, way: number) {
  const { charge, tradeFee: fee } = (priced as readonly Priced[])[way] as Priced;
  return accrue(accumulator, charge, fee);
}

function tiedGroups(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const groups: Entry[][] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last?.[0]?.fill.at === entry.fill.at) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}
