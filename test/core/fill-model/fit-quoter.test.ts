import { describe, expect, it } from 'vitest';
import { fitQuoter } from '../../../src/lib/core/fill-model/fit-quoter.ts';
import type { FlowOp } from '../../../src/lib/core/fill-model/flow.ts';
import { midChanges, midVolatility } from '../../../src/lib/core/fill-model/mid-volatility.ts';
import type { Intensity } from '../../../src/lib/core/fill-model/model.ts';
import { avellanedaStoikov } from '../../../src/lib/core/quoter/avellaneda-stoikov.ts';
import { caraReservation } from '../../../src/lib/core/quoter/cara-reservation.ts';
import { glftQuote } from '../../../src/lib/core/quoter/glft.ts';
import { levels } from '../../support/feed.ts';

/** A fresh book a second, its mid at these cents; undefined: one side only. */
function walk(mids: readonly (number | undefined)[]): FlowOp[] {
  return mids.map((mid, second) => ({
    ...{ kind: 'snapshot', at: second * 1_000 },
    bids: levels(mid === undefined ? [] : [[mid * 100 - 100, 500]]),
    asks: levels([[(mid ?? 60) * 100 + 100, 500]]),
  }));
}

/** Steps of a cent up or down that follow no pattern a bounce would. */
function drifting(seconds: number): number[] {
  const mids = [50];
  let state = 7;
  for (let n = 1; n < seconds; n += 1) {
    state = (state * 48_271) % 2_147_483_647;
    mids.push((mids[n - 1] as number) + (state % 2 === 0 ? 1 : -1));
  }
  return mids.map((mid) => Math.min(90, Math.max(10, mid)));
}

const INTENSITY = { perHour: 59.5, perCent: 0.6, sweeps: 400 } as Intensity;
const CHANGES = [midChanges(walk(drifting(2_000)))];

describe('the volatility of recorded mids', () => {
  it('is that of the steps, in cents per root hour', () => {
    const found = midVolatility(CHANGES);
    // A cent a second without memory: √3600.
    expect(found.kind === 'volatility' && found.centsPerRootHour).toBeGreaterThan(54);
    expect(found.kind === 'volatility' && found.centsPerRootHour).toBeLessThan(66);
  });

  it('takes no bounce for movement', () => {
    const bounce = Array.from({ length: 100 }, (_, second) => 50 + (second % 2));
    expect(midVolatility([midChanges(walk(bounce))])).toMatchObject({ kind: 'refused', code: 'only_noise' });
    expect(midVolatility([midChanges(walk([50, 51, 52]))])).toMatchObject({ code: 'too_few_changes' });
  });

  it('makes nothing of the jump across seconds without a mid, nor of what comes after the close', () => {
    expect(midChanges(walk([50, 51, undefined, 80, 81, 82]))).toEqual([0, 0, 1, 0, 0, 1]);
    expect(midChanges(walk([50, 51, 52, 53]), 2_000)).toEqual([0, 0]);
  });
});

describe('the fit of a quoter', () => {
  const fit = fitQuoter({ intensity: INTENSITY, changes: CHANGES, limitContracts: 20, horizonHours: 0.25 });
  if (fit.kind === 'refused') throw new Error(fit.reason);
  const { fitted } = fit;
  const sigmaCentsPerRootHour = fitted.sigmaCentsPerRootHour;

  it('moves every reservation price by one mean distance of fills at the limit', () => {
    const distance = 1 / INTENSITY.perCent;
    const as = avellanedaStoikov({ ...fitted.as, fairCents: 50, contracts: 20, sigmaCentsPerRootHour, hours: 0.25 });
    expect(as.kind === 'quote' && 50 - as.reservation).toBeCloseTo(distance, 9);
    const glft = glftQuote({ ...fitted.glft, fairCents: 50, contracts: 0, sigmaCentsPerRootHour });
    expect(glft.kind === 'quote' && 20 * glft.shift).toBeCloseTo(distance, 6);
    const cara = caraReservation(0.5, 20, fitted.cara.gammaPerDollar) as number;
    expect((0.5 - cara) * 100).toBeCloseTo(distance, 2);
  });

  it('keeps A, k and the count of fills as they were measured', () => {
    expect(fitted.glft).toMatchObject({ fillsPerHour: 59.5, kPerCent: 0.6, fittedFills: 400 });
    expect([fitted.as.kappaPerCent, fitted.cara.kPerDollar]).toEqual([0.6, 60]);
  });

  it('refuses without fills, and without movement', () => {
    const of = { changes: CHANGES, limitContracts: 20, horizonHours: 1 };
    expect(fitQuoter({ ...of, intensity: undefined })).toMatchObject({ code: 'intensity_unknown' });
    expect(fitQuoter({ ...of, intensity: INTENSITY, changes: [[]] })).toMatchObject({ kind: 'refused' });
  });
});
