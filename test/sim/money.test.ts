import { describe, expect, it } from 'vitest';
import { centicents, epochMs, microdollars, PRICE_ONE, PRICE_ZERO } from '../../src/lib/core/units.ts';
import { moveCash } from '../../src/lib/sim/exchange/account.ts';
import { closeMarket } from '../../src/lib/sim/exchange/lifecycle.ts';
import type { Account } from '../../src/lib/sim/exchange/records.ts';
import { determineMarket } from '../../src/lib/sim/exchange/settlement.ts';
import {
  accepted,
  cash,
  dollars,
  IOC,
  NOBODY_PAYS,
  order,
  position,
  refusal,
  SHARD,
  START,
  smallWorld,
} from './support/small-world.ts';

describe('a fill changes cash', () => {
  it('by price × size and the taker’s fee; makers of a quadratic series are free', () => {
    const { world, exchange } = smallWorld();
    world.create('ann', order('ask', 50, 10));
    world.create('bob', order('bid', 50, 10, IOC));
    expect(cash(world, 'bob')).toBe(1_000 - 5 - 0.175);
    expect(cash(world, 'ann')).toBe(1_000 - 5);
    expect(exchange.feesCollected).toBe(dollars(0.175));
    expect(world.fills('bob')).toMatchObject([{ fee: 175_000, isTaker: true, positionAfter: 1_000, side: 'bid' }]);
    expect(world.fills('ann')).toMatchObject([{ fee: 0, isTaker: false, positionAfter: -1_000, side: 'ask' }]);
  });

  it('to the balance step, against the trader, and gives back by order what rounding took over one unit', () => {
    const direct = smallWorld().world;
    direct.create('ann', order('ask', 5.5, 1));
    direct.create('bob', order('bid', 5.5, 1, IOC));
    expect(cash(direct, 'bob')).toBe(1_000 - 0.0587);

    const broker = smallWorld({ rules: { balanceStep: microdollars(10_000) } }).world;
    broker.create('ann', order('ask', 5.5, 1));
    broker.create('bob', order('bid', 5.5, 1, IOC));
    expect(cash(broker, 'bob')).toBe(1_000 - 0.06);

    const many = smallWorld({ rules: { balanceStep: microdollars(10_000) } }).world;
    for (let count = 0; count < 10; count += 1) many.create('ann', order('ask', 50, 1));
    const taker = accepted(many.create('bob', order('bid', 50, 10, IOC)));
    expect(taker.takerFees).toBe(180_000);
    expect(cash(many, 'bob')).toBe(1_000 - 5 - 0.18);
    const fees = many.fills('bob').map((fill) => fill.fee / 10_000);
    expect(fees).toEqual([2, 2, 2, 2, 1, 2, 2, 2, 1, 2]);
  });

  it('of a seller who is short by locking a dollar for every contract, and releases it when the short is closed', () => {
    const { world } = smallWorld({ fees: NOBODY_PAYS });
    world.create('ann', order('ask', 30, 10));
    world.create('bob', order('bid', 30, 10));
    expect([cash(world, 'ann'), position(world, 'ann')]).toEqual([1_000 - 7, -10]);
    world.create('bob', order('ask', 20, 10));
    world.create('ann', order('bid', 20, 10));
    expect([cash(world, 'ann'), position(world, 'ann')]).toEqual([1_000 + 1, 0]);
    expect(cash(world, 'bob')).toBe(1_000 - 1);
  });
});

describe('collateral', () => {
  it('of a bid is its price, of an ask what is left of a dollar, each with the largest taker fee', () => {
    const { world } = smallWorld({ cash: 5.1751 });
    expect(accepted(world.create('ann', order('bid', 50, 10))).status).toBe('resting');
    expect(accepted(world.create('bob', order('ask', 50, 10))).filled).toBe(1_000);
    const poorer = smallWorld({ cash: 5.17 }).world;
    expect(refusal(poorer.create('ann', order('bid', 50, 10)))).toBe('400 insufficient_balance');
    expect(refusal(poorer.create('ann', order('ask', 50, 10)))).toBe('400 insufficient_balance');
    expect(accepted(poorer.create('ann', order('ask', 60, 10))).status).toBe('resting');
  });

  it('counts every resting order, in both directions', () => {
    const { world } = smallWorld({ cash: 10, fees: NOBODY_PAYS });
    world.create('ann', order('bid', 40, 10));
    expect(accepted(world.create('ann', order('ask', 60, 10))).status).toBe('resting');
    expect(refusal(world.create('ann', order('bid', 30, 10)))).toBe('400 insufficient_balance');
    expect(accepted(world.create('ann', order('bid', 19, 10))).status).toBe('resting');
  });

  it('is not asked for what closes a position, the best-priced orders closing first', () => {
    const { world } = smallWorld({ cash: 10, fees: NOBODY_PAYS });
    world.openAccount('rich', [{ shard: SHARD, cash: dollars(1_000) }]);
    world.create('rich', order('bid', 10, 11));
    accepted(world.create('ann', order('ask', 10, 11)));
    expect([cash(world, 'ann'), position(world, 'ann')]).toEqual([0.1, -11]);
    expect(accepted(world.create('ann', order('bid', 90, 11))).status).toBe('resting');
    expect(refusal(world.create('ann', order('bid', 5, 3)))).toBe('400 insufficient_balance');
    expect(accepted(world.create('ann', order('bid', 4, 2))).status).toBe('resting');
  });

  it('is asked of a resting order that would no longer close, when a better-priced one closes in its place', () => {
    const { world } = smallWorld({ cash: 10, fees: NOBODY_PAYS });
    world.openAccount('rich', [{ shard: SHARD, cash: dollars(1_000) }]);
    world.create('rich', order('ask', 90, 11));
    world.create('ann', order('bid', 90, 11));
    expect(position(world, 'ann')).toBe(11);
    expect(accepted(world.create('ann', order('ask', 95, 11))).status).toBe('resting');
    expect(refusal(world.create('ann', order('ask', 94, 11)))).toBe('400 insufficient_balance');
    expect(accepted(world.create('ann', order('ask', 94, 1))).status).toBe('resting');
  });

  it('that was withdrawn by hand is missed at the fill: the order is cancelled (MarginCancel), the other goes on', () => {
    const { world, exchange } = smallWorld({ cash: 10, fees: NOBODY_PAYS });
    const poor = accepted(world.create('ann', order('bid', 60, 10)));
    world.create('bob', order('bid', 59, 10));
    moveCash(exchange.accounts.get('ann') as Account, SHARD, dollars(-5));
    const taker = accepted(world.create('cat', order('ask', 59, 9, IOC)));
    expect(world.order('ann', poor.orderId)).toMatchObject({ status: 'canceled', reason: 'MarginCancel', filled: 0 });
    expect([taker.filled, taker.takerCost]).toEqual([900, 3_690_000]);
  });
});

