import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Holding } from '../../../src/lib/core/money/ledger.ts';
import { broughtBy, eventTailOf, exceedancesOf, type SettledTail } from '../../../src/lib/core/promotion/event-tail.ts';
import { type Centicents, centicents, centicontracts, microdollars } from '../../../src/lib/core/units.ts';

/** `contracts` of YES (negative: of NO) that cost so many dollars. */
function holding(contracts: number, dollars: number): Holding {
  const none = { realized: microdollars(0), fees: microdollars(0), bought: centicontracts(0), sold: centicontracts(0) };
  return {
    ...none,
    position: centicontracts(contracts * 100),
    cost: microdollars(Math.round(dollars * 1_000_000)),
  } as Holding;
}

const leg = (ticker: string, contracts: number, dollars: number, chance: number | undefined) => ({
  ...{ ticker, holding: holding(contracts, dollars), chance },
});

const DOLLAR = 1_000_000;

describe('the value at risk of what is held in an event', () => {
  test('is what the worst 5 % begin at, by our own chances', () => {
    // Bought at 90 ¢ and thought to be worth 97: the loss of $90 has a chance of 3 %, which 95 % does not see.
    expect(eventTailOf([leg('A', 100, 90, 0.97)], false)).toMatchObject({
      ...{ method: 'pmf', valueAtRisk: -10 * DOLLAR, shortfall: 50 * DOLLAR, worst: 90 * DOLLAR, ifNo: -90 * DOLLAR },
      positions: [['A', 10_000]],
    });
    expect(eventTailOf([leg('A', 100, 90, 0.94)], false)?.valueAtRisk).toBe(90 * DOLLAR);
  });

  test('of markets that exclude one another is of one distribution, math.md section 17', () => {
    // .01 .03 .22 .46 .22 .04 .02 with 154 paid in: VaR95 4, ES95 22, VaR99 34.
    const chances = [0.01, 0.03, 0.22, 0.46, 0.22, 0.04, 0.02];
    const held = [-60, -30, 0, 40, 0, -30, -60];
    // NO of n at cost k is −n at n − k: together they cost 154 less than the contracts of NO pay.
    const legs = held.map((contracts, i) => leg(`L${i}`, contracts, i === 3 ? 154 - 180 : 0, chances[i]));
    expect(eventTailOf(legs, true)).toMatchObject({ method: 'pmf', valueAtRisk: 4 * DOLLAR, shortfall: 22 * DOLLAR });
  });

  test('is the worst case where there is no distribution, and nothing is where nothing is held', () => {
    const [a, b] = [leg('A', 10, 4, 0.5), leg('B', 10, 3, 0.4)];
    expect(eventTailOf([a, b], false)).toMatchObject({ method: 'worst', valueAtRisk: 7 * DOLLAR });
    expect(eventTailOf([a, { ...b, chance: undefined }], true)).toMatchObject({ method: 'worst', worst: 7 * DOLLAR });
    expect(eventTailOf([leg('A', -10, -6, undefined), leg('B', -10, -7, 0.4)], true)).toMatchObject({
      ...{ method: 'worst', worst: -3 * DOLLAR },
    });
    expect(eventTailOf([], true)).toBeUndefined();
  });

  test('takes chances that were made market by market and add up to a little more than 1', () => {
    expect(eventTailOf([leg('A', 10, 4, 0.6), leg('B', 10, 3, 0.5)], true)).toMatchObject({ method: 'pmf' });
  });

  test('is never above what the worst end brings, whatever is held', () => {
    const one = fc.record({ contracts: fc.integer({ min: -50, max: 50 }), cents: fc.integer({ min: 1, max: 99 }) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), fc.boolean(), (held, isExclusive) => {
        const legs = held.map(({ contracts, cents }, i) => leg(`L${i}`, contracts, (contracts * cents) / 100, 0.15));
        const tail = eventTailOf(legs, isExclusive);
        expect(tail?.valueAtRisk).toBeLessThanOrEqual(tail?.worst ?? 0);
        const allNo = tail === undefined ? undefined : broughtBy(tail, () => centicents(0));
        expect(-(allNo ?? 0)).toBeLessThanOrEqual(tail?.worst ?? 0);
      }),
    );
  });
});

describe('what was lost against it', () => {
  const tail = { ifNo: microdollars(-90 * DOLLAR), positions: [['A', centicontracts(10_000)]] as const };

  test('is what holding to the end brought, and is not known before the end', () => {
    const at = (value: number | undefined) => broughtBy(tail, () => value as Centicents | undefined);
    expect([at(10_000), at(0), at(4_000), at(undefined)]).toEqual([10 * DOLLAR, -90 * DOLLAR, -50 * DOLLAR, undefined]);
  });

  test('counts an event once, however often it was looked at, and none that was known at its worst alone', () => {
    const one = (event: string, dollars: number, method: SettledTail['method'] = 'pmf'): SettledTail => ({
      ...{ event, method, valueAtRisk: microdollars(5 * DOLLAR), brought: microdollars(-dollars * DOLLAR) },
    });
    const tails = [one('A', 5), one('A', 6), one('A', 6), one('A', 4), one('B', -1), one('C', 5, 'worst')];
    expect(exceedancesOf(tails)).toEqual({ events: 2, exceeded: 0.5, withoutPmf: 1 });
    expect(exceedancesOf([])).toEqual({ events: 0, exceeded: 0, withoutPmf: 0 });
  });
});
