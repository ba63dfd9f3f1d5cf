import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wilson } from '../../../src/lib/core/pnl/wilson.ts';
import type { AgeTally } from '../../../src/lib/core/promotion/data-age.ts';
import { ratioOf, sampleSize, Z_POWER, Z_TWO_SIDED } from '../../../src/lib/core/promotion/estimates.ts';
import { STEPS } from '../../../src/lib/core/promotion/gates.ts';
import { type Evidence, type HonestEvidence, judgeStep } from '../../../src/lib/core/promotion/judge.ts';
import type { KillDrill } from '../../../src/lib/core/promotion/kill-drill.ts';
import { neededFor } from '../../../src/lib/core/promotion/shares.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

describe('the vectors of math.md section 18', () => {
  test.each([
    [1, 50, 9_604, 15_457],
    [1, 5, 97, 155],
    [0.5, 5, 385, 619],
    [0.5, 3, 139, 223],
    [2.5, 50, 1_537, 2_474],
  ])('an edge of %f ¢ with sd %f ¢ needs %i events, with 80 %% power %i', (edge, sd, twoSided, power) => {
    expect([sampleSize(edge, sd, Z_TWO_SIDED), sampleSize(edge, sd, Z_POWER)]).toEqual([twoSided, power]);
  });

  test('a ratio is clustered by event', () => {
    const [bases, results] = [
      [4, 2.5, 3, 1, 5, 2],
      [6, -3, 4, 0.5, 2, 1],
    ];
    const estimate = ratioOf(bases.map((base, index) => ({ base, result: results[index] ?? 0 })));
    expect(estimate?.ratio).toBeCloseTo(0.6, 12);
    expect(estimate?.error).toBeCloseTo(0.391418, 6);
    expect(ratioOf([{ base: 1, result: 1 }])).toBeUndefined();
    expect(ratioOf([])).toBeUndefined();
  });
});

/** `count` events of ten contracts that bring `cents` each, and as much more or less in turn. */
function evidence(count: number, cents: number, scatter: number, rest: Partial<Evidence> = {}): Evidence {
  const events = Array.from({ length: count }, (_, index) => ({
    base: 10,
    result: 10 * (cents + (index % 2 === 0 ? scatter : -scatter)),
  }));
  return { proof: 'equal', days: 7, events, honest: HONEST, ...rest };
}

/** Thirty days on which forty events brought what they promised. */
const HONEST: HonestEvidence = {
  ...{ days: 30, off: [] },
  ev: { count: 40, ratio: 1, error: 0.1, sizeFactor: 0.8355, isOff: false, isVerdict: true },
};

const looks = (kind: AgeTally['kind'], count: number, old = 0, ageMsMax = 900): AgeTally => ({
  ...{ kind, looks: count, old, ageMsMax },
});

const DRILL: KillDrill = { at: epochMs(0), orders: 2, firstCancelMs: 300, confirmedMs: 4_200 };

/** Two days of looks at fresh data, a kill that took two orders away, and 80 events of which one lost more than its VaR. */
const PILOT = {
  ages: [looks('any', 11_520), looks('book', 11_520), looks('parameters', 11_520, 0, 6 * 86_400_000)],
  drills: [DRILL],
  tail: { events: 80, exceeded: 1, withoutPmf: 0 },
} satisfies Partial<Evidence>;

const verdicts = (one: Evidence) =>
  Object.fromEntries(judgeStep('sim_to_shadow', one).map((verdict) => [verdict.gate.id, verdict]));

