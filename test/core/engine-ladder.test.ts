import { describe, expect, it } from 'vitest';
import type { Market } from '../../src/lib/core/market.ts';
import { emptyStory, type Story, type StoryOptions } from '../support/engine.ts';

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
