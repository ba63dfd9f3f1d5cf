import { describe, expect, it } from 'vitest';
import { StreamProbe } from '../../../src/lib/adapters/kalshi/stream-probe.ts';
import { after } from '../../support/orders.ts';

function setting() {
  const ids: number[] = [];
  const probe = new StreamProbe((command) => {
    ids.push(JSON.parse(command).id);
    return true;
  });
  return { ids, probe };
}

describe('a question that is answered behind all that waits', () => {
  it('is asked every two seconds, and its answer is no answer to anybody else', () => {
    const { ids, probe } = setting();
    for (const ms of [0, 1_000, 2_000, 3_000]) probe.tick(after(ms));
    expect(ids).toHaveLength(2);
    expect([probe.onAnswer(7, after(3_000)), probe.onAnswer(undefined, after(3_000))]).toEqual([false, false]);
    expect(probe.onAnswer(ids[0], after(3_000))).toBe(true);
  });

  it('says how late the link is, while it is not answered and after it was (F18)', () => {
    const { ids, probe } = setting();
    for (const ms of [0, 2_000, 4_000]) probe.tick(after(ms));
    expect(probe.lateMs(after(4_500))).toBe(4_500);
    probe.onAnswer(ids[0], after(6_000));
    expect(probe.lateMs(after(6_000))).toBe(6_000);
    probe.onAnswer(ids[2], after(6_100));
    expect(probe.lateMs(after(6_200))).toBe(2_100);
    probe.tick(after(6_200));
    probe.onAnswer(ids[3], after(6_250));
    expect(probe.lateMs(after(7_000))).toBe(50);
  });

  it('that is lost is made good by the next one, and forgotten with its connection', () => {
    const { ids, probe } = setting();
    for (const ms of [0, 2_000]) probe.tick(after(ms));
    probe.onAnswer(ids[1], after(2_020));
    expect(probe.lateMs(after(2_900))).toBe(20);
    probe.tick(after(4_000));
    probe.renew();
    expect(probe.lateMs(after(60_000))).toBe(0);
    expect(probe.onAnswer(ids[2], after(60_000))).toBe(true);
    expect(probe.lateMs(after(60_000))).toBe(0);
  });
});