describe('a gate', () => {
  test('is passed when there are enough events and the whole interval lies above zero', () => {
    const { ev, days, reconciled } = verdicts(evidence(100, 1, 2));
    expect(ev).toMatchObject({ outcome: 'passed', needed: 30, had: 100, figure: 1 });
    expect(ev?.interval?.low).toBeCloseTo(1 - 1.96 * 0.2 * Math.sqrt(100 / 99), 6);
    expect([days?.outcome, reconciled?.outcome]).toEqual(['passed', 'passed']);
  });

  test('is failed when there are enough and the interval reaches zero', () => {
    expect(verdicts(evidence(100, 0.1, 2)).ev).toMatchObject({ outcome: 'failed', had: 100 });
    expect(verdicts(evidence(100, -3, 2)).ev).toMatchObject({ outcome: 'failed' });
  });

  test('has too few below 30 events, and where they scatter more than so many can tell', () => {
    expect(verdicts(evidence(28, 5, 0.1)).ev).toMatchObject({ outcome: 'too_few', needed: 30, had: 28 });
    // sd ≈ 20.1 ¢: (1.96 · 20.1)² = 1,552.
    expect(verdicts(evidence(100, 10, 20)).ev).toMatchObject({ outcome: 'too_few', needed: 1_553, had: 100 });
    expect(verdicts(evidence(0, 0, 0)).ev).toMatchObject({ outcome: 'too_few', had: 0, figure: null });
    expect(verdicts(evidence(100, 1, 2, { days: 6 })).days).toMatchObject({ outcome: 'too_few', needed: 7, had: 6 });
  });

  test.each([
    ['differs', 'failed'],
    ['behind', 'not_measured'],
    ['never', 'too_few'],
  ] as const)('says nothing of money that is not reconciled (%s)', (proof, outcome) => {
    const { ev, reconciled } = verdicts(evidence(100, 1, 2, { proof }));
    expect([reconciled?.outcome, ev?.outcome, ev?.figure]).toEqual([outcome, 'not_measured', null]);
  });

  test('whose evidence was not read is never passed, and all are where everything is shown', () => {
    for (const step of STEPS) {
      expect(judgeStep(step, { missing: 'not read' }).every(({ outcome }) => outcome === 'not_measured')).toBe(true);
      for (const { gate, outcome, reason } of judgeStep(step, evidence(10_000, 5, 1, { days: 400, ...PILOT })))
        expect([gate.id, outcome, reason]).toEqual([gate.id, 'passed', '']);
    }
  });

  test('is passed only with n at least what is needed and an interval above zero', () => {
    const event = fc.record({ base: fc.integer({ min: 1, max: 500 }), result: fc.integer({ min: -500, max: 1_000 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 120 }), (events) => {
        const { ev } = verdicts({ proof: 'equal', days: 7, events, honest: HONEST });
        const isShown = (ev?.had ?? 0) >= Math.max(30, ev?.needed ?? 30) && (ev?.interval?.low ?? 0) > 0;
        expect(ev?.outcome === 'passed').toBe(isShown);
      }),
    );
  });
});

describe('thirty days of honest EV', () => {
  const judged = (honest: Partial<HonestEvidence>, proof: Evidence['proof'] = 'equal') =>
    judgeStep('one_lot_to_scale', evidence(100, 1, 2, { proof, honest: { ...HONEST, ...honest } })).find(
      ({ gate }) => gate.id === 'honest_ev',
    );
  const ev = (ratio: number, error: number, count = 40) => {
    const shown = { sizeFactor: Math.max(0, ratio - 1.645 * error), isOff: false, isVerdict: count >= 30 };
    return { count, ratio, error, ...shown };
  };

  test('are passed when what was promised was earned', () => {
    expect(judged({})).toMatchObject({ outcome: 'passed', needed: 30, had: 30, figure: 1 });
    expect(judged({ ev: ev(0.9, 0.1) })).toMatchObject({ outcome: 'passed' });
  });

  test('are too few with a day less, and below 30 events', () => {
    expect(judged({ days: 29 })).toMatchObject({ outcome: 'too_few', needed: 30, had: 29 });
    expect(judged({ ev: ev(1, 0.1, 29) })).toMatchObject({ outcome: 'too_few', needed: 30, had: 29 });
    // The vector of math.md section 18, were it of more events: neither shown to be earned nor not to be.
    expect(judged({ ev: ev(0.6, 0.391418) })).toMatchObject({
      outcome: 'too_few',
      reason: expect.stringContaining('do not show'),
    });
    expect(judged({ ev: null })).toMatchObject({ outcome: 'too_few', had: 0, figure: null });
  });

  test.each([
    ['less was earned than was promised', { ev: ev(0.7, 0.1) }],
    ['micro in KXE is benched', { off: ['micro in KXE is benched'] }],
  ])('are failed: %s', (reason, honest) => expect(judged(honest)).toMatchObject({ outcome: 'failed', reason }));

  test('are not measured on money that does not reconcile', () => {
    expect(judged({}, 'behind')).toMatchObject({ outcome: 'not_measured', figure: null });
  });
});

