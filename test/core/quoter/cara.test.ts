import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAPERED_DECI_CENT } from '../../../src/lib/core/grid.ts';
import { avellanedaStoikov } from '../../../src/lib/core/quoter/avellaneda-stoikov.ts';
import { caraAsk, caraBid, caraQuote } from '../../../src/lib/core/quoter/cara.ts';
import { caraLadder, caraReservation } from '../../../src/lib/core/quoter/cara-reservation.ts';
import { quoterOf } from '../../../src/lib/core/quoter/quoter.ts';
import { onGrid, quoterInput } from '../../support/quoter.ts';
import { expectVector } from '../../support/vector.ts';

const reservationOf = (p: number, gamma: number, q: number) => caraReservation(p, q, gamma) as number;

function ladderOf(
  probabilities: readonly number[],
  contracts: readonly number[],
  gammaPerDollar = 0.01,
): readonly number[] {
  const ladder = caraLadder({ probabilities, contracts, gammaPerDollar, isMutuallyExclusive: true });
  if (ladder.kind === 'refused') throw new Error(ladder.reason);
  return ladder.reservations;
}

/** To first order in q: Avellaneda–Stoikov with all the variance that the price has left, p(1 − p). */
function linearReservation(p: number, gamma: number, q: number): number {
  // Half of that variance at twice the γ comes to the same, and no rounding makes it too much.
  const quote = avellanedaStoikov({
    ...{ fairCents: p * 100, contracts: q, gammaPerCent: (2 * gamma) / 100, kappaPerCent: 1 },
    ...{ sigmaCentsPerRootHour: 100 * Math.sqrt(p * (1 - p)), hours: 0.5 },
  });
  if (quote.kind === 'refused') throw new Error(quote.reason);
  return quote.reservation / 100;
}

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const chances = real(0.001, 0.999);
const gammas = real(1e-4, 0.1);
const holdings = real(-50, 50);

describe('the indifference price of a binary', () => {
  it.each([
    [0.5, 0.01, 10, 1, '.475021', '.475', '.473774', '.476268'],
    [0.9, 0.01, 100, 1, '.768031', '.81', '.767138', '.768920'],
    [0.98, 0.01, -200, 1, '.997246', '1.0192', '.997232', '.997259'],
    [0.05, 0.01, 100, 1, '.018994', '.0025', '.018901', '.019088'],
    [0.05, 0.01, -100, 1, '.125161', '.0975', '.124615', '.125710'],
    [0.5, 0.002, 50, 25, '.475021', '.475', '.468792', '.481260'],
  ])('p %d, γ %d, q %d, clip %d', (p, gamma, q, n, reservation, linear, bid, ask) => {
    const r = reservationOf(p, gamma, q);
    expectVector(r, reservation);
    expectVector(linearReservation(p, gamma, q), linear);
    expectVector(caraBid(r, gamma, n), bid);
    expectVector(caraAsk(r, gamma, n), ask);
  });

  it('stays inside (0, 1), the bid below the reservation price and the ask above it', () => {
    fc.assert(
      fc.property(chances, gammas, holdings, real(0.01, 100), (p, gamma, q, n) => {
        const r = reservationOf(p, gamma, q);
        const [bid, ask] = [caraBid(r, gamma, n), caraAsk(r, gamma, n)];
        expect(bid).toBeGreaterThan(0);
        expect(ask).toBeLessThan(1);
        expect(bid).toBeLessThanOrEqual(r + 1e-12);
        expect(ask).toBeGreaterThanOrEqual(r - 1e-12);
        if (gamma * n > 1e-3) expect(bid < r && r < ask).toBe(true);
      }),
    );
  });

  it('sells what it just bought at the price it bought it: the ask at q + n is the bid at q', () => {
    fc.assert(
      fc.property(chances, gammas, holdings, real(0.01, 100), (p, gamma, q, n) => {
        const bid = caraBid(reservationOf(p, gamma, q), gamma, n);
        return Math.abs(caraAsk(reservationOf(p, gamma, q + n), gamma, n) - bid) < 1e-9;
      }),
    );
  });

  it('is the change of certainty equivalent per contract', () => {
    const certainty = (p: number, gamma: number, q: number) => -Math.log(1 - p + p * Math.exp(-gamma * q)) / gamma;
    fc.assert(
      fc.property(chances, real(0.001, 0.1), holdings, real(1, 100), (p, gamma, q, n) => {
        const change = (certainty(p, gamma, q + n) - certainty(p, gamma, q)) / n;
        return Math.abs(caraBid(reservationOf(p, gamma, q), gamma, n) - change) < 1e-9;
      }),
    );
  });

  it('mirrors: (p, q) → (1 − p, −q)', () => {
    fc.assert(
      fc.property(chances, gammas, holdings, (p, gamma, q) => {
        const [r, other] = [reservationOf(p, gamma, q), reservationOf(1 - p, gamma, -q)];
        expect(other).toBeCloseTo(1 - r, 12);
        expect(caraBid(other, gamma, 1)).toBeCloseTo(1 - caraAsk(r, gamma, 1), 9);
      }),
    );
  });

  it('falls as inventory grows', () => {
    fc.assert(
      fc.property(chances, gammas, holdings, real(0.1, 50), (p, gamma, q, more) => {
        return reservationOf(p, gamma, q + more) < reservationOf(p, gamma, q);
      }),
    );
  });

  it('does not overflow at any inventory or clip', () => {
    expect(reservationOf(0.5, 0.1, 1e7)).toBe(0);
    expect(reservationOf(0.5, 0.1, -1e7)).toBe(1);
    for (const n of [6_999, 7_001, 1e6]) {
      const ask = caraAsk(0.3, 0.1, n);
      expect(ask).toBeLessThan(1);
      expect(ask).toBeCloseTo(1 + Math.log(0.3) / (0.1 * n), 12);
    }
  });

  it.each([0, 1, -0.1, NaN])('is refused for a fair value of %d', (p) => {
    expect(caraReservation(p, 0, 0.01)).toMatchObject({ kind: 'refused', code: 'fair_out_of_range' });
  });

  it.each([0, -1, NaN, Infinity])('is refused for γ = %d', (gamma) => {
    expect(caraReservation(0.5, 0, gamma)).toMatchObject({ kind: 'refused', code: 'parameter_out_of_range' });
  });
});

