import { describe, expect, it } from 'vitest';
import type { Market } from '../../src/lib/core/market.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { MARKET, quotingStory, story } from '../support/engine.ts';
import { TICKER } from '../support/orders.ts';

const ABOVE: Partial<Market> = { strike: { type: 'greater', floor: 84_000 }, rules: 'aa' };

describe('a market whose rules are read again', () => {
  it.each([
    [
      'another strike',
      { strike: { type: 'greater', floor: 84_001 } },
      'its strike was greater 84000 and is greater 84001',
    ],
    [
      'another comparison',
      { strike: { type: 'less', floor: 84_000 } },
      'its strike was greater 84000 and is less 84000',
    ],
    ['no strike any more', { strike: undefined }, 'its strike was greater 84000 and is none'],
    ['another text', { rules: 'bb' }, 'the text of its rules was aa and is bb (digests)'],
  ])('and has %s is halted until a person has read them', (_, over, reason) => {
    const teller = story().market(ABOVE).book();
    teller.quote();
    teller.market({ ...ABOVE, ...over } as Partial<Market>);
    expect(teller.engine.halts.all()).toMatchObject([{ name: 'RULES', scope: TICKER, reason }]);
    expect(teller.quote().map(({ kind }) => kind)).toEqual(['cancel', 'cancel']);
  });

  it('and has just been given its strike is not', () => {
    const teller = story().market({ strike: { type: 'greater_or_equal' }, rules: 'aa' });
    teller.market({ strike: { type: 'greater_or_equal', floor: 84_000 }, rules: 'bb' });
    expect(teller.engine.halts.all()).toEqual([]);
  });

  it('and has another close, fee or title goes on with them (F25)', () => {
    const teller = quotingStory();
    const fees = { type: 'quadratic', multiplier: { numerator: 2, denominator: 1 } };
    teller.market({ closeAt: epochMs(MARKET.closeAt - 60_000), fees, title: 'Will it?' });
    expect(teller.engine.halts.all()).toEqual([]);
    expect(teller.engine.market(TICKER)?.market.fees).toEqual(fees);
  });
});
