/** A bounded share of `npm run chaos`: one run, with real processes, of the scenario that the issue is named after. */
import { describe, expect, it } from 'vitest';
import { drawPlan } from '../chaos/plan.ts';
import { runPlan } from '../chaos/run.ts';
import { HAS_PROC } from '../support/cli.ts';

describe.runIf(HAS_PROC)('kmm run', () => {
  it('killed when a turn is on disk and before it is sent (F28) leaves no order behind, and quotes again', async () => {
    const plan = { ...drawPlan(0, ['F28-at-after-commit']), nth: 2, victims: 'trader' } as const;
    const { violations, facts } = await runPlan(plan);
    expect(violations).toEqual([]);
    expect(facts).toMatchObject({ isFired: true, quotingAgainSeconds: expect.any(Number) });
    expect(facts.quotingAgainSeconds).toBeLessThan(60);
    expect(facts.restingGoneSeconds).toBeLessThan(10);
  });
});
