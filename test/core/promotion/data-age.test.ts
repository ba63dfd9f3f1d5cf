import { describe, expect, test } from 'vitest';
import type { FairValue } from '../../../src/lib/core/fair-value/types.ts';
import { addedTallies, agesOf, lookOf, type Quoted } from '../../../src/lib/core/promotion/data-age.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';

const NOW = epochMs(Date.UTC(2026, 10, 20, 15));
const DAY_MS = 86_400_000;
const before = (ms: number): EpochMs => epochMs(NOW - ms);

function quoted(inputs: Record<string, number>, more: Partial<Quoted> = {}): Quoted {
  const fair = { inputs } as unknown as FairValue;
  return {
    market: { closeAt: epochMs(NOW + 3_600_000) },
    decision: { at: before(400), fair, posture: 'quote' },
    ...{ messageAgeMs: 100, source: { kind: 'micro' }, parameters: {}, ...more },
  };
}

describe('the data behind a quote', () => {
  test('is the book of its decision, and what its fair value says that it rests on', () => {
    expect(agesOf(quoted({}), NOW)).toEqual([{ kind: 'book', ageMs: 500, isOld: false }]);
    expect(agesOf(quoted({ referenceAgeMs: 3_001 }), NOW)[1]).toEqual({ kind: 'reference', ageMs: 3_001, isOld: true });
    const source = { kind: 'forecast', model: 'desk', ageMsMax: 60_000 } as const;
    const forecast = (ageMs: number) => agesOf(quoted({ forecastAgeMs: ageMs }, { source }), NOW)[1];
    expect([forecast(60_000)?.isOld, forecast(60_001)?.isOld]).toEqual([false, true]);
  });

  test('is old when the quote stands and nobody has decided so of late', () => {
    const book = (decision: Quoted['decision']) => agesOf(quoted({}, { decision }), NOW)[0];
    const fair = { inputs: {} } as unknown as FairValue;
    expect(book({ at: before(4_900), fair, posture: 'quote' })?.isOld).toBe(false);
    expect(book({ at: before(4_901), fair, posture: 'quote' })?.isOld).toBe(true);
    expect(book({ at: before(400), posture: 'pull' })).toMatchObject({ ageMs: Infinity, isOld: true });
    expect(book({ at: before(400), posture: 'hold' })).toMatchObject({ ageMs: 500, isOld: false });
    expect(book(undefined)?.isOld).toBe(true);
  });

  test('must be younger in the last minute of a level that one moment fixes', () => {
    const source = { kind: 'index-ladder', referenceAgeMsMax: 3_000 } as const;
    const at = (msLeft: number) =>
      agesOf(quoted({ referenceAgeMs: 701 }, { source, market: { closeAt: epochMs(NOW - 400 + msLeft) } }), NOW)[1];
    expect([at(60_001)?.isOld, at(60_000)?.isOld]).toEqual([false, true]);
  });

  test('has parameters as old as the oldest of their fits, and none where nothing was fitted', () => {
    const kinds = (one: Quoted) => agesOf(one, NOW).map(({ kind }) => kind);
    expect(kinds(quoted({}))).not.toContain('parameters');
    const fitted = (days: number) => ({ parameters: { fittedAt: before(days * DAY_MS) } });
    expect(agesOf(quoted({ parametersAgeMs: DAY_MS }, fitted(7)), NOW)).toContainEqual({
      ...{ kind: 'parameters', ageMs: 7 * DAY_MS, isOld: false },
    });
    expect(agesOf(quoted({ parametersAgeMs: 7 * DAY_MS + 1 }, fitted(1)), NOW).at(-1)?.isOld).toBe(true);
  });
});

describe('a look at everything that is quoted', () => {
  test('is one observation of each kind, and old when any market is', () => {
    const young = agesOf(quoted({ referenceAgeMs: 200 }), NOW);
    const old = agesOf(quoted({ referenceAgeMs: 5_000 }), NOW);
    const look = lookOf([young, old]);
    expect(look).toContainEqual({ kind: 'any', looks: 1, old: 1, ageMsMax: 5_000 });
    expect(look).toContainEqual({ kind: 'book', looks: 1, old: 0, ageMsMax: 500 });
    expect(addedTallies([...look, ...lookOf([young])])).toContainEqual({
      ...{ kind: 'reference', looks: 2, old: 1, ageMsMax: 5_000 },
    });
    expect(lookOf([])).toEqual([]);
  });

  test('old parameters are another gate’s affair', () => {
    const [any] = lookOf([agesOf(quoted({ parametersAgeMs: 8 * DAY_MS }), NOW)]);
    expect(any).toEqual({ kind: 'any', looks: 1, old: 0, ageMsMax: 500 });
  });
});
