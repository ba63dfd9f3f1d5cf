import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BlendQuestion, blendWeight, pooled } from '../../../src/lib/core/honesty/blend-weight.ts';
import { cusumStep, driftStep, isDrifting, NO_DRIFT } from '../../../src/lib/core/honesty/drift.ts';
import { evHonesty } from '../../../src/lib/core/honesty/ev-honesty.ts';
import { pitOf } from '../../../src/lib/core/honesty/pit.ts';
import { compareForecasts, type Question } from '../../../src/lib/core/honesty/rivals.ts';
import { seededStream } from '../../../src/lib/sim/random.ts';
import { expectVector } from '../../support/vector.ts';

describe('the vectors of math.md section 18', () => {
  test('EV honesty is clustered by event, and its lower end is what is left of the size', () => {
    const realized = [6, -3, 4, 0.5, 2, 1];
    const honesty = evHonesty([4, 2.5, 3, 1, 5, 2].map((predicted, n) => ({ predicted, realized: realized[n] ?? 0 })));
    expectVector(honesty?.ratio ?? NaN, '.6');
    expectVector(honesty?.error ?? NaN, '.391418');
    expect(honesty).toMatchObject({ sizeFactor: 0, isOff: false, isVerdict: false, count: 6 });
  });

  test('drift towards less than was said alarms at the seventh decision with h = 1', () => {
    const came = [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0];
    let sum = 0;
    const sums = came.map((y) => {
      sum = cusumStep(sum, 0.6, y === 1, -0.5);
      return sum;
    });
    const expected = ['0', '.269294', '.538589', '.307883', '.577177', '.846472', '1.115766', '.885060', '1.154354'];
    for (const [n, vector] of [...expected, '1.423649', '1.192943', '1.462237'].entries())
      expectVector(sums[n] ?? NaN, vector);
    expect(sums.findIndex((one) => one > 1)).toBe(6);
  });
});

describe('EV honesty', () => {
  const events = (count: number, share: number) =>
    Array.from({ length: count }, (_, n) => ({ predicted: 2, realized: 2 * share + (n % 2 === 0 ? 0.2 : -0.2) }));

  test('leaves the size alone when what was promised came, halves it at half, and turns a bin off below', () => {
    expect(evHonesty(events(60, 1.2))?.sizeFactor).toBe(1);
    expect(evHonesty(events(60, 0.6))?.sizeFactor).toBeCloseTo(0.58, 2);
    expect(evHonesty(events(60, 0.6))?.isOff).toBe(false);
    expect(evHonesty(events(60, 0.4))).toMatchObject({ isOff: true, isVerdict: true });
    expect(evHonesty(events(60, -1))).toMatchObject({ isOff: true, sizeFactor: 0 });
  });

  test('says nothing of one event, nor of nothing predicted', () => {
    expect(evHonesty(events(1, 1))).toBeUndefined();
    expect(evHonesty([0, 0].map((predicted) => ({ predicted, realized: 1 })))).toBeUndefined();
  });
});

describe('drift', () => {
  test('alarms above seven, so that false alarms are e⁷ = 1,096 markets apart, in either direction', () => {
    expect(Math.floor(Math.exp(7))).toBe(1_096);
    for (const [up, down] of [
      [7, 0],
      [0, 7],
    ] as const) {
      expect(isDrifting({ up, down })).toBe(false);
      expect(isDrifting({ up: up * 1.001, down: down * 1.001 })).toBe(true);
    }
  });

  const chance = fc.double({ min: 0, max: 1, noNaN: true });

  test('never falls below zero and stays finite, also where a model was certain and wrong', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(chance, fc.boolean()), { maxLength: 80 }), (decisions) => {
        let drift = NO_DRIFT;
        for (const [p, isTrue] of decisions) drift = driftStep(drift, p, isTrue);
        expect(Math.min(drift.up, drift.down)).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(drift.up + drift.down)).toBe(true);
      }),
    );
  });

  test('is not raised by chances that are right, and soon by a logit that is off by one', () => {
    const stream = seededStream('drift');
    const alarmAfter = (isOff: boolean) => {
      let drift = NO_DRIFT;
      for (let n = 1; n <= 600; n += 1) {
        const p = 0.2 + 0.6 * stream.next();
        const truth = isOff ? 1 / (1 + Math.exp(-Math.log(p / (1 - p)) + 1)) : p;
        drift = driftStep(drift, p, stream.next() < truth);
        if (isDrifting(drift)) return n;
      }
      return Infinity;
    };
    expect(alarmAfter(false)).toBe(Infinity);
    expect(alarmAfter(true)).toBeLessThan(200);
  });
});

