import { describe, expect, it } from 'vitest';
import { calibrationErrorOf, errorByChance } from '../../../src/lib/core/honesty/calibration-error.ts';
import { decidedHonesty } from '../../../src/lib/core/honesty/decided.ts';
import { evBins } from '../../../src/lib/core/honesty/ev-bins.ts';
import type { FilledBet } from '../../../src/lib/core/honesty/filled.ts';
import { counted, judgedModels } from '../../../src/lib/core/honesty/judged.ts';
import { scoresOf } from '../../../src/lib/core/honesty/scores.ts';
import type { EstimateRow } from '../../../src/lib/core/honesty/standing.ts';
import { seededStream } from '../../../src/lib/sim/random.ts';

const DAY_MS = 86_400_000;

function row(n: number, p: number, yes: boolean, more: Partial<EstimateRow> = {}): EstimateRow {
  return {
    ...{ model: 'micro', series: 'KX', ticker: `KX-${n}`, event: `KX-${n}`, horizonS: 60, at: n * 1_000, p },
    ...{ lower: p, upper: p, mid: p, yes: yes ? 1 : 0, ...more },
  };
}

const bet = (n: number, fair: number, isTrue: boolean): FilledBet => ({
  ...{ ticker: `KX-${n}`, event: `KX-${n}`, series: 'KX', settledAt: n, secondsToClose: 60, sign: 1, contracts: 1 },
  ...{ price: fair - 0.05, fair, mid: fair, isTrue, fee: 0 },
});

/** The vector of math.md section 18: 10 × .1 (1 hit), 10 × .7 (6), 5 × .9 (5). */
const VECTOR = [
  [0.1, 10, 1],
  [0.7, 10, 6],
  [0.9, 5, 5],
].flatMap(([p = 0, count = 0, hits = 0]) => Array.from({ length: count }, (_, n) => ({ p, yes: n < hits })));

describe('all decisions', () => {
  it('have the scores of math.md section 18, each market one observation', () => {
    const { scores, markets, calibrationError } = decidedHonesty(VECTOR.map(({ p, yes }, n) => row(n, p, yes)));
    const { brier, reliability, resolution, uncertainty, skill, logLoss } = scores.parts ?? {};
    expect([markets, brier, reliability, resolution, uncertainty]).toEqual(
      [25, 0.138, 0.006, 0.1176, 0.2496].map((value) => expect.closeTo(value, 12)),
    );
    expect([skill, logLoss]).toEqual([expect.closeTo(0.447115, 6), expect.closeTo(0.429343, 6)]);
    // 10·0 + 10·.1 + 5·.1 over 25.
    expect(calibrationError).toBeCloseTo(0.06, 12);
  });

  it('are held against the mid where there was one', () => {
    const rows = Array.from({ length: 40 }, (_, n) =>
      row(n, n % 2 === 0 ? 0.9 : 0.1, n % 2 === 0, { mid: n < 30 ? 0.5 : null }),
    );
    const fair = decidedHonesty(rows).rivals.find(({ name }) => name === 'fair');
    expect(fair).toMatchObject({ questions: 30, groups: 30, isVerdict: true });
    expect(fair?.brierBeyond?.mean).toBeCloseTo(0.01 - 0.25, 12);
  });

  it('of nothing are nothing', () => {
    expect(decidedHonesty([])).toMatchObject({ markets: 0, events: 0, rivals: [], calibrationError: null });
    expect([calibrationErrorOf([]), errorByChance([])]).toEqual([null, null]);
  });
});

describe('the error that chance makes', () => {
  it.each([30, 300, 1_000])('is exceeded by right forecasts of %i markets in about one case of twenty', (markets) => {
    const random = seededStream(`chance ${markets}`);
    const cases = 400;
    let above = 0;
    for (let one = 0; one < cases; one += 1) {
      const said = Array.from({ length: markets }, () => random.next());
      const { bins } = scoresOf(said.map((probability) => ({ probability, isTrue: random.next() < probability })));
      if ((calibrationErrorOf(bins) ?? 0) > (errorByChance(bins) ?? 0)) above += 1;
    }
    expect(above / cases).toBeGreaterThan(0.015);
    expect(above / cases).toBeLessThan(0.1);
  });
});

describe('EV by fair value', () => {
  it('is apart for each tenth: one that keeps its promise, one that does not', () => {
    const bets = Array.from({ length: 80 }, (_, n) =>
      n < 40 ? bet(n, 0.25, n % 4 === 0) : bet(n, 0.75, n % 20 === 0),
    );
    const [low, high] = evBins(bets);
    expect(low).toMatchObject({ from: 0.2, to: 0.3, fills: 40, events: 40 });
    expect(low?.ev?.ratio).toBeCloseTo(1, 9);
    expect(high).toMatchObject({ from: 0.7, ev: { isOff: true, sizeFactor: 0, isVerdict: true } });
    expect(evBins([bet(1, 1, true)])).toMatchObject([{ from: 0.9, to: 1, ev: null }]);
  });
});

describe('what counts of a model', () => {
  const rules = { calibrationErrorMax: 0.05, from: 0 };
  const events = Array.from({ length: 2_100 }, (_, n) => row(n, 0.5, n % 2 === 0));

  it('is its newest 2,000 events, in any order of the rows', () => {
    const kept = counted({ estimates: [...events].reverse(), filled: [] }, rules).estimates;
    expect(kept).toHaveLength(2_000);
    expect(Math.min(...kept.map(({ at }) => at))).toBe(100_000);
  });

  it('is its newest 20,000 fills, and no half of an event', () => {
    const filled = Array.from({ length: 20_500 }, (_, n) => ({
      ...bet(n, 0.5, true),
      ...{ model: 'micro', event: `KX-${Math.floor(n / 1_000)}` },
    }));
    const kept = counted({ estimates: [], filled }, rules).filled;
    expect([kept.length, kept[0]?.event]).toEqual([19_500, 'KX-1']);
  });

  it('keeps the events that a verdict needs, however many rows they have', () => {
    const ladder = Array.from({ length: 70 * 400 }, (_, n) =>
      row(n, 0.5, n % 2 === 0, { event: `KX-${Math.floor(n / 400)}`, at: Math.floor(n / 400) * DAY_MS }),
    );
    const kept = new Set(counted({ estimates: ladder, filled: [] }, rules).estimates.map(({ event }) => event));
    expect(kept.size).toBe(60);
  });

  it('is nothing from before its time, and every model in every series apart', () => {
    const since = { ...rules, since: { micro: 2_090_000 } };
    expect(judgedModels({ estimates: events, filled: [] }, since)).toMatchObject([{ standing: { events: 10 } }]);
    const two = [...events, row(1, 0.5, true, { model: 'average' }), row(2, 0.5, true, { series: 'KY' })];
    const names = judgedModels({ estimates: two, filled: [] }, rules).map(({ standing }) => [
      standing.model,
      standing.series,
    ]);
    expect(names).toEqual([
      ['average', 'KX'],
      ['micro', 'KX'],
      ['micro', 'KY'],
    ]);
    expect(judgedModels({ estimates: [], filled: [] }, rules)).toEqual([]);
  });
});
