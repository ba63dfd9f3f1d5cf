import { describe, expect, it } from 'vitest';
import { epochMs, PRICE_ONE } from '../../src/lib/core/units.ts';
import { closeMarket, describeMarket, listMarket } from '../../src/lib/sim/exchange/lifecycle.ts';
import { MatchedBook } from '../../src/lib/sim/exchange/matched-book.ts';
import { determineMarket } from '../../src/lib/sim/exchange/settlement.ts';
import {
  accepted,
  bookText,
  contractsOf,
  factsOf,
  order,
  price,
  refusal,
  SHARD,
  START,
  smallWorld,
  TICKER,
} from './support/small-world.ts';

const YES = { result: 'yes', value: PRICE_ONE, expirationValue: '85000.12' } as const;

describe('a market’s life', () => {
  it('is told when listed, described, determined and settled, and not at open and close', () => {
    const { world, exchange, listing } = smallWorld({ settlementTimerSeconds: 1 });
    const other = listMarket(exchange, {
      ...listing,
      market: { ...listing.market, ticker: 'KXOTHER' },
      book: new MatchedBook(),
    });
    expect(other.market.status).toBe('initialized');
    describeMarket(exchange, listing, { strike: { type: 'greater_or_equal', floor: 5 } });
    closeMarket(exchange, listing);
    determineMarket(exchange, listing, YES);
    world.advanceTo(epochMs(START + 1_000));
    const told = factsOf(world.drain(), 'lifecycle').map(({ ticker, change }) => `${ticker} ${change}`);
    expect(told).toEqual([
      'KXOTHER created',
      `${TICKER} metadata_updated`,
      `${TICKER} determined`,
      `${TICKER} settled`,
    ]);
    expect(world.market(TICKER)).toMatchObject({
      market: { status: 'finalized', strike: { floor: 5 } },
      result: 'yes',
      settlementValue: 10_000,
      expirationValue: '85000.12',
      settledAt: START + 1_000,
    });
  });

  it('at the close the exchange cancels what rests and sends the book empty, in one word', () => {
    const { world, exchange, listing } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
    world.drain();
    closeMarket(exchange, listing);
    expect(world.order('ann', orderId)).toMatchObject({ status: 'canceled', reason: 'CloseCancel' });
    expect(bookText(world)).toBe('|');
    expect(world.drain().map((fact) => fact.type)).toEqual(['book', 'order']);
  });

  it('after the close every order call is MARKET_INACTIVE, cancel included', () => {
    const { world, exchange, listing } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
    closeMarket(exchange, listing);
    const inactive = '400 MARKET_INACTIVE';
    expect(refusal(world.create('ann', order('bid', 45, 10)))).toBe(inactive);
    expect(refusal(world.cancel('ann', orderId))).toBe(inactive);
    expect(refusal(world.decrease('ann', orderId, { to: contractsOf(1) }))).toBe(inactive);
    const change = { ticker: TICKER, side: 'bid', price: price(44), count: contractsOf(1) } as const;
    expect(refusal(world.amend('ann', orderId, change))).toBe(inactive);
  });

  it('keeps the newest 200 markets that are over and forgets the rest', () => {
    const { world, exchange, listing } = smallWorld({ settlementTimerSeconds: 0 });
    for (let count = 0; count < 202; count += 1) {
      const next = listMarket(exchange, {
        ...listing,
        market: { ...listing.market, ticker: `K${count}` },
        book: new MatchedBook(),
      });
      closeMarket(exchange, next);
      determineMarket(exchange, next, YES);
      world.advanceTo(world.now);
    }
    listMarket(exchange, { ...listing, market: { ...listing.market, ticker: 'KLAST' }, book: new MatchedBook() });
    expect(world.market('K1')).toBeUndefined();
    expect(world.market('K2')?.market.status).toBe('finalized');
    expect(world.markets()).toHaveLength(202);
  });

  it('has totals: volume, last trade, open interest', () => {
    const { world } = smallWorld();
    world.create('ann', order('ask', 40, 10));
    world.create('bob', order('bid', 40, 10));
    world.create('bob', order('ask', 41, 4));
    world.create('cat', order('bid', 41, 4));
    world.create('ann', order('bid', 39, 1));
    world.create('bob', order('ask', 39, 1));
    expect(world.market(TICKER)?.stats).toEqual({
      lastPrice: 3_900,
      lastSize: 100,
      volume: 1_500,
      openInterest: 900,
      dollarVolume: 4_000_000 + 1_640_000 + 390_000,
    });
  });

  it('says that totals or top changed once a second at most, on the second', () => {
    const { world } = smallWorld();
    world.advanceTo(epochMs(START + 400));
    world.drain();
    world.create('ann', order('bid', 45, 10));
    world.create('ann', order('bid', 46, 10));
    world.advanceTo(epochMs(START + 1_500));
    world.create('ann', order('bid', 20, 10));
    world.advanceTo(epochMs(START + 5_000));
    expect(factsOf(world.drain(), 'stats').map((fact) => fact.at)).toEqual([START + 1_000]);
  });
});

