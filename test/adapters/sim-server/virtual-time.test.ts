import { describe, expect, it } from 'vitest';
import { startMischief } from '../../../src/lib/adapters/sim-server/back-office.ts';
import { virtualLink } from '../../../src/lib/adapters/sim-server/link.ts';
import { readPlan } from '../../../src/lib/adapters/sim-server/mischief-plan.ts';
import { ServedVenue } from '../../../src/lib/adapters/sim-server/served-venue.ts';
import { VirtualClock } from '../../../src/lib/adapters/sim-server/virtual-clock.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import type { Clock } from '../../../src/lib/ports.ts';
import { levelFact, ScriptedVenue, STARTS_AT, TICKER } from '../../support/scripted-venue.ts';

const BOOK = { channels: ['orderbook_delta'], market_ticker: TICKER };
const EMPTY_WORLD = { catchUp() {}, nextAt: () => undefined };

function later(ms: number): EpochMs {
  return epochMs(STARTS_AT + ms);
}

function scripted(latencyMs = 0) {
  const venue = new ScriptedVenue();
  const served = new ServedVenue(venue);
  const clock = new VirtualClock(STARTS_AT);
  return { venue, served, clock, ...virtualLink({ served, accountId: 'alice', clock, latencyMs }) };
}

function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

describe('virtual time', () => {
  it('runs timers by time, and those of one moment in the order in which they were asked for', async () => {
    const clock = new VirtualClock(STARTS_AT);
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${clock.now() - STARTS_AT}`);
    clock.after(20, note('b'));
    clock.after(10, note('a'));
    clock.after(20, note('c'));
    const stop = clock.after(15, note('never'));
    clock.after(0, note('now'));
    clock.after(99, note('too late'));
    stop();
    await clock.run(later(50), EMPTY_WORLD);
    expect(seen).toEqual(['now@0', 'a@10', 'b@20', 'c@20']);
    expect(clock.now()).toBe(later(50));
  });

  it('repeats a timer until it is stopped, also from within itself', async () => {
    const clock = new VirtualClock(STARTS_AT);
    const at: number[] = [];
    const stop = clock.every(10, () => {
      at.push(clock.now() - STARTS_AT);
      if (at.length === 3) stop();
    });
    await clock.run(later(1_000), EMPTY_WORLD);
    expect(at).toEqual([10, 20, 30]);
    expect(() => clock.every(0, () => {})).toThrow(RangeError);
  });

  it('follows every promise to its end before time moves on', async () => {
    const clock = new VirtualClock(STARTS_AT);
    const seen: string[] = [];
    async function work(name: string) {
      for (let step = 0; step < 3; step += 1) {
        await sleep(clock, 10);
        for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
        seen.push(`${name}${step}@${clock.now() - STARTS_AT}`);
      }
    }
    const both = Promise.all([work('a'), work('b')]);
    await clock.runUntilSettled(both, EMPTY_WORLD);
    expect(seen).toEqual(['a0@10', 'b0@10', 'a1@20', 'b1@20', 'a2@30', 'b2@30']);
    expect(clock.now()).toBe(later(30));
  });

  it('hands on the failure of the work it runs for', async () => {
    const clock = new VirtualClock(STARTS_AT);
    const work = sleep(clock, 5).then(() => Promise.reject(new Error('broken')));
    await expect(clock.runUntilSettled(work, EMPTY_WORLD)).rejects.toThrow('broken');
  });

  it('visits the moments of the world and no others', async () => {
    const { venue, served, clock } = scripted();
    for (const ms of [10, 500_000, 86_000_000]) venue.script.push(levelFact('bid', 4_500, 100, { at: STARTS_AT + ms }));
    await clock.run(later(86_400_000), served);
    expect(venue.now).toBe(later(86_400_000));
    expect(venue.advances).toBe(4);
  });

  it('stops at once when the world does not get past a moment', async () => {
    const clock = new VirtualClock(STARTS_AT);
    const stuck = { catchUp() {}, nextAt: () => later(5) };
    await expect(clock.run(later(10), stuck)).rejects.toThrow('does not get past');
  });
});

describe('the link of virtual time', () => {
  it('answers a request after the latency, carried out by the exchange after half of it', async () => {
    const { wire, clock, served } = scripted(10);
    const reply = wire.request({ method: 'GET', path: '/trade-api/v2/exchange/user_data_timestamp' });
    const answered = await clock.runUntilSettled(reply, served);
    expect(clock.now()).toBe(later(10));
    expect(answered).toEqual({
      kind: 'response',
      status: 200,
      body: JSON.stringify({ as_of_time: new Date(STARTS_AT + 5).toISOString() }),
      dateMs: STARTS_AT,
    });
  });

  it('passes query and body, and answers refusals as responses', async () => {
    const { wire, clock, served } = scripted();
    const query = { tickers: TICKER, limit: 1_001 };
    const reply = wire.request({ method: 'GET', path: '/trade-api/v2/markets', query });
    expect(await clock.runUntilSettled(reply, served)).toMatchObject({ status: 400 });
  });

  it('brings up one connection, carries commands there and frames back, and is heard in a silent world', async () => {
    const { venue, stream, clock, served } = scripted(6);
    const seen: string[] = [];
    let heard = 0;
    const at = () => clock.now() - STARTS_AT;
    stream.open({
      onUp: (conn) => {
        seen.push(`up ${conn} @${at()}`);
        expect(
          stream.send(
            JSON.stringify({
              id: 1,
              cmd: 'subscribe',
              params: { channels: ['orderbook_delta'], market_ticker: TICKER },
            }),
          ),
        ).toBe(true);
      },
      onFrame: (conn, frame) => {
        const { type, sending_ts_ms: sentAt } = JSON.parse(frame.toString()) as { type: string; sending_ts_ms: number };
        seen.push(`${type} ${conn} sent ${sentAt - STARTS_AT} @${at()}`);
      },
      onHeard: () => {
        heard += 1;
      },
      onDown: (conn, reason) => seen.push(`down ${conn} ${reason} @${at()}`),
    });
    expect(stream.send('{}')).toBe(false);
    venue.script.push(levelFact('bid', 4_500, 100, { at: STARTS_AT + 50 }));
    await clock.run(later(10_000), served);
    await stream.close();
    expect(stream.send('{}')).toBe(false);
    expect(seen).toEqual([
      'up 1 @6',
      'subscribed 1 sent 9 @12',
      'orderbook_snapshot 1 sent 9 @12',
      'orderbook_delta 1 sent 50 @53',
      'down 1 closed by us @10000',
    ]);
    expect(heard).toBe(3 + 4);
  });

  it('delivers nothing that was still on its way when it was closed', async () => {
    const { venue, stream, clock, served } = scripted(20);
    let frames = 0;
    const counted = {
      onFrame() {
        frames += 1;
      },
      onHeard() {},
      onDown() {},
    };
    stream.open({
      ...counted,
      onUp: () => void stream.send(JSON.stringify({ id: 1, cmd: 'list_subscriptions' })),
    });
    await clock.run(later(35), served);
    await stream.close();
    await clock.run(later(100), served);
    expect(frames).toBe(0);
    expect(venue.now).toBe(later(100));
  });
});

describe('the faults of a plan', () => {
  it('pass over the virtual link as over sockets: lost and late replies, lost and late frames', async () => {
    const { venue, served, clock, wire, stream } = scripted(10);
    const misbehave = (...rules: readonly object[]) => {
      const read = readPlan({ rules });
      if (read.kind === 'refused') throw new Error(read.problem);
      startMischief(served.office, read.plan, venue.now);
    };
    const status = () =>
      clock.runUntilSettled(wire.request({ method: 'GET', path: '/trade-api/v2/exchange/status' }), served);
    misbehave({ fault: 'reply_lost' });
    expect(await status()).toMatchObject({ kind: 'failure' });
    misbehave({ fault: 'reply_delayed', delay_ms: 300 });
    const askedAt = clock.now();
    expect(await status()).toMatchObject({ kind: 'response', status: 200 });
    expect(clock.now() - askedAt).toBe(310);

    served.office.mischief.behave();
    const seen: string[] = [];
    stream.open({
      onUp: () => void stream.send(JSON.stringify({ id: 1, cmd: 'subscribe', params: BOOK })),
      onFrame: (_, frame) => void seen.push(`${JSON.parse(frame.toString()).seq ?? 0}@${clock.now() - openedAt}`),
      onHeard() {},
      onDown() {},
    });
    const openedAt = clock.now();
    await clock.run(epochMs(openedAt + 100), served);
    misbehave({ fault: 'frame_dropped', times: 1 }, { fault: 'frame_delayed', delay_ms: 50, times: 1 });
    for (let change = 0; change < 3; change += 1) venue.tell(levelFact('bid', 4_500, 100));
    await clock.run(epochMs(openedAt + 500), served);
    await clock.run(epochMs(openedAt + 1_000), served);
    expect(seen).toEqual(['0@20', '1@20', '3@555', '4@555']);
    await stream.close();
  });
});