describe('the reservation prices of a ladder', () => {
  it.each([
    [[0.2, 0.5, 0.3], [0, 100, 0], ['.292423', '.268941', '.438635'], 1, '.267960', '.269926'],
    [[0.2, 0.5, 0.3], [100, 100, 100], ['.200000', '.500000', '.300000'], 1, '.498750', '.501250'],
    [
      [0.1, 0.2, 0.4, 0.2, 0.1],
      [0, 0, 50, 0, -50],
      ['.110195', '.220389', '.267346', '.220389', '.181680'],
      4,
      '.180939',
      '.182425',
    ],
  ])('p %o, q %o', (probabilities, contracts, printed, leg, bid, ask) => {
    const reservations = ladderOf(probabilities, contracts);
    reservations.forEach((r, i) => expectVector(r, printed[i]!));
    expectVector(caraBid(reservations[leg]!, 0.01, 1), bid);
    expectVector(caraAsk(reservations[leg]!, 0.01, 1), ask);
  });

  const legs = fc.array(fc.tuple(real(0.01, 1), real(-200, 200)), { minLength: 2, maxLength: 12 }).map((list) => {
    const total = list.reduce((sum, [weight]) => sum + weight, 0);
    return { p: list.map(([weight]) => weight / total), q: list.map(([, q]) => q) };
  });
  const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);

  it('add up to one, and do not change when every leg grows alike', () => {
    fc.assert(
      fc.property(legs, real(-1_000, 1_000), ({ p, q }, more) => {
        const reservations = ladderOf(p, q);
        const shifted = ladderOf(
          p,
          q.map((each) => each + more),
        );
        expect(sum(reservations)).toBeCloseTo(1, 12);
        reservations.forEach((r, i) => expect(shifted[i]).toBeCloseTo(r, 10));
      }),
    );
  });

  it('fall in the leg that is bought and rise in every other', () => {
    fc.assert(
      fc.property(legs, real(1, 100), ({ p, q }, more) => {
        const held = ladderOf(p, q);
        const after = ladderOf(
          p,
          q.map((each, leg) => (leg === 0 ? each + more : each)),
        );
        return after.every((r, leg) => (leg === 0 ? r < held[leg]! : r > held[leg]!));
      }),
    );
  });

  it('are the binary price for one leg and the rest', () => {
    fc.assert(
      fc.property(
        chances,
        holdings,
        (p, q) => Math.abs(ladderOf([p, 1 - p], [q, 0])[0]! - reservationOf(p, 0.01, q)) < 1e-12,
      ),
    );
  });

  it('do not overflow', () => {
    expect(ladderOf([0.5, 0.5], [1e6, -1e6])).toEqual([0, 1]);
  });

  it('are refused unless the event is exclusive and the chances add up', () => {
    const ladder = (probabilities: readonly number[], isMutuallyExclusive = true, gammaPerDollar = 0.01) =>
      caraLadder({ probabilities, contracts: probabilities.map(() => 0), gammaPerDollar, isMutuallyExclusive });
    expect(ladder([0.5, 0.5], false)).toMatchObject({ code: 'not_exclusive' });
    expect(ladder([0.5, 0.5 + 2e-9])).toMatchObject({ code: 'ladder_sum' });
    expect(ladder([0.5, 0.5 + 5e-10]).kind).toBe('ladder');
    expect(ladder([0.5, 0.5, 0])).toMatchObject({ code: 'fair_out_of_range' });
    expect(ladder([0.5, 0.5], true, 0)).toMatchObject({ code: 'parameter_out_of_range' });
    expect(() =>
      caraLadder({ probabilities: [0.5, 0.5], contracts: [0], gammaPerDollar: 1, isMutuallyExclusive: true }),
    ).toThrow(RangeError);
  });
});

