import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/lib/core/units.ts';
import {
  accepted,
  bookText,
  cash,
  contractsOf,
  dollars,
  FOK,
  factsOf,
  IOC,
  NOBODY_PAYS,
  order,
  position,
  price,
  refusal,
  SHARD,
  START,
  smallWorld,
  TICKER,
} from './support/small-world.ts';

const POST_ONLY = { isPostOnly: true } as const;

describe('a new order', () => {
  it('rests, moves its level, and is told to its owner', () => {
    const { world } = smallWorld();
    const result = world.create('ann', order('bid', 45, 10, { clientOrderId: 'a1' }));
    expect(result).toMatchObject({
      kind: 'created',
      filled: 0,
      order: { status: 'resting', remaining: 1_000, initial: 1_000 },
    });
    expect(bookText(world)).toBe('45×10 |');
    const facts = world.drain();
    expect(factsOf(facts, 'level')).toEqual([
      {
        type: 'level',
        at: START,
        ticker: TICKER,
        side: 'bid',
        price: 4_500,
        delta: 1_000,
        accountId: 'ann',
        clientOrderId: 'a1',
      },
    ]);
    expect(factsOf(facts, 'order').map((fact) => fact.order.status)).toEqual(['resting']);
    expect(world.orders('ann')).toHaveLength(1);
  });

  it('trades with the best price first, then first come first, at the makers’ prices', () => {
    const { world } = smallWorld({ fees: NOBODY_PAYS });
    const first = accepted(world.create('ann', order('ask', 50, 5)));
    const better = accepted(world.create('bob', order('ask', 49, 5)));
    const second = accepted(world.create('bob', order('ask', 50, 5)));
    world.drain();
    const result = world.create('cat', order('bid', 55, 12));
    expect(result).toMatchObject({
      filled: 1_200,
      averagePrice: 495_833,
      averageFee: 0,
      order: { status: 'executed' },
    });
    const left = [first, better, second].map(({ accountId, orderId }) => world.order(accountId, orderId)?.remaining);
    expect(left).toEqual([0, 0, 300]);
    const prints = factsOf(world.drain(), 'trade');
    expect(prints.map((fact) => [fact.price, fact.size, fact.takerSide])).toEqual([
      [4_900, 500, 'bid'],
      [5_000, 500, 'bid'],
      [5_000, 200, 'bid'],
    ]);
    expect(world.trades(TICKER)).toEqual(prints);
    expect(bookText(world)).toBe('| 50×3');
    expect([position(world, 'ann'), position(world, 'bob'), position(world, 'cat')]).toEqual([-5, -7, 12]);
    expect(cash(world, 'cat')).toBeCloseTo(1_000 - 5 * 0.49 - 7 * 0.5, 10);
  });

  it('tells of a trade in the order: print, level, taker’s and maker’s fill, orders', () => {
    const { world } = smallWorld();
    world.create('ann', order('ask', 50, 5));
    world.drain();
    world.create('bob', order('bid', 50, 2, IOC));
    const told = world.drain().map((fact) => (fact.type === 'fill' ? `fill ${fact.fill.accountId}` : fact.type));
    expect(told).toEqual(['trade', 'level', 'fill bob', 'position', 'fill ann', 'position', 'order', 'order']);
  });

  it('rests what a crossing order could not fill', () => {
    const { world } = smallWorld();
    world.create('ann', order('ask', 50, 5));
    const result = accepted(world.create('bob', order('bid', 51, 8)));
    expect([result.status, result.filled, result.remaining, result.reason]).toEqual(['resting', 500, 300, 'Trade']);
    expect(bookText(world)).toBe('51×3 |');
  });

  it('immediate-or-cancel takes what is there; the rest is cancelled and 0.00 remains', () => {
    const { world } = smallWorld();
    world.create('ann', order('ask', 50, 5));
    expect(accepted(world.create('bob', order('bid', 50, 8, IOC)))).toMatchObject({
      status: 'canceled',
      filled: 500,
      remaining: 0,
    });
    const nothing = world.create('bob', order('bid', 50, 8, IOC));
    expect(nothing).toMatchObject({ kind: 'created', filled: 0, order: { status: 'canceled', remaining: 0 } });
    expect(nothing).not.toHaveProperty('averagePrice');
    expect(bookText(world)).toBe('|');
  });

  it('fill-or-kill fills whole or is refused without a trace', () => {
    const { world } = smallWorld();
    world.create('ann', order('ask', 50, 5));
    world.create('ann', order('ask', 52, 5));
    const code = '400 fill_or_kill_insufficient_resting_volume';
    expect(refusal(world.create('bob', order('bid', 51, 6, { ...FOK, clientOrderId: 'k' })))).toBe(code);
    expect(bookText(world)).toBe('| 50×5 52×5');
    expect(accepted(world.create('bob', order('bid', 52, 6, { ...FOK, clientOrderId: 'k' }))).status).toBe('executed');
  });

  it('fill-or-kill does not count on orders of its own account', () => {
    const { world } = smallWorld();
    world.create('ann', order('ask', 50, 5));
    world.create('bob', order('ask', 51, 5));
    const asked = order('bid', 51, 5, FOK);
    expect(refusal(world.create('ann', asked))).toContain('fill_or_kill');
    expect(accepted(world.create('ann', { ...asked, selfTradePrevention: 'maker' })).status).toBe('executed');
  });
});

