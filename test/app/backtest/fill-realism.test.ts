import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeResult } from '../../../src/lib/app/backtest/files.ts';
import { fillRealismOf, type RealFill } from '../../../src/lib/app/backtest/fill-realism.ts';
import { type ComposedRun, composedBacktest, STARTED } from '../../support/composed-backtest.ts';
import { tempDir } from '../../support/temp-dir.ts';

function home(path: (tapes: string) => string, run: ComposedRun = {}) {
  const directory = tempDir(afterAll);
  const tapes = join(directory, 'tape');
  const data = [{ path: path(tapes), bytes: 1, sha256: 'aa'.repeat(32), role: 'data' as const, records: 1 }];
  const markets = [{ ticker: 'A', fills: [{ side: 'bid' as const, size: 300, price: 5_000 }] }, { ticker: 'B' }];
  writeResult(join(directory, 'backtests'), composedBacktest({ markets, rest: { data }, ...run }));
  return { directory, tapes };
}

const real = (size: number, more: Partial<RealFill> = {}) =>
  ({ ticker: 'A', at: STARTED + 60_000, size, strategy: 'cara', ...more }) as RealFill;
const own = (tapes: string) => join(tapes, 'day.tape');

test('is simulated contracts over real ones of the same market, span and strategy, less one', () => {
  const fills = [real(100), real(100), real(400, { strategy: 'hand' }), real(900, { at: (STARTED - 1) as never })];
  const realism = fillRealismOf(home(own), fills);
  expect(realism.get('A')).toEqual({ delta: 0.5, runId: 'composed' });
  // Nothing was really filled there.
  expect(realism.has('B')).toBe(false);
});

test.each([
  ['over the recording of somebody else', home(() => '/elsewhere/day.jsonl')],
  ['over a folder that only begins like ours', home((tapes) => `${tapes}-2/day.tape`)],
  ['whose fills are not the calibrated ones', home(own, { mode: 'optimistic' })],
])('is not known from a run %s', (_, place) => {
  expect(fillRealismOf(place, [real(100)]).size).toBe(0);
});