describe('the CARA quote', () => {
  const TABLE = [
    [0.5, 10, 0.004375, 0.008, 0, '.444734', '.505308', '44 / 51'],
    [0.04, 20, 0.00067, 0.002, 0, '.013494', '.052484', '1.3 / 5.3'],
    [0.04, -60, 0.00067, 0.002, 0.001, '.049902', '.091228', '4.9 / 9.2'],
  ] as const;

  it.each(TABLE)('p %d, q %d, fee %d, adverse %d, edge %d', (p, contracts, fee, adverse, edge, rawBid, rawAsk) => {
    const quote = caraQuote({
      probability: p,
      contracts,
      gammaPerDollar: 0.01,
      kPerDollar: 60,
      costDollars: fee + adverse + edge,
    });
    if (quote.kind === 'refused') throw new Error(quote.reason);
    expectVector(quote.rawBid, rawBid);
    expectVector(quote.rawAsk, rawAsk);
  });

  it.each(TABLE)('through the port and onto the tapered grid: p %d, q %d', (...row) => {
    const [probability, contracts, makerFeeDollars, adverseDollars, edgeDollars, , , shown] = row;
    const cara = { gammaPerDollar: 0.01, kPerDollar: 60, adverseDollars, edgeDollars };
    const quote = quoterOf('cara')(quoterInput({ probability, contracts, makerFeeDollars, parameters: { cara } }));
    expect(quote.kind === 'quote' && onGrid(quote, TAPERED_DECI_CENT)).toBe(shown);
  });

  it('has a margin of 1/k for a trader without risk aversion', () => {
    const quote = caraQuote({ probability: 0.5, contracts: 0, gammaPerDollar: 1e-9, kPerDollar: 60, costDollars: 0 });
    expect(quote.kind === 'quote' && quote.margin).toBeCloseTo(1 / 60, 9);
  });

  it.each([
    [{ kPerDollar: 0 }, 'parameter_out_of_range'],
    [{ kPerDollar: NaN }, 'parameter_out_of_range'],
    [{ costDollars: NaN }, 'parameter_out_of_range'],
    [{ gammaPerDollar: -1 }, 'parameter_out_of_range'],
    [{ probability: 1 }, 'fair_out_of_range'],
  ])('refuses %o', (change, code) => {
    const of = { probability: 0.5, contracts: 0, gammaPerDollar: 0.01, kPerDollar: 60, costDollars: 0, ...change };
    expect(caraQuote(of)).toMatchObject({ kind: 'refused', code });
  });
});