describe('the histogram of where values came to lie', () => {
  test('has the 5 % point of χ² with nine degrees, 16.919, as its border', () => {
    // 100 values, so that χ² = Σ(seen − 10)²/10.
    const pit = (bins: readonly number[]) => pitOf(bins.flatMap((n, bin) => Array.from({ length: n }, () => bin / 10)));
    const just = pit([19, 1, 10, 11, 9, 10, 10, 10, 10, 10]);
    expect(just.chiSquare).toBeCloseTo(16.4, 10);
    expect(just.isUniform).toBe(true);
    const over = pit([19, 1, 11, 9, 12, 8, 10, 10, 10, 10]);
    expect(over.chiSquare).toBeCloseTo(17.2, 10);
    expect(over.isUniform).toBe(false);
    expect(over.pValue).toBeCloseTo(0.0457, 3);
    expect(just.pValue).toBeCloseTo(0.0589, 3);
  });

  test('refuses what is no share, and gives no verdict on fewer than fifty', () => {
    expect(() => pitOf([NaN])).toThrow('NaN is no share');
    expect(pitOf([0, 1]).isUniform).toBeNull();
    expect(pitOf([]).pValue).toBe(1);
  });
});

describe('rivals', () => {
  const question = (group: string, isTrue: boolean, market: number, model: number): Question => ({
    ...{ group, isTrue, said: { market, model } },
  });

  test('a group that is asked about a hundred times is one observation', () => {
    const once = [question('A', true, 0.6, 0.7), question('B', false, 0.6, 0.7), question('C', true, 0.5, 0.9)];
    const often = once.flatMap((one) => Array.from({ length: 100 }, () => one));
    const [few, many] = [once, often].map((questions) => compareForecasts(questions, ['market', 'model'], 'market'));
    expect(many?.[1]?.brierBeyond?.error).toBeCloseTo(few?.[1]?.brierBeyond?.error ?? NaN, 12);
    expect(many?.[1]).toMatchObject({ questions: 300, groups: 3, isVerdict: false });
    expect(few?.[0]?.brierBeyond).toBeNull();
  });

  test('a certain forecast that was wrong costs much, and no infinity', () => {
    const [, model] = compareForecasts([question('A', false, 0.5, 1)], ['market', 'model'], 'market');
    expect(model?.brier).toEqual({ mean: 1, error: null, low: null, high: null });
    expect(model?.logLoss.mean).toBeCloseTo(-Math.log(0.0001), 9);
  });

  test('refuses a question that one of them did not answer', () => {
    expect(() => compareForecasts([{ group: 'A', isTrue: true, said: {} }], ['market'], 'market')).toThrow('answers');
    expect(compareForecasts([], ['market'], 'market')).toEqual([]);
  });
});

describe('the weight of a model beside the market', () => {
  /** The model knows the chance, the market is half-way to ½; or the other way round. */
  function asked(count: number, isModelRight: boolean): BlendQuestion[] {
    const stream = seededStream(`weight ${isModelRight}`);
    return Array.from({ length: count }, (_, n) => {
      const truth = 0.1 + 0.8 * stream.next();
      const vague = 0.25 + truth / 2;
      const isTrue = stream.next() < truth;
      return { group: `${n}`, isTrue, market: isModelRight ? vague : truth, model: isModelRight ? truth : vague };
    });
  }

  test('is nothing of no evidence, little of thin evidence, and most of it when there is much', () => {
    expect(blendWeight([]).weight).toBe(0);
    const [thin, thick] = [blendWeight(asked(10, true)), blendWeight(asked(2_000, true))];
    expect(thin.weight).toBeLessThan(0.25);
    expect(thick.weight).toBeGreaterThan(0.7);
    expect(thick.error).toBeLessThan(thin.error);
  });

  test('is nothing for a model that knows less than the market', () => {
    expect(blendWeight(asked(2_000, false)).weight).toBeLessThan(0.05);
  });

  test('lies in [0, 1], is never further from the market than the questions alone would have it, and takes certainties', () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    const one = fc.record({
      group: fc.constantFrom('A', 'B', 'C'),
      isTrue: fc.boolean(),
      market: chance,
      model: chance,
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (questions) => {
        const { weight, unshrunk, error } = blendWeight(questions);
        expect(weight >= 0 && weight <= unshrunk + 1e-12 && unshrunk <= 1).toBe(true);
        expect(error > 0 && error <= 0.25).toBe(true);
        for (const { market, model } of questions) expect(Number.isFinite(pooled(market, model, weight))).toBe(true);
      }),
    );
  });
});
