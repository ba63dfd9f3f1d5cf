/** Statements of the exchange that are not whole: skipped, and said to be, never read as nothing. */
import { describe, expect, it } from 'vitest';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { unreachable } from '../../../src/lib/adapters/kalshi/result.ts';
import { AccountWatch } from '../../../src/lib/app/session/account/watch-account.ts';
import { Loops } from '../../../src/lib/app/session/loops.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import { json, ManualClock, ScriptedWire } from '../../adapters/kalshi/wire-doubles.ts';
import { dollars, story } from '../../support/engine.ts';

type Lists = ConstructorParameters<typeof AccountWatch>[0]['listCash'];
const NOTHING: Lists = async () => ({ ok: true, value: { movements: [], transfers: [] } });

const EMPTY_LISTS = { market_positions: [], event_positions: [], fills: [], settlements: [], cursor: '' };

type Answers = (path: string) => ReturnType<typeof json> | undefined;

function watching(balance: unknown, listCash: Lists = NOTHING, answers: Answers = () => undefined) {
  const clock = new ManualClock();
  const events: EngineEvent[] = [];
  const wire = new ScriptedWire(({ path }) =>
    path.includes('/balance') ? json(200, balance) : (answers(path) ?? json(200, EMPTY_LISTS)),
  );
  const watch = new AccountWatch({
    ...{ engine: story().engine, rest: new KalshiRest(wire), clock, loops: new Loops(clock, 1, () => {}) },
    ...{ dataAge: { ask: async () => ({ askedAt: clock.now() }) }, listCash, rereadTerms: async () => {} },
    emit: (event) => events.push(event),
  });
  return { watch, clock, events };
}

async function told(balance: unknown, listCash: Lists = NOTHING, answers: Answers = () => undefined) {
  const { watch, events } = watching(balance, listCash, answers);
  const isWhole = await watch.statements();
  return { isWhole, events: events.filter(({ type }) => type !== 'positions') };
}

const whole = (balance: string) => ({
  ...{ balance: 0, balance_dollars: balance, portfolio_value: 0, updated_ts: 1 },
  balance_breakdown: [{ exchange_index: 0, balance }],
});

describe('a balance', () => {
  it.each([
    ['without a figure', { ...whole('1000.0000'), balance_dollars: undefined }],
    ['of null', { ...whole('1000.0000'), balance_dollars: null }],
    ['that is a number', { ...whole('1000.0000'), balance_dollars: 1_000 }],
    ['of more digits than there are', whole('1000.0000001')],
    ['that is no object', []],
  ])('%s is not read as empty: it is skipped', async (_, body) => {
    expect(await told(body)).toEqual({ isWhole: false, events: [] });
  });

  it('below zero is told as it is', async () => {
    const { isWhole, events } = await told(whole('-3.5000'));
    expect(isWhole).toBe(true);
    expect(events).toMatchObject([{ type: 'balance', shards: [{ shard: 0, cash: dollars(-3.5) }] }]);
  });

  it('that differs proves nothing while the lists that may explain it cannot be read', async () => {
    expect(await told(whole('1020.0000'), async () => unreachable('a cut'))).toEqual({ isWhole: false, events: [] });
  });

  it.each(['fills', 'settlements'])('that differs proves nothing while the %s cannot be read', async (list) => {
    const failing = (path: string) => (path.includes(`/${list}`) ? json(503, {}) : undefined);
    expect(await told(whole('1020.0000'), NOTHING, failing)).toEqual({ isWhole: false, events: [] });
  });

  it('that an amended result explains is told after the row that pays it', async () => {
    const row = { ticker: 'X-1', event_ticker: 'X', market_result: 'no', value: 0, revenue: 0, fee_cost: '0' };
    const counts = {
      yes_count_fp: '1.00',
      no_count_fp: '0.00',
      yes_total_cost_dollars: '0',
      no_total_cost_dollars: '0',
    };
    const settlements = [{ ...row, ...counts, settled_time: '2026-08-17T14:00:00Z' }];
    const listed = (path: string) =>
      path.includes('/settlements') ? json(200, { ...EMPTY_LISTS, settlements }) : undefined;
    const { events } = await told(whole('1020.0000'), NOTHING, listed);
    expect(events.map(({ type }) => type)).toEqual(['settlement', 'balance']);
  });

  it('that a deposit explains is told after the deposit', async () => {
    const at = story().at;
    const deposit = { kind: 'deposit', id: 'd1', status: 'applied', method: 'ach', createdAt: at } as const;
    const movements = [{ ...deposit, amount: dollars(20), fee: dollars(0) }];
    const { events } = await told(whole('1020.0000'), async () => ({ ok: true, value: { movements, transfers: [] } }));
    expect(events.map(({ type }) => type)).toEqual(['cash_entered', 'balance']);
  });

  it('that differs is asked for again after ten seconds, one that is equal after a minute', async () => {
    let lists = 0;
    const { watch, clock, events } = watching(whole('1020.0000'), async () => {
      lists += 1;
      return unreachable('a cut');
    });
    watch.start();
    await clock.advance(60_000);
    expect(lists).toBe(1);
    await clock.advance(30_000);
    expect(lists).toBe(4);
    watch.stop();
    expect(events.filter(({ type }) => type === 'balance')).toEqual([]);

    const equal = watching(whole('1000.0000'));
    equal.watch.start();
    await equal.clock.advance(119_000);
    equal.watch.stop();
    expect(equal.events.filter(({ type }) => type === 'balance')).toHaveLength(1);
  });
});
