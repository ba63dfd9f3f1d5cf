/**
 * Value at risk of what is held in one event, by our own fair values, and whether more than that was lost once it had ended
 * (math.md section 17). What is held is taken as it stands: what is traded later is later holdings' affair.
 *
 * Where there is no distribution of the event it is the worst case, which nothing exceeds: that proves nothing of a model.
 */

import type { Holding } from '../money/ledger.ts';
import { outcomesOf } from '../risk/exposure.ts';
import { familyOf } from '../tail-risk/family.ts';
import { tailOf } from '../tail-risk/tail.ts';
import { type Centicents, type Centicontracts, type Microdollars, microdollars } from '../units.ts';

/** The worst 5 %. */
const TAIL_LEVEL = 0.95;

export interface HeldMarket {
  readonly ticker: string;
  readonly holding: Holding;
  /** Chance of YES in (0, 1); undefined: there is no fair value now. */
  readonly chance: number | undefined;
}

export interface EventTail {
  /** `pmf`: of our fair values; `worst`: there is no distribution. */
  readonly method: 'pmf' | 'worst';
  /** Micro$, positive is a loss; since each market's first fill, fees included. */
  readonly valueAtRisk: Microdollars;
  readonly shortfall: Microdollars;
  readonly worst: Microdollars;
  /** Profit of all of it if every market ends NO. */
  readonly ifNo: Microdollars;
  readonly positions: readonly (readonly [ticker: string, position: Centicontracts])[];
}

/** Markets with something held; undefined: there is none. */
export function eventTailOf(markets: readonly HeldMarket[], isMutuallyExclusive: boolean): EventTail | undefined {
  if (markets.length === 0) return undefined;
  const outcomes = markets.map(({ holding }) => outcomesOf(holding, [], []));
  const held = {
    ifNo: microdollars(outcomes.reduce((sum, { ifNo }) => sum + ifNo, 0)),
    positions: markets.map(({ ticker, holding }) => [ticker, holding.position] as const),
  };
  const family = familyOf(outcomes, chancesOf(markets), isMutuallyExclusive);
  if (family.kind === 'refused') {
    const worst = isMutuallyExclusive
      ? held.ifNo + Math.min(0, ...outcomes.map(({ ifNo, ifYes }) => ifYes - ifNo))
      : outcomes.reduce((sum, { ifNo, ifYes }) => sum + Math.min(ifNo, ifYes), 0);
    const loss = microdollars(0 - worst);
    return { method: 'worst', valueAtRisk: loss, shortfall: loss, worst: loss, ...held };
  }
  const { valueAtRisk, shortfall, worst } = tailOf(family.pnl, family.chances, TAIL_LEVEL);
  return {
    ...{ method: 'pmf', valueAtRisk: microdollars(Math.round(valueAtRisk)) },
    ...{ shortfall: microdollars(Math.round(shortfall)), worst: microdollars(Math.round(worst)), ...held },
  };
}

/** Fair values are made market by market: of markets that exclude one another they may add up to a little more than 1. */
function chancesOf(markets: readonly HeldMarket[]): { readonly chances: readonly number[]; readonly none: number } {
  const said = markets.map(({ chance }) => chance ?? Number.NaN);
  const sum = said.reduce((total, chance) => total + chance, 0);
  if (!(sum > 1)) return { chances: said, none: 1 - sum };
  return { chances: said.map((chance) => chance / sum), none: 0 };
}

/** What holding it to the end brought; undefined while a value is not known. Values: what one YES paid. */
export function broughtBy(
  { ifNo, positions }: Pick<EventTail, 'ifNo' | 'positions'>,
  paidFor: (ticker: string) => Centicents | undefined,
): Microdollars | undefined {
  let sum: number = ifNo;
  for (const [ticker, position] of positions) {
    const value = paidFor(ticker);
    if (value === undefined) return undefined;
    sum += value * position;
  }
  return microdollars(sum);
}

export interface SettledTail {
  readonly event: string;
  readonly method: EventTail['method'];
  readonly valueAtRisk: Microdollars;
  readonly brought: Microdollars;
}

export interface Exceedances {
  /** Events with a distribution that are over. */
  readonly events: number;
  /** Of them, so many as lost more: an event that was looked at several times counts with the share of those. */
  readonly exceeded: number;
  /** Events that were only known at their worst case. */
  readonly withoutPmf: number;
}

export function exceedancesOf(tails: readonly SettledTail[]): Exceedances {
  let [events, exceeded, withoutPmf] = [0, 0, 0];
  for (const ofEvent of Map.groupBy(tails, ({ event }) => event).values()) {
    const judged = ofEvent.filter(({ method }) => method === 'pmf');
    if (judged.length === 0) withoutPmf += 1;
    else {
      events += 1;
      exceeded += judged.filter(({ valueAtRisk, brought }) => -brought > valueAtRisk).length / judged.length;
    }
  }
  return { events, exceeded, withoutPmf };
}
