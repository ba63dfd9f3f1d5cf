import { describe, expect, it } from 'vitest';
import { compareForecasts } from '../../src/lib/core/honesty/rivals.ts';
import { simulatedQuestions } from '../../src/lib/sim/score-windows.ts';

describe('on the simulated reference price', () => {
  const asked = simulatedQuestions({
    ...{ seed: 'score', windows: 2_000, horizons: [300, 120, 60, 30, 10], annualVolatility: 0.5 },
  });
  const beyond = (seconds: number) =>
    compareForecasts(asked.get(seconds) ?? [], ['naive', 'average'], 'naive')[1]?.logLossBeyond;

  it.each([120, 60, 30, 10])(
    'the settlement average is significantly better than the naive formula %i s before the close',
    (seconds) => {
      expect(asked.get(seconds)).toHaveLength(2_000);
      expect(beyond(seconds)?.high ?? NaN).toBeLessThan(0);
    },
  );

  it('the two are alike long before it', () => {
    expect(Math.abs(beyond(300)?.mean ?? NaN)).toBeLessThan(0.005);
  });

  it('what it says comes true as often', () => {
    for (const questions of asked.values()) {
      const said = questions.reduce((sum, one) => sum + (one.said.average ?? NaN), 0) / questions.length;
      const came = questions.filter(({ isTrue }) => isTrue).length / questions.length;
      expect(Math.abs(said - came)).toBeLessThan(3 * Math.sqrt(0.25 / questions.length));
    }
  });
});
