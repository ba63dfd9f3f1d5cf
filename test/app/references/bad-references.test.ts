/**
 * What may be wrong with the index that a session is quoted by: silence, nonsense, jumps, wrong times, a night in which the clocks
 * change. The quotes leave, the reason stands on the screen and in `kmm why`, nothing breaks, and they come back.
 */
import { describe, expect, it } from 'vitest';
import type { Decided } from '../../../src/lib/app/why/why.ts';
import { why } from '../../../src/lib/app/why/why.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import { Scene } from '../../support/virtual-session.ts';

const CONFIG = 'schema = "kmm/1"\n[fair.series]\nKXBTC15M = "average"\n';

interface Tick {
  time: number;
  value: string;
}

/** The index as the exchange states it, through a hand that may change or swallow what it says. */
function indexed(change: () => ((tick: Tick) => Tick | undefined) | undefined) {
  return (frame: Buffer): Buffer | undefined => {
    const text = frame.toString();
    const changed = text.includes('"type":"cfbenchmarks_value"') ? change() : undefined;
    if (changed === undefined) return frame;
    const message = JSON.parse(text);
    const tick = changed(JSON.parse(message.msg.data));
    if (tick === undefined) return undefined;
    message.msg.data = JSON.stringify(tick);
    return Buffer.from(JSON.stringify(message));
  };
}

let wrong: ((tick: Tick) => Tick | undefined) | undefined;

async function opened(startAt?: EpochMs) {
  wrong = undefined;
  const scene = new Scene('KXBTC15M', startAt, 'sim', CONFIG);
  const opened = await scene.open({ frame: indexed(() => wrong) });
  const { session } = opened;
  const decision = () => [...session.engine.markets()].find(({ isSelected }) => isSelected)?.decision;
  const told = () => {
    const now = scene.clock.now();
    opened.journal.flushDecisions();
    const { home } = scene.configuration;
    const report = why({ home, name: decision()?.ticker ?? '', now, time: new Date(now).toISOString() });
    return (report.answers[0] as Decided).record.gate;
  };
  return { scene, session, decision, told };
}

describe('a session that is quoted by an index', () => {
  let jumps = 0;
  const FAULTS: readonly (readonly [what: string, (tick: Tick) => Tick | undefined, gate: string, reason: RegExp])[] = [
    ['falls silent', () => undefined, 'reference_stale', /^the last value of BRTI is \d+ ms old$/],
    ['has no value', ({ time }) => ({ time }) as Tick, 'reference_stale', /^the last value of BRTI is \d+ ms old$/],
    [
      'is no number',
      (tick) => ({ ...tick, value: 'NaN' }),
      'reference_stale',
      /^the last value of BRTI is \d+ ms old$/,
    ],
    [
      'is zero',
      (tick) => ({ ...tick, value: '0.00' }),
      'reference_doubted',
      /^BRTI was stated as 0, which is no level$/,
    ],
    [
      'jumps about',
      (tick) => {
        jumps += 1;
        return { ...tick, value: String(Number(tick.value) * (jumps % 2 === 0 ? 2 : 0.5)) };
      },
      'reference_doubted',
      /^BRTI jumped from \S+ to \S+: not believed before it is confirmed$/,
    ],
    [
      'is out of order',
      (tick) => ({ ...tick, time: tick.time - 60_000 }),
      'reference_doubted',
      /^a value of BRTI is older than the one before it$/,
    ],
    [
      'is dated ahead',
      (tick) => ({ ...tick, time: tick.time + 60_000 }),
      'reference_doubted',
      /^a value of BRTI is dated \d+ ms ahead of our clock$/,
    ],
  ];

  it('pulls for every fault of it with its reason, on the screen and in why, and quotes again', async () => {
    const { scene, session, decision, told } = await opened();
    await scene.run(45);
    for (const [what, fault, name, reason] of FAULTS) {
      expect([decision()?.posture, scene.resting() > 0], `before it ${what}: ${decision()?.gate?.reason}`).toEqual([
        'quote',
        true,
      ]);
      wrong = fault;
      await scene.run(6);
      expect(scene.resting(), what).toBe(0);
      expect(decision()?.gate, what).toEqual({ name, posture: 'pull', reason: expect.stringMatching(reason) });
      expect(told(), what).toMatchObject({ name, reason: expect.stringMatching(reason) });
      const shown = session.view(undefined).markets.find(({ ticker }) => ticker === decision()?.ticker);
      expect(shown?.why, what).toMatch(new RegExp(reason.source.replaceAll(/[\^$]/g, '')));
      wrong = undefined;
      // A message that was swallowed is a hole in the channel, which is begun anew: after 15 s at the latest.
      for (let second = 0; second < 20 && decision()?.posture !== 'quote'; second += 1) await scene.run(1);
      await scene.run(1);
    }
    expect(decision()?.posture).toBe('quote');
    expect(scene.faults).toEqual([]);
    await scene.end();
  });

  it('says that nobody streams the level that a market settles on, where no source of it is configured', async () => {
    const scene = new Scene('KXBTC15M', undefined, 'sim', CONFIG.replace('average', 'index'));
    const average = "the simple average of the sixty seconds of CF Benchmarks' Real-Time Index (BRTI)";
    const { session } = await scene.open({
      wire: (wire) => ({
        request: async (asked) => {
          const reply = await wire.request(asked);
          if (reply.kind === 'failure') return reply;
          return { ...reply, body: reply.body.replaceAll(average, 'the S&P 500 index value') };
        },
      }),
    });
    await scene.run(5);
    const [shown] = session.view(undefined).markets;
    expect(shown?.why).toContain('the exchange does not stream SPX, and references.indices.SPX names no source of it');
    expect(scene.resting()).toBe(0);
    await scene.end();
  });

  it.each([
    ['that is an hour longer', '2026-11-01T05:58:20Z'],
    ['that is an hour shorter', '2027-03-14T06:58:20Z'],
  ])('goes on through a night %s, from one market to the next', async (_, startAt) => {
    const { scene, decision } = await opened(epochMs(Date.parse(startAt)));
    await scene.run(35);
    expect([decision()?.posture, decision()?.gate?.reason]).toEqual(['quote', undefined]);
    const before = decision()?.ticker;
    await scene.run(75);
    expect(decision()?.ticker).not.toBe(before);
    expect([decision()?.posture, scene.resting() > 0]).toEqual(['quote', true]);
    expect(decision()?.fair?.source).toBe('settlement-average');
    expect(scene.faults).toEqual([]);
    expect(await scene.end()).toMatchObject({ restingAtEnd: 0, reconciled: true });
  });
});