describe('memory is bounded', () => {
  it('of an account’s ended orders the newest 5,000 are kept, and all that rest', () => {
    const { world } = smallWorld({ fees: NOBODY_PAYS });
    const oldest = accepted(world.create('ann', order('bid', 1, 1)));
    const second = accepted(world.create('ann', order('bid', 45, 1, IOC)));
    for (let count = 0; count < 5_000; count += 1) world.create('ann', order('bid', 45, 1, IOC));
    expect(world.order('ann', oldest.orderId)?.status).toBe('resting');
    expect(world.order('ann', second.orderId)).toBeUndefined();
    expect(refusal(world.cancel('ann', second.orderId))).toBe('404 not_found');
    expect(world.orders('ann')).toHaveLength(5_001);
  });

  it('a client’s id is taken until 20,000 newer ones have come', () => {
    const { world } = smallWorld({ fees: NOBODY_PAYS });
    const named = (id: number) => world.create('ann', order('bid', 45, 1, { ...IOC, clientOrderId: `name-${id}` }));
    for (let id = 0; id < 20_000; id += 1) named(id);
    expect(refusal(named(0))).toBe('409 order_already_exists');
    named(20_000);
    expect(named(0).kind).toBe('created');
    expect(refusal(named(2))).toBe('409 order_already_exists');
  });

  it('of the public prints the newest 5,000', () => {
    const { world } = smallWorld({ fees: NOBODY_PAYS });
    world.create('ann', order('ask', 50, 300));
    for (let count = 0; count < 6_500; count += 1) world.create('bob', order('bid', 50, 0.01, IOC));
    expect(world.trades()).toHaveLength(5_000);
    expect(world.trades('KXNONE')).toEqual([]);
  });
});

describe('post-only', () => {
  it('is refused where it would cross, and nothing is placed', () => {
    const { world } = smallWorld();
    world.create('ann', order('ask', 50, 5));
    expect(refusal(world.create('bob', order('bid', 50, 5, POST_ONLY)))).toBe('400 invalid_order: post only cross');
    expect(world.orders('bob')).toEqual([]);
    expect(accepted(world.create('bob', order('bid', 49, 5, POST_ONLY))).isPostOnly).toBe(true);
  });

  it('or, as the changelog has it, is accepted and a moment later cancelled', () => {
    const { world } = smallWorld({ rules: { postOnlyCross: 'cancel' } });
    world.create('ann', order('ask', 50, 5));
    world.drain();
    const result = accepted(world.create('bob', order('bid', 50, 5, POST_ONLY)));
    expect([result.status, result.remaining]).toEqual(['resting', 500]);
    expect(bookText(world)).toBe('| 50×5');
    world.advanceTo(START);
    const told = factsOf(world.drain(), 'order').map(({ order: { status, reason } }) => [status, reason]);
    expect(told).toEqual([
      ['resting', undefined],
      ['canceled', 'PostOnlyCrossCancel'],
    ]);
    expect(world.order('bob', result.orderId)).toMatchObject({ status: 'canceled', remaining: 0 });
  });

  it('makes no sense with an order that does not rest', () => {
    const { world } = smallWorld();
    expect(refusal(world.create('bob', order('bid', 50, 5, { ...POST_ONLY, ...IOC })))).toContain('invalid_order');
  });
});