describe('a position', () => {
  it('keeps what its contracts cost, each at the price of its own side, and what was realized', () => {
    const { world } = smallWorld({ fees: NOBODY_PAYS });
    world.create('ann', order('ask', 40, 10));
    world.create('ann', order('ask', 50, 10));
    world.create('bob', order('bid', 50, 20));
    expect(world.positions('bob')).toMatchObject([
      { position: 2_000, exposure: 9_000_000, realized: 0, traded: 9_000_000 },
    ]);
    expect(world.positions('ann')).toMatchObject([{ position: -2_000, exposure: 11_000_000, realized: 0 }]);
    world.create('cat', order('bid', 60, 5));
    world.create('bob', order('ask', 60, 5));
    expect(world.positions('bob')).toMatchObject([{ position: 1_500, exposure: 6_750_000, realized: 750_000 }]);
    world.create('cat', order('bid', 55, 25));
    world.create('bob', order('ask', 55, 25));
    expect(world.positions('bob')).toMatchObject([
      { position: -1_000, exposure: 4_500_000, realized: 750_000 + 1_500_000 },
    ]);
  });

  it('divides its cost exactly, however large it is', () => {
    const { world } = smallWorld({ fees: NOBODY_PAYS, cash: 20_000_000 });
    world.create('ann', order('ask', 33, 9_000_000));
    world.create('bob', order('bid', 33, 9_000_000));
    world.create('cat', order('bid', 33, 3_000_000.01));
    world.create('bob', order('ask', 33, 3_000_000.01));
    expect(world.positions('bob')).toMatchObject([{ realized: 0, exposure: 33 * 599_999_999 * 100 }]);
  });

  it('stays listed when it is closed, with what was traded', () => {
    const { world } = smallWorld();
    world.create('ann', order('ask', 40, 10));
    world.create('bob', order('bid', 40, 10));
    world.create('bob', order('ask', 39, 10));
    world.create('ann', order('bid', 39, 10));
    expect(world.positions('ann')).toMatchObject([{ position: 0, exposure: 0, traded: 9_900_000 }]);
  });
});

describe('settlement', () => {
  function settled(value: number, result: 'yes' | 'no' | 'scalar') {
    const { world, exchange, listing } = smallWorld({ fees: NOBODY_PAYS, settlementTimerSeconds: 60 });
    world.create('ann', order('ask', 40, 10));
    world.create('bob', order('bid', 40, 10));
    world.create('cat', order('bid', 30, 1));
    closeMarket(exchange, listing);
    determineMarket(exchange, listing, { result, value: centicents(value), expirationValue: '85000.12' });
    world.advanceTo(epochMs(START + 59_999));
    expect(world.settlements('bob')).toEqual([]);
    world.advanceTo(epochMs(START + 60_000));
    return world;
  }

  it('pays long and short, releases what was locked, and leaves no position', () => {
    const yes = settled(PRICE_ONE, 'yes');
    expect([cash(yes, 'bob'), cash(yes, 'ann'), cash(yes, 'cat')]).toEqual([1_006, 994, 1_000]);
    const no = settled(PRICE_ZERO, 'no');
    expect([cash(no, 'bob'), cash(no, 'ann')]).toEqual([996, 1_004]);
    const scalar = settled(7_550, 'scalar');
    expect([cash(scalar, 'bob'), cash(scalar, 'ann')]).toEqual([1_003.55, 996.45]);
    expect(scalar.positions('bob')).toEqual([]);
  });

  it('leaves a row with counts, costs and revenue for those who held something', () => {
    const world = settled(PRICE_ZERO, 'no');
    expect(world.settlements('bob')).toMatchObject([
      { result: 'no', value: 0, yesCount: 1_000, yesCost: 4_000_000, noCount: 0, noCost: 0, revenue: 0 },
    ]);
    expect(world.settlements('ann')).toMatchObject([
      { yesCount: 0, yesCost: 0, noCount: 1_000, noCost: 6_000_000, revenue: 10_000_000, settledAt: START + 60_000 },
    ]);
    expect(world.settlements('cat')).toEqual([]);
  });
});
