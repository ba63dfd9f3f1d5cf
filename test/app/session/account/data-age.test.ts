import { describe, expect, it } from 'vitest';
import type { Result } from '../../../../src/lib/adapters/kalshi/result.ts';
import { DataAge } from '../../../../src/lib/app/session/account/data-age.ts';
import { completeUpTo, lagOf } from '../../../../src/lib/core/orders/read-lag.ts';
import { type EpochMs, epochMs } from '../../../../src/lib/core/units.ts';
import { ManualClock } from '../../../adapters/kalshi/wire-doubles.ts';

const SILENCE: Result<EpochMs> = { ok: false, error: { kind: 'unreachable', reason: 'ECONNRESET' } };

function setting() {
  const clock = new ManualClock();
  const said: string[] = [];
  let answer: (() => Result<EpochMs>) | undefined;
  const rest = { userDataTimestamp: async () => answer?.() ?? SILENCE };
  const age = new DataAge({ rest, clock, warn: (text) => said.push(text) });
  return {
    ...{ clock, said, age },
    lag: (ms: number) => {
      answer = () => ({ ok: true, value: epochMs(clock.now() - ms) });
    },
    silence: () => {
      answer = undefined;
    },
  };
}

describe('how old the account data is', () => {
  it('is asked for before each reading, and said when it is more than we reckon with (F05)', async () => {
    const { age, lag, said } = setting();
    lag(300);
    expect(lagOf(await age.ask())).toBe(5_000);
    lag(12_000);
    expect(lagOf(await age.ask())).toBe(12_000);
    lag(300);
    await age.ask();
    expect(said).toEqual([
      "the exchange's account data is 12.0 s old: what is missing from it proves less",
      "the exchange's account data is fresh again",
    ]);
  });

  it('is what it was a moment ago where the exchange does not say, and reckoned with where it never does', async () => {
    const { age, clock, lag, silence } = setting();
    expect(lagOf(await age.ask())).toBe(5_000);
    lag(8_000);
    const told = completeUpTo(await age.ask());
    silence();
    await clock.advance(10_000);
    expect(completeUpTo(await age.ask())).toBe(told);
    await clock.advance(20_000);
    expect(lagOf(await age.ask())).toBe(5_000);
  });
});