describe('self-trade prevention', () => {
  it('taker_at_cross cancels the incoming order where it meets the own one, after what came before', () => {
    const { world } = smallWorld();
    world.create('bob', order('ask', 49, 2));
    world.create('ann', order('ask', 50, 5));
    const result = accepted(world.create('ann', order('bid', 52, 9)));
    expect([result.status, result.filled, result.remaining, result.reason]).toEqual([
      'canceled',
      200,
      0,
      'SelfTradeCancel',
    ]);
    expect(bookText(world)).toBe('| 50×5');
  });

  it('maker cancels the resting order and the incoming one goes on', () => {
    const { world } = smallWorld();
    const own = accepted(world.create('ann', order('ask', 50, 5)));
    world.create('bob', order('ask', 51, 3));
    const result = accepted(world.create('ann', order('bid', 52, 9, { selfTradePrevention: 'maker' })));
    expect([result.filled, result.remaining, result.status]).toEqual([300, 600, 'resting']);
    expect(world.order('ann', own.orderId)).toMatchObject({ status: 'canceled', reason: 'SelfTradeCancel' });
    expect(bookText(world)).toBe('52×6 |');
  });
});

describe('reduce-only', () => {
  it('is for immediate-or-cancel and trades no more than closes the position', () => {
    const { world } = smallWorld();
    world.create('ann', order('ask', 50, 5));
    world.create('bob', order('bid', 50, 5));
    world.create('cat', order('bid', 48, 20));
    const reduceOnly = { isReduceOnly: true } as const;
    expect(refusal(world.create('bob', order('ask', 48, 9, reduceOnly)))).toContain('reduce only');
    const result = accepted(world.create('bob', order('ask', 48, 9, { ...IOC, ...reduceOnly })));
    expect([result.filled, result.status]).toEqual([500, 'executed']);
    expect(position(world, 'bob')).toBe(0);
  });

  it('with nothing to reduce is accepted and cancelled', () => {
    const { world } = smallWorld();
    world.create('cat', order('bid', 48, 20));
    const result = accepted(world.create('bob', order('ask', 48, 9, { ...IOC, isReduceOnly: true })));
    expect([result.filled, result.remaining, result.status, result.reason]).toEqual([
      0,
      0,
      'canceled',
      'ReduceOnlyCancel',
    ]);
  });
});

describe('expiry', () => {
  const seconds = START / 1_000 + 30;

  it('cancels what rests when its second comes', () => {
    const { world } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10, { expiresAtSeconds: seconds })));
    world.advanceTo(epochMs(seconds * 1_000 - 1));
    expect(world.order('ann', orderId)?.status).toBe('resting');
    world.drain();
    world.advanceTo(epochMs(seconds * 1_000));
    expect(world.order('ann', orderId)).toMatchObject({ status: 'canceled', reason: 'ExpiryCancel', remaining: 0 });
    expect(factsOf(world.drain(), 'level').map((fact) => fact.delta)).toEqual([-1_000]);
  });

  it('is refused when past, fractional, or on an order that does not rest', () => {
    const { world } = smallWorld();
    const now = START / 1_000;
    expect(refusal(world.create('ann', order('bid', 45, 1, { expiresAtSeconds: now })))).toContain('in the future');
    expect(refusal(world.create('ann', order('bid', 45, 1, { expiresAtSeconds: now + 1.5 })))).toContain(
      '400 bad_request',
    );
    const ioc = order('bid', 45, 1, { ...IOC, expiresAtSeconds: seconds });
    expect(refusal(world.create('ann', ioc))).toContain('400 invalid_order');
  });
});

