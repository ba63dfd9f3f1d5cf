import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertRow } from '../../../src/lib/adapters/store/report-rows.ts';
import { thinned } from '../../../src/lib/app/report/chart-parts.ts';
import { incidentsOf } from '../../../src/lib/app/report/incidents.ts';
import { reliabilityOf } from '../../../src/lib/app/report/reliability.ts';
import { upTimeOf } from '../../../src/lib/app/report/up-time.ts';
import { FileDraft, writeWhole } from '../../../src/lib/app/report/write-file.ts';
import { epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { tempDir } from '../../support/temp-dir.ts';

const SPAN = { from: epochMs(1_000_000), to: epochMs(2_000_000) };

describe('incidents', () => {
  const alert = (at: number, change: AlertRow['change'], key = 'halt STALE X'): AlertRow => ({
    ...{ key, change, at: epochMs(at), priority: 'low', stage: '', text: `${change} ${at}`, acknowledgedAt: null },
  });

  test('begin with the first word of them and end with the last, also across the ends of the period', () => {
    const found = incidentsOf(
      [
        alert(100, 'raised', 'before'),
        alert(200, 'cleared', 'before'),
        alert(500, 'raised'),
        alert(1_200_000, 'changed'),
        alert(1_300_000, 'cleared'),
        alert(1_400_000, 'digest', 'halt STALE X'),
        alert(1_500_000, 'raised', 'clock'),
        alert(2_000_000, 'cleared', 'clock'),
      ],
      SPAN,
    );
    expect(found.map(({ key, isHalt, from, to, changes }) => [key, isHalt, from, to, changes])).toEqual([
      ['halt STALE X', true, 500, 1_300_000, 1],
      ['clock', false, 1_500_000, null, 0],
    ]);
  });
});

describe('time up', () => {
  const session = (startedAt: number, endedAt: number | null, number = 1) => ({
    ...{ session: number, account: 'us', version: '', restUrl: '', startedAt: epochMs(startedAt) },
    endedAt: endedAt === null ? null : epochMs(endedAt),
  });
  const sample = (number: number, at: number) => ({ session: number, at: epochMs(at) }) as never;

  test('sessions that overlap count once, and gaps are what none covers', () => {
    const up = upTimeOf(
      [session(0, 1_300_000), session(1_200_000, 1_500_000, 2), session(1_800_000, 3_000_000, 3)],
      [],
      SPAN,
    );
    expect(up).toMatchObject({ sessions: 3, died: 0, upMs: 700_000, share: 0.7 });
    expect(up.gaps).toEqual([{ from: 1_500_000, to: 1_800_000 }]);
  });

  test('a session without an end lasted until its last sample, and has died when that is long before the end', () => {
    expect(upTimeOf([session(1_000_000, null)], [sample(1, 1_400_000)], SPAN)).toMatchObject({
      upMs: 400_000,
      died: 1,
    });
    expect(upTimeOf([session(1_000_000, null)], [sample(1, 1_990_000)], SPAN)).toMatchObject({ died: 0, gaps: [] });
  });

  test('of a period in which nothing ran, all of it is a gap', () => {
    expect(upTimeOf([], [], SPAN)).toEqual({ sessions: 0, died: 0, upMs: 0, share: 0, gaps: [SPAN] });
  });
});

describe('reliability', () => {
  test('has the bins, the Brier score and the Wilson intervals of math.md section 18', () => {
    const some = (probability: number, count: number, hits: number) =>
      Array.from({ length: count }, (_, index) => ({ probability, isTrue: index < hits }));
    const { brier, bins, count } = reliabilityOf([...some(0.1, 10, 1), ...some(0.7, 10, 6), ...some(0.9, 5, 5)]);
    expect([count, brier]).toEqual([25, expect.closeTo(0.138, 12)]);
    expect(bins[1]).toMatchObject({ low: expect.closeTo(0.312674, 6), high: expect.closeTo(0.83182, 5), isOff: false });
  });

  test('says nothing below thirty markets, and that a bin is off when its interval leaves it out', () => {
    const wrong = Array.from({ length: 30 }, () => ({ probability: 0.95, isTrue: false }));
    expect(reliabilityOf(wrong)).toMatchObject({ isVerdict: true, bins: [{ isOff: true, hits: 0, count: 30 }] });
    expect(reliabilityOf(wrong.slice(1)).isVerdict).toBe(false);
    expect(reliabilityOf([])).toEqual({ count: 0, brier: null, bins: [], isVerdict: false });
  });
});

test('a line with many points keeps its ends, its lowest and its highest', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 301, maxLength: 3_000 }), (values) => {
      const points = values.map((value, at) => ({ at: epochMs(at), equity: microdollars(value) }));
      const kept = thinned(points);
      const equities = kept.map(({ equity }) => equity);
      expect(kept.length).toBeLessThanOrEqual(304);
      expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
      expect([Math.min(...equities), Math.max(...equities)]).toEqual([Math.min(...values), Math.max(...values)]);
      expect(kept.every((point, index) => index === 0 || point.at > (kept[index - 1]?.at ?? 0))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

describe('a file', () => {
  test('is there whole or not at all, and an abandoned draft leaves what was there before', () => {
    const path = join(tempDir(), 'report.md');
    writeWhole(path, 'first');
    const draft = new FileDraft(path);
    draft.write('half');
    draft.abandon();
    draft.abandon();
    expect(readdirSync(join(path, '..'))).toEqual(['report.md']);
    expect(writeWhole(path, 'second ✓')).toBe(10);
  });

  test('in a folder that is not there is refused, and none is made', () => {
    const directory = tempDir();
    expect(() => writeWhole(join(directory, 'no', 'such', 'report.md'), 'x')).toThrow(/is no folder/);
    expect(() => writeWhole(directory, 'x')).toThrow(/is a folder/);
    expect(readdirSync(directory)).toEqual([]);
  });
});
