import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/lib/core/units.ts';
import type { ControlCommand, RulingCommand } from '../../src/lib/sim/control.ts';
import { closeMarket } from '../../src/lib/sim/exchange/lifecycle.ts';
import {
  cash,
  factsOf,
  NOBODY_PAYS,
  order,
  price,
  refusal,
  type SmallWorldOptions,
  smallWorld,
  TICKER,
} from './support/small-world.ts';

const TIMER_SECONDS = 60;

/** Ann is long 10 at 40 ¢, Bob short; the market has closed and nothing is known yet. */
function closedWorld(options: SmallWorldOptions = {}) {
  const small = smallWorld({ fees: NOBODY_PAYS, settlementTimerSeconds: TIMER_SECONDS, ...options });
  small.world.create('bob', order('ask', 40, 10));
  small.world.create('ann', order('bid', 40, 10));
  closeMarket(small.exchange, small.listing);
  small.world.drain();
  return small;
}

type World = ReturnType<typeof closedWorld>['world'];

function rule(world: World, action: 'determine' | 'amend_result', said: Omit<RulingCommand, 'ticker'>) {
  return world.control({ action, ticker: TICKER, ...said });
}

function dispute(world: World) {
  return world.control({ action: 'dispute', ticker: TICKER });
}

function waitSeconds(world: World, seconds: number): void {
  world.advanceTo(epochMs(world.now + seconds * 1_000));
}

function statusOf(world: World) {
  return world.market(TICKER)?.market.status;
}

function rows(world: World, accountId: string) {
  return world.settlements(accountId).map(({ result, value, revenue, yesCost, fees }) => {
    return { result, value, revenue, cost: yesCost, fees };
  });
}

describe('a result on request', () => {
  it('is paid when the settlement timer has run, not before', () => {
    const { world } = closedWorld();
    expect(rule(world, 'determine', { result: 'yes' })).toEqual({ kind: 'done' });
    expect(statusOf(world)).toBe('determined');
    waitSeconds(world, TIMER_SECONDS - 1);
    expect(cash(world, 'ann')).toBe(996);
    waitSeconds(world, 1);
    expect(statusOf(world)).toBe('finalized');
    expect([cash(world, 'ann'), cash(world, 'bob')]).toEqual([1_006, 994]);
  });

  it('may be scalar: each side gets its part of the dollar', () => {
    const { world } = closedWorld();
    rule(world, 'determine', { result: 'scalar', value: price(25), expirationValue: '0.25' });
    waitSeconds(world, TIMER_SECONDS);
    expect([cash(world, 'ann'), cash(world, 'bob')]).toEqual([998.5, 1_001.5]);
    expect(rows(world, 'ann')).toEqual([
      { result: 'scalar', value: 2_500, revenue: 2_500_000, cost: 4_000_000, fees: 0 },
    ]);
  });

  it('void pays the last traded price, or half a dollar where nothing traded', () => {
    const { world } = closedWorld();
    rule(world, 'determine', { result: 'void' });
    waitSeconds(world, TIMER_SECONDS);
    expect([cash(world, 'ann'), cash(world, 'bob')]).toEqual([1_000, 1_000]);
    const untraded = smallWorld();
    closeMarket(untraded.exchange, untraded.listing);
    untraded.world.control({ action: 'determine', ticker: TICKER, result: 'void' });
    expect(untraded.world.market(TICKER)).toMatchObject({ result: 'scalar', settlementValue: 5_000 });
  });

  it.each<[string, Omit<RulingCommand, 'ticker'>]>([
    ['a scalar without a value', { result: 'scalar' }],
    ['a value with a plain result', { result: 'yes', value: price(50) }],
  ])('is refused as %s', (_, said) => {
    const { world } = closedWorld();
    expect(refusal(rule(world, 'determine', said))).toContain('settlement_value');
    expect(statusOf(world)).toBe('closed');
  });

  it('is refused before the close and once there is one; a dispute or an amendment needs one', () => {
    const open = smallWorld().world;
    expect(refusal(rule(open, 'determine', { result: 'yes' }))).toContain('active');
    const { world } = closedWorld();
    expect(refusal(dispute(world))).toContain('cannot be disputed');
    expect(refusal(rule(world, 'amend_result', { result: 'yes' }))).toContain('cannot be amended');
    rule(world, 'determine', { result: 'yes' });
    expect(refusal(rule(world, 'determine', { result: 'no' }))).toContain('cannot be determined');
    dispute(world);
    expect(refusal(dispute(world))).toContain('cannot be disputed');
  });
});