describe('the gates of how it trades', () => {
  const judged = (id: string, more: Partial<Evidence>) =>
    judgeStep('one_lot_to_scale', evidence(100, 1, 2, { ...PILOT, ...more })).find(({ gate }) => gate.id === id);

  test('stay closed without evidence, and say what would give them some', () => {
    for (const [id, wants] of [
      ['freshness', 'kmm run'],
      ['parameter_age', 'kmm model fit'],
      ['kill_switch', 'kmm kill'],
      ['var', 'positions held'],
    ] as const) {
      const none = { ages: [], drills: [], tail: { events: 0, exceeded: 0, withoutPmf: 0 } };
      expect(judged(id, none)).toMatchObject({ outcome: 'too_few', had: 0, reason: expect.stringContaining(wants) });
    }
    const { ages: _ages, drills: _drills, tail: _tail, ...bare } = evidence(100, 1, 2, PILOT);
    for (const { gate, outcome } of judgeStep('one_lot_to_scale', bare))
      if (gate.wants !== undefined) expect([gate.id, outcome]).toEqual([gate.id, 'not_measured']);
  });

  test('freshness: one old look in a thousand is the most, by its whole interval', () => {
    const any = (count: number, old: number) => judged('freshness', { ages: [looks('any', count, old)] });
    // With none in n the interval ends at z²/(n + z²): 3,838 looks are a day of sixteen hours.
    expect(any(3_837, 0)).toMatchObject({ outcome: 'too_few', needed: 3_838, had: 3_837 });
    expect(any(3_838, 0)).toMatchObject({ outcome: 'passed', figure: 0 });
    expect(any(11_520, 5)).toMatchObject({ outcome: 'too_few' });
    expect(any(11_520, 40)).toMatchObject({ outcome: 'failed', needed: null });
    const told = judged('freshness', { ages: [looks('any', 11_520, 40), looks('reference', 11_000, 40)] });
    expect(told?.reason).toBe('reference: old in 40 of 11000 looks');
  });

  test('parameter age: one look at old ones fails it, and what was never fitted proves nothing', () => {
    const age = (...ages: AgeTally[]) => judged('parameter_age', { ages: [looks('any', 11_520), ...ages] });
    expect(age(looks('parameters', 239))).toMatchObject({ outcome: 'too_few', needed: 240, had: 239 });
    expect(age(looks('parameters', 240, 0, 86_400_000))).toMatchObject({ outcome: 'passed', figure: 1 });
    expect(age(looks('parameters', 11_520, 1, 8 * 86_400_000))).toMatchObject({
      ...{ outcome: 'failed', figure: 8, reason: 'older in 1 of 11520 looks' },
    });
    expect(age()).toMatchObject({ outcome: 'too_few', had: 0, reason: expect.stringContaining('11520 looks') });
  });

  test('kill switch: the last kill that had something to take away decides', () => {
    const after = (last: Partial<KillDrill>) => judged('kill_switch', { drills: [DRILL, { ...DRILL, ...last }] });
    expect(judged('kill_switch', {})).toMatchObject({ outcome: 'passed', had: 1, figure: 4.2 });
    expect(after({})).toMatchObject({ outcome: 'passed', had: 2 });
    expect(after({ confirmedMs: null })).toMatchObject({
      ...{ outcome: 'failed', had: 1, figure: null, reason: expect.stringContaining('not confirmed') },
    });
    expect(after({ firstCancelMs: 1_001 })).toMatchObject({
      ...{ outcome: 'failed', reason: expect.stringContaining('first cancel left after 1.0 s') },
    });
    expect(after({ confirmedMs: 10_001 })).toMatchObject({ outcome: 'failed' });
  });

  test('VaR: failed once more than one in twenty is shown, passed once two in twenty are ruled out', () => {
    const tail = (events: number, exceeded: number, withoutPmf = 0) =>
      judged('var', { tail: { events, exceeded, withoutPmf } });
    expect(tail(34, 0)).toMatchObject({ outcome: 'too_few', needed: 35, had: 34 });
    expect(tail(35, 0)).toMatchObject({ outcome: 'passed' });
    expect(tail(100, 5)).toMatchObject({ outcome: 'too_few', figure: 5 });
    expect(tail(200, 10)).toMatchObject({ outcome: 'passed' });
    expect(tail(100, 15)).toMatchObject({ outcome: 'failed', needed: null });
    expect(tail(0, 0, 7)).toMatchObject({
      outcome: 'too_few',
      had: 0,
      reason: expect.stringMatching(/^nothing yet.*7 more/),
    });
  });

  test('what is needed is the least count that shows it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.09, noNaN: true }), (share) => {
        const needed = neededFor(share, 0.1) ?? 0;
        expect(wilson(share * needed, needed)?.high).toBeLessThanOrEqual(0.1);
        expect(wilson(share * (needed - 1), needed - 1)?.high ?? 1).toBeGreaterThan(0.1);
      }),
    );
  });
});
