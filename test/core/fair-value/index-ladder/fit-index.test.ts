import { describe, expect, it } from 'vitest';
import { easternWallTime } from '../../../../src/lib/core/eastern.ts';
import { dayVariance, expectedAfter } from '../../../../src/lib/core/fair-value/index-ladder/day-variance.ts';
import { fitIndex } from '../../../../src/lib/core/fair-value/index-ladder/fit-index.ts';
import {
  type IndexRow,
  type IndexSession,
  seenVariance,
  sessionsOf,
  wholeReturns,
} from '../../../../src/lib/core/fair-value/index-ladder/sessions.ts';
import { assumedShares } from '../../../../src/lib/core/fair-value/index-ladder/shape.ts';
import { epochMs } from '../../../../src/lib/core/units.ts';
import { normal, seededStream } from '../../../../src/lib/sim/random.ts';

const at = (text: string) => epochMs(Date.parse(text));
const SHARES = assumedShares();

/** Sessions of a known shape and level, as levels of minutes. */
function simulated(count: number, seed: string, { variance = 1e-4, jumps = 0 } = {}): IndexSession[] {
  const random = seededStream(seed);
  return [...Array(count).keys()].map((n) => {
    let log = Math.log(6_900);
    const levels = [
      6_900,
      ...SHARES.map((share) => {
        const jump = random.next() < jumps ? 0.004 : 0;
        log += Math.sqrt(variance * share) * normal(random, 0, 1) + jump;
        return Math.exp(log);
      }),
    ];
    return { day: 20_500 + n, opensAt: easternWallTime(20_500 + n, 570), levels };
  });
}

describe('sessions of an index', () => {
  const rows = (...of: readonly (readonly [string, number])[]): IndexRow[] =>
    of.map(([time, value]) => ({ at: at(time), value }));

  it('are New York sessions of whole days, in winter and in summer', () => {
    const { sessions, halfDays, leftOut } = sessionsOf(
      rows(
        ...([
          ['2026-02-11T09:00:00-05:00', 1],
          ['2026-02-11T09:30:00-05:00', 6_900],
          ['2026-02-11T09:30:40-05:00', 6_901],
          ['2026-02-11T16:00:00-05:00', 6_950],
          ['2026-02-11T16:00:01-05:00', 2],
          ['2026-02-14T12:00:00-05:00', 3],
          ['2026-07-15T09:30:00-04:00', 7_000],
          ['2026-11-27T11:00:00-05:00', 4],
          ['2029-02-11T11:00:00-05:00', 5],
        ] as const),
      ),
    );
    expect(sessions).toHaveLength(2);
    expect([sessions[0]?.levels[0], sessions[0]?.levels[1], sessions[0]?.levels[390]]).toEqual([6_900, 6_901, 6_950]);
    expect(sessions[1]?.levels[0]).toBe(7_000);
    expect(leftOut).toEqual({ outside: 3, unknownDays: 1 });
    expect(halfDays.map(({ levels }) => [levels.length, levels[90]])).toEqual([[211, 4]]);
  });

  it('do not take the night for a minute of the day', () => {
    const [session] = sessionsOf(rows(['2026-02-11T09:30:20-05:00', 6_900])).sessions;
    expect([session?.levels[0], session?.levels[1]]).toEqual([6_900, 6_900]);
  });

  it('are whole with five holes, which are bridged, and not with six', () => {
    const [session] = simulated(1, 'holes') as [IndexSession];
    const without = (...minutes: number[]) => ({
      ...session,
      levels: session.levels.map((level, n) => (minutes.includes(n) ? Number.NaN : level)),
    });
    const bridged = wholeReturns(without(100, 101, 102, 103, 104)) as readonly number[];
    const step = Math.log((session.levels[105] as number) / (session.levels[99] as number)) / 6;
    for (const minute of bridged.slice(99, 105)) expect(minute).toBeCloseTo(step, 12);
    expect(bridged).toHaveLength(390);
    expect(wholeReturns(without(100, 101, 102, 103, 104, 200))).toBeUndefined();
    expect(wholeReturns(without(0))).toBeUndefined();
    expect(wholeReturns(without(390))).toBeUndefined();
  });

  it('say how much they moved when only parts of them were seen', () => {
    const [session] = simulated(1, 'thin') as [IndexSession];
    const thin = { ...session, levels: session.levels.map((level, n) => (n % 3 === 0 ? level : Number.NaN)) };
    const { variance, returns } = seenVariance(thin, SHARES);
    expect(returns).toBe(130);
    expect(variance / 1e-4).toBeGreaterThan(0.7);
    expect(variance / 1e-4).toBeLessThan(1.4);
  });
});

