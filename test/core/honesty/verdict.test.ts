/** A standing in one word, since when, and on how much. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judged, type ModelRows } from '../../../src/lib/core/honesty/judged.ts';
import type { EstimateRow } from '../../../src/lib/core/honesty/standing.ts';
import { toldModel, verdictOf } from '../../../src/lib/core/honesty/verdict.ts';
import { clampedTo, estimate, filled, standing } from '../../support/standings.ts';

const RULES = { calibrationErrorMax: 0.05, from: 0 };
/** When the n-th event of these rows is over: its estimate is of ten minutes before. */
const endOf = (n: number) => n * 86_400_000 + 600_000;
const said = (count: number, isTrue: (n: number) => boolean): EstimateRow[] =>
  Array.from({ length: count }, (_, n) => estimate(n, 0.5, isTrue(n)));
const isEven = (n: number) => n % 2 === 0;
const told = (rows: Partial<ModelRows>) => toldModel({ estimates: [], filled: [], ...rows }, RULES);

describe('the word for a standing', () => {
  it.each([
    ['untold', standing({ events: 29 })],
    ['believed', standing({ bins: [{ from: 0.5, to: 0.6, sizePermille: 1_000, isOff: false, why: null }] })],
    ['clamped', clampedTo(999)],
    ['clamped', standing({ bins: [{ from: 0.5, to: 0.6, sizePermille: 0, isOff: true, why: 'as composed' }] })],
    ['benched', clampedTo(1_000, { benched: 'it has begun to drift' })],
  ])('is %s', (verdict, of) => {
    expect(verdictOf(of)).toBe(verdict);
  });
});

describe('since when', () => {
  it('is nothing while there are too few events', () => {
    expect(told({ estimates: said(29, isEven) })).toMatchObject({ verdict: 'untold', since: null, decisions: 29 });
  });

  it('a right model is believed since its thirtieth event', () => {
    expect(told({ estimates: said(200, isEven) })).toMatchObject({
      ...{ verdict: 'believed', since: endOf(29), decisions: 200, fills: 0 },
    });
  });

  it('a model that is right no longer is benched since the event at which that was shown', () => {
    const rows = said(120, (n) => n >= 60 || isEven(n));
    const brute = rows.findIndex(
      (_, n) => judged({ estimates: rows.slice(0, n + 1), filled: [] }, RULES)?.standing.benched != null,
    );
    expect(brute).toBeGreaterThan(60);
    expect(told({ estimates: rows })).toMatchObject({ verdict: 'benched', since: endOf(brute) });
  });

  it('what is filled counts, too: clamped with the payment of its thirtieth event', () => {
    const bets = Array.from({ length: 40 }, (_, n) => filled(n, 1, n % 3 === 0 ? -1 : 2));
    const [thirtieth] = bets.slice(29);
    expect(told({ filled: bets })).toMatchObject({ verdict: 'clamped', since: thirtieth?.settledAt, fills: 40 });
  });

  it('the word was another before the event that is named, and is this one after it', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 30, maxLength: 90 }), (outcomes) => {
        const rows = said(outcomes.length, (n) => outcomes[n] === true);
        const now = told({ estimates: rows });
        const wordAfter = (count: number) => {
          const some = judged({ estimates: rows.slice(0, count), filled: [] }, RULES);
          return some === undefined ? undefined : verdictOf(some.standing);
        };
        const at = rows.findIndex((_, n) => endOf(n) === now?.since);
        expect(wordAfter(at + 1)).toBe(now?.verdict);
        expect(wordAfter(at)).not.toBe(now?.verdict);
      }),
      { numRuns: 60 },
    );
  });
});
