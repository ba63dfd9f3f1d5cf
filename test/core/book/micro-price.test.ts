import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microShifts, type TopStates } from '../../../src/lib/core/book/micro-price.ts';
import { expectVector } from '../../support/vector.ts';

function shiftsOf(states: TopStates) {
  const found = microShifts(states);
  if (found.kind === 'refused') throw new Error(found.reason);
  return found;
}

describe('the micro-price of two states of the book', () => {
  it('is .147059 ¢ beside the mid in the end, .166667 ¢ up to the first move (math.md 10)', () => {
    const { first, limit } = shiftsOf({
      unchanged: [
        [0.6, 0.2],
        [0.2, 0.6],
      ],
      moved: [
        [0.06, 0.14],
        [0.14, 0.06],
      ],
      move: [0.1, -0.1],
    });
    for (const [state, sign] of [1, -1].entries()) {
      expectVector(sign * (first[state] as number), '.166667');
      expectVector(sign * (limit[state] as number), '.147059');
    }
  });

  const chance = fc.double({ min: 0.01, max: 1, noNaN: true });
  /** Heavy bid and heavy ask, each the mirror of the other. */
  const mirrored = fc
    .record({ same: chance, other: chance, movedSame: chance, movedOther: chance, move: chance })
    .map(({ same, other, movedSame, movedOther, move }): TopStates => {
      const total = same + other + movedSame + movedOther;
      const pair = (a: number, b: number) => [
        [a / total, b / total],
        [b / total, a / total],
      ];
      return { unchanged: pair(same, other), moved: pair(movedSame, movedOther), move: [move, -move] };
    });

  it('mirrors, does not depend on the unit of price, and expects of each state what its next states expect', () => {
    fc.assert(
      fc.property(mirrored, (states) => {
        const { limit } = shiftsOf(states);
        const [up, down] = limit as [number, number];
        expect(up + down).toBeCloseTo(0, 9);
        const dollars = shiftsOf({ ...states, move: states.move.map((one) => one / 100) });
        expect((dollars.limit[0] as number) * 100).toBeCloseTo(up, 9);
        for (const [i, expected] of limit.entries()) {
          const next = limit.reduce(
            (sum, shift, j) => sum + ((states.unchanged[i]?.[j] ?? 0) + (states.moved[i]?.[j] ?? 0)) * shift,
            states.move[i] as number,
          );
          expect(next).toBeCloseTo(expected, 9);
        }
      }),
    );
  });

  it.each<[string, string, TopStates]>([
    ['a mid that only rises', 'states_drift', { unchanged: [[0.5]], moved: [[0.5]], move: [0.1] }],
    ['a state that nothing ever leaves', 'states_invalid', { unchanged: [[1]], moved: [[0]], move: [0] }],
    ['chances that add up to more', 'states_invalid', { unchanged: [[0.9]], moved: [[0.2]], move: [0] }],
    ['a chance below 0', 'states_invalid', { unchanged: [[-0.1]], moved: [[0.2]], move: [0] }],
    ['no number', 'states_invalid', { unchanged: [[Number.NaN]], moved: [[0.2]], move: [0] }],
    ['matrices of two sizes', 'states_invalid', { unchanged: [[0.5]], moved: [[0.2]], move: [0, 0] }],
    ['no state at all', 'states_invalid', { unchanged: [], moved: [], move: [] }],
  ])('is refused for %s', (_, code, states) => {
    expect(microShifts(states)).toMatchObject({ kind: 'refused', code });
  });
});