describe('a disputed result', () => {
  it('stops the timer; the amendment starts it anew and is what is paid, once', () => {
    const { world } = closedWorld();
    rule(world, 'determine', { result: 'yes' });
    waitSeconds(world, 30);
    dispute(world);
    waitSeconds(world, 3 * 86_400);
    expect(statusOf(world)).toBe('disputed');
    expect(cash(world, 'ann')).toBe(996);
    rule(world, 'amend_result', { result: 'no' });
    expect(statusOf(world)).toBe('amended');
    waitSeconds(world, TIMER_SECONDS);
    expect(statusOf(world)).toBe('finalized');
    expect([cash(world, 'ann'), cash(world, 'bob')]).toEqual([996, 1_004]);
    expect(rows(world, 'ann')).toHaveLength(1);
    const told = factsOf(world.drain(), 'lifecycle').map(({ change }) => change);
    expect(told).toEqual(['determined', 'determined', 'settled']);
  });

  it('that had been paid is made good by the difference, as a second row without cost or fee', () => {
    const { world } = closedWorld();
    rule(world, 'determine', { result: 'yes' });
    waitSeconds(world, TIMER_SECONDS);
    dispute(world);
    rule(world, 'amend_result', { result: 'scalar', value: price(30) });
    expect(cash(world, 'ann')).toBe(1_006);
    waitSeconds(world, TIMER_SECONDS);
    expect([cash(world, 'ann'), cash(world, 'bob')]).toEqual([999, 1_001]);
    expect(rows(world, 'ann')).toEqual([
      { result: 'yes', value: 10_000, revenue: 10_000_000, cost: 4_000_000, fees: 0 },
      { result: 'scalar', value: 3_000, revenue: -7_000_000, cost: 0, fees: 0 },
    ]);
    expect(rows(world, 'bob').map(({ revenue }) => revenue)).toEqual([0, 7_000_000]);
  });

  it('upheld after payment changes nothing and makes no row', () => {
    const { world } = closedWorld();
    rule(world, 'determine', { result: 'yes' });
    waitSeconds(world, TIMER_SECONDS);
    rule(world, 'amend_result', { result: 'yes' });
    waitSeconds(world, TIMER_SECONDS);
    expect(rows(world, 'ann')).toHaveLength(1);
    expect(statusOf(world)).toBe('finalized');
  });

  it('leaves who has moved the money away in debt: no orders until it is paid', () => {
    const { world } = closedWorld();
    rule(world, 'determine', { result: 'yes' });
    waitSeconds(world, TIMER_SECONDS);
    world.transfer('ann', 2, 0, 1_006_000_000 as never);
    rule(world, 'amend_result', { result: 'no' });
    waitSeconds(world, TIMER_SECONDS);
    expect(world.balance('ann')).toEqual([
      { shard: 0, cash: 1_006_000_000 },
      { shard: 2, cash: -10_000_000 },
    ]);
    expect(refusal(world.transfer('ann', 2, 0, 1 as never))).toBe('400 insufficient_balance');
    world.transfer('ann', 0, 2, 10_000_000 as never);
    expect(world.balance('ann').map(({ cash: held }) => held)).toEqual([996_000_000, 0]);
  });
});

describe('what an operator asks', () => {
  it.each<ControlCommand>([
    { action: 'close_early', ticker: 'KXNONE' },
    { action: 'dispute', ticker: 'KXNONE' },
    { action: 'describe', ticker: 'KXNONE', title: 'None' },
  ])('of a market that is not there is refused ($action)', (command) => {
    expect(refusal(smallWorld().world.control(command))).toBe('404 market_not_found');
  });
});
