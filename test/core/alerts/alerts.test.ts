import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Alerts } from '../../../src/lib/core/alerts/alerts.ts';
import type { Alert, Condition } from '../../../src/lib/core/alerts/condition.ts';
import { conditionsOf, type Surroundings } from '../../../src/lib/core/alerts/conditions.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { dollars, LOST, quotingStory, type Story, story } from '../../support/engine.ts';
import { T0, TICKER } from '../../support/orders.ts';

const HOUR_MS = 3_600_000;
const LOSS: Condition = { key: 'loss_day', priority: 'critical', text: 'lost', stage: '80' };

/** "raised loss_day 80" */
function told(alerts: readonly Alert[]): string[] {
  return alerts.map(({ change, key, stage }) => `${change} ${key} ${stage}`.trim());
}

describe('an alert (F43, I14)', () => {
  it('tells the first, the change and the end of a condition, and no repeat', () => {
    const alerts = new Alerts();
    const at = (second: number, ...conditions: Condition[]) =>
      told(alerts.observe(conditions, epochMs(T0 + second * 1_000)));
    expect(at(0, LOSS)).toEqual(['raised loss_day 80']);
    expect(at(1, { ...LOSS, text: 'lost more' })).toEqual([]);
    expect(at(2, { ...LOSS, stage: '100' })).toEqual(['changed loss_day 100']);
    expect(at(3, { ...LOSS, stage: '100', priority: 'high' })).toEqual(['changed loss_day 100']);
    expect(at(4)).toEqual(['cleared loss_day 100']);
    expect(at(5)).toEqual([]);
    expect(at(6, LOSS)).toEqual(['raised loss_day 80']);
  });

  it('of a condition that must last is told when it has lasted without a break', () => {
    const alerts = new Alerts();
    const feed: Condition = { key: 'feed', priority: 'high', text: 'no book', afterMs: 15_000 };
    const at = (second: number, ...conditions: Condition[]) =>
      told(alerts.observe(conditions, epochMs(T0 + second * 1_000)));
    expect([at(0, feed), at(14, feed), at(14.5), at(15, feed), at(29, feed)].flat()).toEqual([]);
    expect(at(30, feed)).toEqual(['raised feed']);
    expect(at(31)).toEqual(['cleared feed']);
  });

  it('is told ten times an hour at most, then once in a digest that says how often and what last', () => {
    const alerts = new Alerts();
    const all: Alert[] = [];
    for (let second = 0; second < 3_600; second += 1) {
      all.push(...alerts.observe(second % 2 === 0 ? [LOSS] : [], epochMs(T0 + second * 1_000)));
    }
    expect(all).toHaveLength(10);
    const [digest] = alerts.observe([], epochMs(T0 + HOUR_MS));
    expect(digest).toMatchObject({ change: 'digest', key: 'loss_day', priority: 'critical' });
    expect(digest?.text).toMatch(/^3590 more changes within the hour; the last: cleared, lost$/);
  });

  it('never exceeds ten of a key in any hour, and forgets no end, whatever comes and goes (property)', () => {
    const step = fc.record({ ms: fc.integer({ min: 1, max: 900_000 }), on: fc.boolean(), stage: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const alerts = new Alerts();
        const all: Alert[] = [];
        let at = Number(T0);
        for (const { ms, on, stage } of steps) {
          at += ms;
          all.push(...alerts.observe(on ? [{ ...LOSS, stage: String(stage) }] : [], epochMs(at)));
        }
        for (const { at: first } of all) {
          expect(all.filter((one) => one.at >= first && one.at < first + HOUR_MS).length).toBeLessThanOrEqual(10);
        }
        all.push(...alerts.observe([], epochMs(at + 2 * HOUR_MS)));
        if (all.length > 0) expect(['cleared', 'digest']).toContain(all.at(-1)?.change);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on after a restart: what still holds is not told again, what is over is, and the hour still counts', () => {
    const before = new Alerts();
    const first = before.observe([LOSS, { ...LOSS, key: 'tape' }], T0);
    const alerts = new Alerts();
    alerts.restore(first, epochMs(T0 + 1_000));
    expect(told(alerts.observe([LOSS], epochMs(T0 + 2_000)))).toEqual(['cleared tape 80']);
    const busy = new Alerts();
    busy.restore(
      Array.from({ length: 10 }, () => ({ ...first[0], change: 'cleared' }) as Alert),
      T0,
    );
    expect(busy.observe([LOSS], epochMs(T0 + 2_000))).toEqual([]);
  });
});

const QUIET: Surroundings = { tokens: [] };

function keys(teller: Story, around: Surroundings = QUIET): string[] {
  return conditionsOf(teller.engine, around, teller.at).map(({ key, priority }) => `${priority} ${key}`);
}

describe('what an operator is told of', () => {
  it('is nothing while all is well', () => {
    expect(keys(quotingStory(), { tokens: [{ bucket: 'read', left: 0.2 }], clockOffsetMs: -1_000 })).toEqual([]);
  });

  it('is an order whose fate has not been known for 30 s', () => {
    const teller = story().book();
    for (const intent of teller.turn()) teller.created(intent, LOST);
    teller.wait(30_000).turn();
    expect(keys(teller)).not.toContain('critical unknown');
    teller.wait(1).turn();
    expect(keys(teller)).toContain('critical unknown');
  });

  it('is a cancel without proof after 10 s', () => {
    const teller = quotingStory().wait(1_000).disconnect();
    teller.turn();
    teller.wait(10_001);
    expect(keys(teller)).toContain('critical cancel');
  });

  it('is an order that is not ours', () => {
    const teller = quotingStory();
    const bid = teller.order('bid');
    teller.tell({
      type: 'own_order',
      source: 'stream',
      order: {
        ...{ orderId: 'web', clientOrderId: 'by hand', ticker: TICKER, side: 'bid', price: bid.price, shard: 0 },
        ...{ initial: bid.total, remaining: bid.total, filled: bid.filledSeen, status: 'resting' },
      },
    });
    expect(keys(teller)).toEqual(['critical external']);
  });

  it('is the daily loss at 80 %, and again at the whole of it with its halt', () => {
    const teller = quotingStory({ risk: { dayLoss: dollars(4.5) } });
    teller.fill('bid', 1_000);
    teller.wait(1_000).moveTo(1_300, 9_900).turn();
    expect(keys(teller)).toEqual([]);
    teller.wait(1_000).moveTo(1_000, 9_900).turn();
    const [loss] = conditionsOf(teller.engine, QUIET, teller.at);
    expect(loss).toMatchObject({ key: 'loss_day', priority: 'critical', stage: '80' });
    teller.wait(1_000).moveTo(200, 9_900).turn();
    teller.wait(1_000).turn();
    expect(keys(teller).slice(0, 2)).toEqual(['critical halt LOSS_DAY *', 'critical loss_day']);
  });

  it('is a feed that cannot be trusted while something is held, once it has lasted 15 s', () => {
    const teller = quotingStory();
    teller.wait(1_000).disconnect().turn();
    expect(keys(teller)).not.toContain(`high feed ${TICKER}`);
    const holding = quotingStory();
    holding.fill('bid', 1_000);
    holding.wait(1_000).disconnect().turn();
    expect(keys(holding)).toContain(`high feed ${TICKER}`);
    const [feed] = conditionsOf(holding.engine, QUIET, holding.at).filter(({ key }) => key.startsWith('feed'));
    expect(feed?.afterMs).toBe(15_000);
  });

  it('is a result that is disputed or amended while something is held (kalshi/api.md 6)', () => {
    const teller = quotingStory();
    const status = (status: 'active' | 'disputed' | 'amended') =>
      teller.tell({ type: 'market_status_changed', ticker: TICKER, status });
    status('disputed');
    expect(keys(teller)).not.toContain(`high settlement ${TICKER}`);
    status('active');
    teller.fill('bid', 1_000);
    const settlement = () =>
      conditionsOf(teller.engine, QUIET, teller.at).find(({ key }) => key === `settlement ${TICKER}`);
    expect(settlement()).toBeUndefined();
    status('disputed');
    expect(settlement()).toMatchObject({ priority: 'high', stage: 'disputed' });
    status('amended');
    expect(settlement()).toMatchObject({ stage: 'amended' });
  });

  it('is a quote that stands while nothing may be decided upon it', () => {
    const teller = quotingStory().wait(1_000);
    teller.tell({ type: 'rate_limited', until: epochMs(teller.at + 120_000) });
    teller.turn();
    expect(keys(teller)).toEqual(['low halt LIMITED *', `medium quote_age ${TICKER}`]);
  });

  it('is a clock, a bucket, a tape and an arming near their end', () => {
    const around: Surroundings = {
      clockOffsetMs: -1_001,
      tokens: [
        { bucket: 'read', left: 1 },
        { bucket: 'write (shard 0)', left: 0.19 },
      ],
      tapeFailure: 'ENOSPC',
      tapeLost: 3,
      armedUntil: epochMs(T0 + 600_000),
    };
    const teller = quotingStory();
    const rest = ['high tape', 'high tape_lost', 'high arming'];
    expect(keys(teller, around)).toEqual(['medium clock', 'medium tokens write (shard 0)', ...rest]);
  });

  it('is said without a balance', () => {
    const teller = quotingStory();
    teller.tell({ type: 'control', verb: 'kill', by: 'me' });
    const [killed] = conditionsOf(teller.engine, QUIET, teller.at);
    expect(killed?.text).toBe(
      'halt KILLED: killed by me; 2 orders may rest, positions in 0 markets; when it is mended: kmm resume',
    );
  });
});
