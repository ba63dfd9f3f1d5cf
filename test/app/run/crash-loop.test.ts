import { describe, expect, it } from 'vitest';
import { CrashLoop } from '../../../src/lib/app/run/crash-loop.ts';

describe('a trader that dies', () => {
  it('is started again after longer and longer, and given up at the sixth death within ten minutes', () => {
    const loop = new CrashLoop();
    const answers = [0, 10, 20, 30, 40, 50].map((second) => loop.died(second * 1_000));
    expect(answers).toEqual([
      ...[500, 1_000, 2_000, 5_000, 10_000].map((restartInMs) => ({ restartInMs })),
      { lives: 6 },
    ]);
  });

  it('now and then, is started again at once, for ever', () => {
    const loop = new CrashLoop();
    for (let hour = 0; hour < 100; hour++) expect(loop.died(hour * 3_600_000)).toEqual({ restartInMs: 500 });
  });
});
