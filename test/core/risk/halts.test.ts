import { describe, expect, it } from 'vitest';
import { HALT_CLEARS, type Halt, Halts } from '../../../src/lib/core/risk/halts.ts';
import { after, T0, TICKER } from '../../support/orders.ts';

const MARKET = { ticker: TICKER, shard: 0 };

const halt = (over: Partial<Halt> = {}): Halt => ({ name: 'BOOK', scope: TICKER, since: T0, reason: 'gap', ...over });

describe('the halts', () => {
  it('cover their market, or everything', () => {
    const halts = new Halts();
    halts.raise(halt());
    halts.raise(halt({ name: 'PAUSED', scope: '*' }));
    halts.raise(halt({ name: 'RULES', scope: 'KXELSE' }));
    expect(halts.covering(MARKET, 'cara').map(({ name }) => name)).toEqual(['BOOK', 'PAUSED']);
    expect(halts.covering({ ticker: 'KXELSE', shard: 0 }, 'cara').map(({ name }) => name)).toEqual(['PAUSED', 'RULES']);
    expect(halts.all()).toHaveLength(3);
  });

  it('cover the markets of an event, a series or a shard, or what one strategy does, and nothing beside', () => {
    const halts = new Halts();
    const scopes = ['KXBTCD-26NOV2017', 'KXHIGHNY', 'shard:2', 'strategy:cara'];
    for (const scope of scopes) halts.raise(halt({ name: 'KILLED', scope }));
    const covering = (ticker: string, shard: number, strategy: string) =>
      halts.covering({ ticker, shard }, strategy).map(({ scope }) => scope);
    expect(covering('KXBTCD-26NOV2017-T104999.99', 0, 'as')).toEqual(['KXBTCD-26NOV2017']);
    expect(covering('KXBTCD-26NOV2018-T104999.99', 0, 'as')).toEqual([]);
    expect(covering('KXHIGHNYC-26NOV20-T63', 0, 'hand')).toEqual([]);
    expect(covering('KXHIGHNY-26NOV20-T63', 2, 'cara')).toEqual(['KXHIGHNY', 'shard:2', 'strategy:cara']);
    expect(halts.covering({ ticker: 'KXBTC15M-1', shard: 0 }, 'hand')).toEqual([]);
  });

  it('that are raised again keep their beginning and take the new reason and end', () => {
    const halts = new Halts();
    expect(halts.raise(halt())).toBe(true);
    expect(halts.raise(halt({ since: after(500), reason: 'another gap', until: after(900) }))).toBe(false);
    expect(halts.all()).toEqual([halt({ reason: 'another gap', until: after(900) })]);
  });

  it('are cleared by name and scope, and by nothing else', () => {
    const halts = new Halts();
    halts.raise(halt());
    expect([halts.clear('BOOK', '*'), halts.clear('STALE', TICKER), halts.has('BOOK', TICKER)]).toEqual([
      false,
      false,
      true,
    ]);
    expect([halts.clear('BOOK', TICKER), halts.clear('BOOK', TICKER)]).toEqual([true, false]);
    expect(halts.covering(MARKET, 'cara')).toEqual([]);
  });

  it('expire when their end has come, and never without one', () => {
    const halts = new Halts();
    halts.raise(halt({ name: 'CROSSED', until: after(5_000) }));
    halts.raise(halt({ name: 'KILLED', scope: '*' }));
    halts.expire(after(4_999));
    expect(halts.all()).toHaveLength(2);
    halts.expire(after(5_000));
    expect(halts.all().map(({ name }) => name)).toEqual(['KILLED']);
  });

  it('that protect money or the truth are never cleared by themselves', () => {
    const guarded = [
      'LOSS_DAY',
      'LOSS_WEEK',
      'DRAWDOWN',
      'RUNAWAY',
      'RECONCILE',
      'SECOND_WRITER',
      'AUTH',
      'KILLED',
      'JOURNAL',
      'INVARIANT',
    ] as const;
    expect(guarded.map((name) => HALT_CLEARS[name])).toEqual(guarded.map(() => 'operator'));
  });
});