describe('an inactive market', () => {
  it('takes no orders but cancels, and has lost its resting orders without a word when it is active again', () => {
    const { world } = smallWorld();
    const kept = accepted(world.create('ann', order('bid', 45, 10)));
    const gone = accepted(world.create('ann', order('bid', 44, 10)));
    world.control({ action: 'deactivate', ticker: TICKER });
    expect(refusal(world.create('ann', order('bid', 43, 10)))).toBe('400 MARKET_INACTIVE');
    expect(world.cancel('ann', gone.orderId).kind).toBe('cancelled');
    expect(bookText(world)).toBe('45×10 |');
    world.drain();
    world.control({ action: 'reactivate', ticker: TICKER });
    expect(world.order('ann', kept.orderId)).toMatchObject({ status: 'canceled', reason: 'HaltCancel' });
    expect(world.drain().map((fact) => fact.type)).toEqual(['book', 'lifecycle']);
    expect(accepted(world.create('ann', order('bid', 43, 10))).status).toBe('resting');
  });
});

describe('a trading pause', () => {
  it('refuses creates and amends, lets cancels through, keeps orders but those that asked to be cancelled', () => {
    const { world } = smallWorld();
    const stays = accepted(world.create('ann', order('bid', 45, 10)));
    const leaves = accepted(world.create('ann', order('bid', 44, 10, { cancelOnPause: true })));
    world.drain();
    world.control({ action: 'pause', shard: SHARD, scope: 'trading' });
    expect(factsOf(world.drain(), 'pause')).toEqual([
      { type: 'pause', at: START, shard: SHARD, isTrading: false, isActive: true },
    ]);
    expect([world.isTradingActive(SHARD), world.isExchangeActive(SHARD), world.isTradingActive(0)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(world.order('ann', leaves.orderId)).toMatchObject({ status: 'canceled', reason: 'HaltCancel' });
    expect(refusal(world.create('ann', order('bid', 43, 10)))).toBe('400 trading_is_paused');
    const change = { ticker: TICKER, side: 'bid', price: price(44), count: contractsOf(1) } as const;
    expect(refusal(world.amend('ann', stays.orderId, change))).toBe('400 trading_is_paused');
    expect(world.cancel('ann', stays.orderId).kind).toBe('cancelled');
    world.control({ action: 'resume', shard: SHARD });
    expect(accepted(world.create('ann', order('bid', 43, 10))).status).toBe('resting');
  });

  it('of the whole exchange refuses cancels too', () => {
    const { world } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
    world.control({ action: 'pause', shard: SHARD, scope: 'exchange' });
    expect(refusal(world.cancel('ann', orderId))).toBe('400 exchange_is_paused');
    expect(refusal(world.create('ann', order('bid', 43, 10)))).toBe('400 exchange_is_paused');
    world.cancelAll('ann');
    expect(bookText(world)).toBe('45×10 |');
  });

  it('of a shard that is not there is refused; nothing trades on one', () => {
    const { world } = smallWorld();
    expect(refusal(world.control({ action: 'pause', shard: 9, scope: 'exchange' }))).toContain('no shard 9');
    expect(refusal(world.control({ action: 'deactivate', ticker: 'KXNONE' }))).toBe('404 market_not_found');
    expect(world.isTradingActive(9)).toBe(false);
  });
});
