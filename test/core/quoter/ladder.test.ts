import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caraReservation } from '../../../src/lib/core/quoter/cara-reservation.ts';
import type { LadderLeg } from '../../../src/lib/core/quoter/cells.ts';
import { ladderReservation } from '../../../src/lib/core/quoter/ladder.ts';
import { quoterOf } from '../../../src/lib/core/quoter/quoter.ts';
import { quoterInput } from '../../support/quoter.ts';
import { expectVector } from '../../support/vector.ts';

const GAMMA = 0.01;

/** Each leg as the engine prices it: itself, and those of the others of which something is held. */
function reservationsOf(legs: readonly LadderLeg[]): readonly number[] {
  return legs.map((own) => {
    const others = legs.filter((leg) => leg !== own && leg.contracts !== 0);
    return ladderReservation(own, others, GAMMA) as number;
  });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const position = fc.oneof(fc.constant(0), fc.integer({ min: -200, max: 200 }));
/** Chances that add up to one, the last of them of the outcome that no market names. */
const ladders = fc.array(fc.tuple(real(0.01, 1), position), { minLength: 3, maxLength: 12 }).map((list) => {
  const total = sum(list.map(([weight]) => weight));
  return list.map(([weight, contracts], leg) => ({
    probability: weight / total,
    contracts: leg === list.length - 1 ? 0 : contracts,
  }));
});

describe('the reservation price of one leg of a ladder', () => {
  it.each([
    [
      [0.2, 0.5, 0.3],
      [0, 100, 0],
      ['.292423', '.268941', '.438635'],
    ],
    [
      [0.2, 0.5, 0.3],
      [100, 100, 100],
      ['.200000', '.500000', '.300000'],
    ],
    [
      [0.1, 0.2, 0.4, 0.2, 0.1],
      [0, 0, 50, 0, -50],
      ['.110195', '.220389', '.267346', '.220389', '.181680'],
    ],
  ])('is that of the whole ladder, from the held legs alone: p %o, q %o', (chances, contracts, printed) => {
    const legs = chances.map((probability, leg) => ({ probability, contracts: contracts[leg]! }));
    reservationsOf(legs).forEach((r, leg) => expectVector(r, printed[leg]!));
  });

  it('is the binary one where nothing else is held', () => {
    expect(ladderReservation({ probability: 0.3, contracts: 40 }, [], GAMMA)).toBe(caraReservation(0.3, 40, GAMMA));
  });

  it('adds up to one over the legs and the outcome that no market names', () => {
    fc.assert(
      fc.property(ladders, (legs) => {
        expect(sum(reservationsOf(legs))).toBeCloseTo(1, 9);
      }),
    );
  });

  it('falls in the leg that is bought and rises in every other', () => {
    fc.assert(
      fc.property(ladders, fc.integer({ min: 1, max: 100 }), (legs, more) => {
        const held = reservationsOf(legs);
        const bought = legs.map((leg, index) => (index === 0 ? { ...leg, contracts: leg.contracts + more } : leg));
        return reservationsOf(bought).every((r, leg) => (leg === 0 ? r < held[leg]! : r > held[leg]!));
      }),
    );
  });

  it('stays a price where the fair values of the legs add up to more than one', () => {
    fc.assert(
      fc.property(
        real(0.01, 0.99),
        real(-50, 50),
        fc.array(fc.tuple(real(0.01, 0.99), real(-200, 200))),
        (p, q, list) => {
          const others = list.map(([probability, contracts]) => ({ probability, contracts }));
          const r = ladderReservation({ probability: p, contracts: q }, others, GAMMA) as number;
          const flat = ladderReservation(
            { probability: p, contracts: 0 },
            others.map((leg) => ({ ...leg, contracts: 0 })),
            GAMMA,
          );
          expect(r > 0 && r < 1).toBe(true);
          expect(flat).toBeCloseTo(p, 9);
        },
      ),
    );
  });

  it('is what the default quoter quotes around, and says how far the other legs moved it', () => {
    const alone = quoterOf('cara')(quoterInput({ probability: 0.2 }));
    const ladder = { legs: [{ probability: 0.5, contracts: 100 }] };
    const quote = quoterOf('cara')({ ...quoterInput({ probability: 0.2 }), ladder });
    if (quote.kind === 'refused' || alone.kind === 'refused') throw new Error('refused');
    expectVector(quote.reservation, '.292423');
    expect(quote.numbers).toMatchObject({ ladderLegs: 1 });
    expectVector(quote.numbers.ladderShiftDollars!, '.092423');
    expect(alone.numbers).not.toHaveProperty('ladderLegs');
    expect(quote.rawBid).toBeGreaterThan(alone.rawBid);
  });
});