describe('what is wrong with an order is said in the exchange’s words', () => {
  const { world, listing } = smallWorld({ cash: 10 });
  const wrong = (change: Partial<Parameters<typeof world.create>[1]>) =>
    refusal(world.create('ann', { ...order('bid', 45, 1), ...change }));

  it('unknown market, or another shard than its own', () => {
    expect(wrong({ ticker: 'KXNONE' })).toBe('404 market_not_found');
    expect(wrong({ shard: SHARD + 1 })).toBe('404 market_not_found');
    expect(accepted(world.create('ann', order('bid', 1, 1, { shard: SHARD }))).shard).toBe(SHARD);
  });

  it('off the grid, at the ends, or no price', () => {
    expect(wrong({ price: price(45.5) })).toBe('400 invalid_price');
    for (const cents of [0, 100, 9.95]) expect(wrong({ price: price(cents) })).toBe('400 invalid_price');
    expect(accepted(world.create('ann', order('bid', 9.9, 1))).price).toBe(990);
  });

  it('no size', () => {
    expect(wrong({ size: contractsOf(0) })).toBe('400 invalid_order_size');
    expect(wrong({ size: contractsOf(-1) })).toBe('400 invalid_order_size');
  });

  it('more than the shard’s cash', () => {
    expect(wrong({ size: contractsOf(100) })).toBe('400 insufficient_balance');
  });

  it('an id that was ever used by the account, by whatever became of its order', () => {
    const used = accepted(world.create('ann', order('bid', 1, 1, { clientOrderId: 'once' })));
    world.cancel('ann', used.orderId);
    expect(wrong({ clientOrderId: 'once' })).toBe('409 order_already_exists');
    expect(accepted(world.create('bob', order('bid', 1, 1, { clientOrderId: 'once' }))).clientOrderId).toBe('once');
  });

  it('an id of a refused order was not used', () => {
    expect(wrong({ clientOrderId: 'twice', size: contractsOf(0) })).toBe('400 invalid_order_size');
    expect(accepted(world.create('ann', order('bid', 1, 1, { clientOrderId: 'twice' }))).status).toBe('resting');
  });

  it('a group that is not there', () => {
    expect(wrong({ groupId: 'no-such' })).toBe('404 not_found: order group not found');
  });

  it('a market that does not trade', () => {
    listing.market = { ...listing.market, status: 'initialized' };
    expect(wrong({})).toBe('400 MARKET_INACTIVE');
  });
});

describe('accounts', () => {
  it('opened twice are opened once', () => {
    const { world } = smallWorld();
    world.openAccount('ann', [{ shard: 0, cash: dollars(5) }]);
    expect(world.balance('ann')).toEqual([{ shard: SHARD, cash: dollars(1_000) }]);
  });

  it('move cash between shards, as far as no order needs it', () => {
    const { world } = smallWorld({ cash: 10, fees: NOBODY_PAYS });
    world.create('ann', order('bid', 50, 10));
    expect(refusal(world.transfer('ann', SHARD, 0, dollars(5.01)))).toBe('400 insufficient_balance');
    expect(world.transfer('ann', SHARD, 0, dollars(4.99))).toMatchObject({ from: SHARD, to: 0, amount: 4_990_000 });
    expect(world.balance('ann')).toEqual([
      { shard: 0, cash: dollars(4.99) },
      { shard: SHARD, cash: dollars(5.01) },
    ]);
    expect(refusal(world.transfer('ann', SHARD, 9, dollars(1)))).toContain('bad_request');
    expect(refusal(world.transfer('ann', 0, SHARD, dollars(-1)))).toContain('bad_request');
  });

  it('comes from outside and goes there in whole cents, no more of it than no order needs', () => {
    const { world } = smallWorld({ fees: NOBODY_PAYS });
    world.create('ann', order('bid', 50, 10));
    expect(world.deposit('ann', SHARD, dollars(7.13))).toMatchObject({ shard: SHARD, amount: 7_130_000 });
    expect(cash(world, 'ann')).toBe(1_007.13);
    expect(refusal(world.withdraw('ann', SHARD, dollars(1_002.14)))).toBe('400 insufficient_balance');
    expect(world.withdraw('ann', SHARD, dollars(1_002))).toMatchObject({ amount: 1_002_000_000 });
    expect([world.deposits('ann').at(-1)?.amount, world.withdrawals('ann').length]).toEqual([7_130_000, 1]);
    expect(refusal(world.deposit('ann', 9, dollars(1)))).toContain('unknown exchange shard');
    const unlisted = { action: 'move_cash', accountId: 'ann', shard: SHARD, as: 'unlisted' } as const;
    expect(world.control({ ...unlisted, amount: dollars(0.01) })).toEqual({ kind: 'done' });
    expect(cash(world, 'ann')).toBe(5.14);
  });

  it('cannot take the name of the world’s own flow, and an unknown one is our mistake', () => {
    const { world } = smallWorld();
    expect(() => world.openAccount('world/noise', [])).toThrow('own flow');
    expect(() => world.orders('nobody')).toThrow('account nobody is open');
  });
});
