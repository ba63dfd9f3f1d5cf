import { describe, expect, it } from 'vitest';
import type { Market } from '../../src/lib/core/market.ts';
import { emptyStory, parametersOf, type Story, type StoryOptions } from '../support/engine.ts';
import { standing } from '../support/standings.ts';

const [LOW, MIDDLE, HIGH] = ['KXTEST-26NOV20-B1', 'KXTEST-26NOV20-B2', 'KXTEST-26NOV20-B3'] as const;

/** Three bins at 20, 50 and 30 ¢, quoted and resting. */
function ladderStory(over: Partial<Market> = {}, options: StoryOptions = {}): Story {
  const teller = emptyStory(options);
  for (const ticker of [LOW, MIDDLE, HIGH]) teller.market({ ticker, isMutuallyExclusive: true, ...over });
  teller.book([[1_700, 10_000]], [[2_300, 10_000]], LOW);
  teller.book([[4_700, 10_000]], [[5_300, 10_000]], MIDDLE);
  teller.book([[2_700, 10_000]], [[3_300, 10_000]], HIGH);
  teller.quote();
  teller.turn();
  return teller;
}

const reservations = (teller: Story) =>
  [LOW, MIDDLE, HIGH].map((ticker) => teller.engine.market(ticker)?.decision?.quote?.reservation ?? NaN);

describe('a ladder of which only one outcome pays', () => {
  it('leans as a whole: what is bought of one leg lowers that leg and raises every other', () => {
    const teller = ladderStory();
    const before = reservations(teller);
    teller.fill('bid', 1_000, { ticker: MIDDLE });
    teller.turn();
    const after = reservations(teller);
    expect(before).toEqual([0.2, 0.5, 0.3]);
    expect(after[1]).toBeLessThan(0.5);
    expect(after[0]).toBeGreaterThan(0.2);
    expect(after[2]).toBeGreaterThan(0.3);
    expect(after.reduce((sum, r) => sum + r, 0)).toBeCloseTo(1, 12);
  });

  it('says how many legs moved its prices, and by how much', () => {
    const teller = ladderStory();
    teller.fill('bid', 1_000, { ticker: MIDDLE });
    teller.turn();
    const numbers = teller.engine.market(LOW)?.decision?.quote?.numbers;
    expect(numbers?.ladderLegs).toBe(1);
    expect(numbers?.ladderShiftDollars).toBeCloseTo(reservations(teller)[0]! - 0.2, 12);
  });

  it('prices each market by itself where the event does not say that one alone pays', () => {
    const teller = ladderStory({ isMutuallyExclusive: false });
    teller.fill('bid', 1_000, { ticker: MIDDLE });
    teller.turn();
    const [low, middle, high] = reservations(teller);
    expect([low, high]).toEqual([0.2, 0.3]);
    expect(middle).toBeLessThan(0.5);
  });

  it('values a leg whose book has gone by the prices at which it could last be left', () => {
    const teller = ladderStory();
    teller.fill('bid', 1_000, { ticker: MIDDLE });
    teller.turn();
    const [known] = reservations(teller);
    teller.book([], [], MIDDLE);
    teller.turn();
    teller.book([[1_700, 10_000]], [[2_300, 10_000]], LOW).turn();
    expect(teller.gate(MIDDLE)).toBe('one_sided_book');
    expect(reservations(teller)[0]).toBeCloseTo(known!, 12);
  });
});

describe('a ladder with more bins than are quoted', () => {
  const of = { quoting: { binsMax: 2 } };
  const gates = (teller: Story) => [LOW, MIDDLE, HIGH].map((ticker) => teller.gate(ticker));

  it('is ranked before anything is sent, and only the best bins by what they earn after fees are quoted', () => {
    const teller = ladderStory({}, of);
    expect(teller.asked).toEqual([]);
    expect(gates(teller)).toEqual(['BINS', 'BINS', 'BINS']);
    teller.wait(1_000).quote();
    expect(gates(teller)).toEqual(['BINS', undefined, undefined]);
    expect(new Set(teller.asked.map(({ ticker }) => ticker))).toEqual(new Set([MIDDLE, HIGH]));
    expect(teller.reason('bid', LOW)).toBe('not among the best 2 of 3 bins by what they earn after fees');
  });

  it('leaves a bin that holds something the side that takes it down', () => {
    const teller = ladderStory();
    // As much of each: the ladder leans nowhere, and the lowest bin earns least.
    for (const ticker of [LOW, MIDDLE, HIGH]) teller.fill('bid', 1_000, { ticker });
    teller.tell({ type: 'parameters_changed', by: 'test', parameters: parametersOf(of) });
    for (const _ of [1, 2]) teller.wait(1_000).quote();
    expect(teller.gate(LOW)).toBe('BINS');
    expect(teller.resting(LOW)).toEqual([expect.stringMatching(/^ask .* × 1000 working$/)]);
  });

  it('keeps a bin that is quoted until another is better by a tenth', () => {
    const teller = ladderStory({}, of);
    teller.wait(1_000).quote();
    // A little better than the last that is in.
    teller
      .book([[2_800, 10_000]], [[3_400, 10_000]], LOW)
      .wait(1_000)
      .quote();
    teller.wait(1_000).quote();
    expect(gates(teller)).toEqual(['BINS', undefined, undefined]);
  });

  it('gives the place of a bin at whose price its model is not believed to the next', () => {
    const teller = ladderStory({}, of);
    teller.wait(1_000).quote();
    const bins = [{ from: 0.5, to: 0.6, sizePermille: 0, isOff: true, why: 'as composed' }];
    teller.tell({ type: 'standing', standings: [standing({ bins })] });
    for (const _ of [1, 2, 3]) teller.wait(1_000).quote();
    expect(gates(teller)).toEqual([undefined, 'BINS', undefined]);
  });

  it('is quoted in all of its bins where the event does not say that one alone pays', () => {
    const teller = ladderStory({ isMutuallyExclusive: false }, of);
    expect(gates(teller)).toEqual([undefined, undefined, undefined]);
  });
});