describe('the level of the next session', () => {
  it('is a mean that leans on the newest', () => {
    expect(expectedAfter([1, 1, 4], 1)).toBeCloseTo((0.25 + 0.5 + 4) / 1.75, 12);
  });

  it('has a doubt of its own, and is refused where too little was seen', () => {
    const day = dayVariance([...Array(40).keys()].map((n) => (n % 2 === 0 ? 1e-4 : 2e-4)));
    if (day.kind === 'refused') throw new Error(day.reason);
    expect(day.expected).toBeCloseTo(1.5e-4, 5);
    expect(day.doubt).toBeCloseTo(Math.log(2) / 4, 1);
    expect(dayVariance([1e-4, 1e-4]).kind).toBe('refused');
    expect(dayVariance([...Array(40)].map(() => 0))).toMatchObject({ code: 'session_still' });
  });
});

describe('parameters of an index', () => {
  const sixty = simulated(60, 'sixty');
  const fit = fitIndex({ sessions: sixty, shape: 'fitted', closes: new Map() });
  if (fit.kind === 'refused') throw new Error(fit.reason);

  it('find the shape that made the sessions', () => {
    const squared = fit.shares.reduce((sum, share, n) => sum + Math.log(share / (SHARES[n] as number)) ** 2, 0);
    // math.md 9: rms error of ln u .03 after the spline; some more at the ends.
    expect(Math.sqrt(squared / 390)).toBeLessThan(0.08);
    expect(fit.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('find the level, with jumps paid for', () => {
    expect(fit.day.expected / 1e-4).toBeGreaterThan(0.9);
    expect(fit.day.expected / 1e-4).toBeLessThan(1.1);
    const wild = fitIndex({ sessions: simulated(60, 'jumps', { jumps: 0.004 }), shape: 'fitted', closes: new Map() });
    if (wild.kind === 'refused') throw new Error(wild.reason);
    // 390 minutes, 0.4 % of them jump by 0.4 %: 1.56 jumps of 1.6e-5.
    expect(wild.day.expected).toBeGreaterThan(1.15e-4);
    expect(wild.day.expected).toBeLessThan(1.4e-4);
  });

  it('have the close where the distributions of the hours have it, on later sessions', () => {
    expect(fit.coverage.map(({ hour }) => hour)).toEqual([10, 11, 12, 13, 14, 15]);
    for (const { sessions, refused, in95, meanSquare } of fit.coverage) {
      expect(sessions + refused).toBe(24);
      expect(in95).toBeGreaterThan(0.8);
      expect(meanSquare).toBeGreaterThan(0.4);
      expect(meanSquare).toBeLessThan(2.2);
    }
  });

  it('know the jump of the closing auction from official closes', () => {
    const random = seededStream('auction');
    const closes = new Map(
      sixty.map(({ day, levels }) => {
        const last = levels.at(-1) as number;
        const late = 1e-4 * SHARES.slice(375).reduce((sum, share) => sum + share, 0);
        return [day, last * Math.exp(Math.sqrt(0.3 * late) * normal(random, 0, 1))];
      }),
    );
    const known = fitIndex({ sessions: sixty, shape: 'fitted', closes });
    if (known.kind === 'refused') throw new Error(known.reason);
    expect(known.auction.closes).toBe(60);
    expect(known.auction.beta).toBeGreaterThan(0.12);
    expect(known.auction.beta).toBeLessThan(0.7);
    expect(fit.auction).toEqual({ beta: 0, closes: 0 });
  });

  it('are refused on too few whole sessions, and assumed only where that is asked for', () => {
    const few = sixty.slice(0, 20);
    expect(fitIndex({ sessions: few, shape: 'fitted', closes: new Map() })).toMatchObject({ code: 'too_few_sessions' });
    const assumed = fitIndex({ sessions: few, shape: 'assumed', closes: new Map() });
    expect(assumed).toMatchObject({ kind: 'fit', lambda: null });
  });
});
