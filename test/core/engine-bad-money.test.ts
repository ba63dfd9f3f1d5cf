/** What the exchange may tell of our money in any order and shape: booked, parked and listed, or refused. */
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/lib/core/engine.ts';
import type { FillSeen } from '../../src/lib/core/events.ts';
import { LossWatch } from '../../src/lib/core/risk/loss-watch.ts';
import {
  centicents,
  centicontracts,
  type EpochMs,
  epochMs,
  microdollars,
  NO_MONEY,
  type Side,
} from '../../src/lib/core/units.ts';
import { dollars, emptyStory, MARKET, type Story, story } from '../support/engine.ts';
import { fillSeen, TICKER } from '../support/orders.ts';

const NEW = 'KXNEW-26NOV20-T1';

function trade(side: Side, ticker: string, shard?: number, tradeId = 't1'): Omit<FillSeen, 'at'> {
  return {
    ...{ type: 'fill', tradeId, orderId: 'nobody here has placed it', ticker, side, price: centicents(4_000) },
    ...{ size: centicontracts(100), isTaker: true, fee: dollars(0.01) },
    ...(shard !== undefined && { shard }),
  };
}

describe('a fill in a market that nobody knows', () => {
  const parked = (teller: Story) => [...teller.engine.account.parked.all.keys()];

  it('is parked and listed, however often it is told, and booked once when the market is met', () => {
    const teller = emptyStory().tell(trade('bid', NEW), trade('bid', NEW));
    expect([parked(teller), teller.engine.ledger.fillCount]).toEqual([['t1'], 0]);
    expect(teller.engine.takeLog().map(({ text }) => text)).toContain(
      `${NEW}: a fill in a market that is not known yet: parked until it is`,
    );
    teller.market({ ticker: NEW, shard: 2 });
    expect(parked(teller)).toEqual([]);
    expect(teller.engine.ledger.holding(NEW).position).toBe(100);
    expect(teller.engine.ledger.cash(2)).toBe(-dollars(0.41));
    teller.tell(trade('bid', NEW, 2));
    expect(teller.engine.ledger.fillCount).toBe(1);
  });

  it('is booked when it is told again with the shard that paid for it', () => {
    const teller = emptyStory().tell(trade('bid', NEW), trade('bid', NEW, 3));
    expect([parked(teller), teller.engine.ledger.cash(3)]).toEqual([[], -dollars(0.41)]);
  });

  it('is booked at once where its market was traded before, and when its market has vanished since', () => {
    const teller = emptyStory().tell(trade('bid', NEW, 3), trade('ask', NEW, undefined, 't2'));
    expect(teller.engine.market(NEW)).toBeUndefined();
    expect([parked(teller), teller.engine.ledger.holding(NEW).position]).toEqual([[], 0]);
  });
});

describe('a fill', () => {
  it('of an order nobody here placed, in a market with an unknown kind of fee, is booked at what was charged', () => {
    const fees = { ...MARKET.fees, type: 'a kind of next year' };
    const teller = story().market({ fees }).tell(trade('bid', TICKER));
    const { position, fees: paid } = teller.engine.ledger.holding(TICKER);
    expect([position, paid]).toEqual([100, dollars(0.01)]);
  });
});

describe('cash that came or went without trading', () => {
  const deposit = { type: 'cash_entered', entryId: 'd1', kind: 'deposit', shard: 0, label: 'by hand' } as const;
  const balance = (teller: Story, cash: number) =>
    teller.tell({ type: 'balance', askedAt: teller.at, shards: [{ shard: 0, cash: dollars(cash) }] });

  it('is booked once, is no profit, and may be spent', () => {
    const teller = story({ cash: 4 }).book();
    expect(teller.lines()).toEqual([]);
    const told = { ...deposit, amount: dollars(100) };
    expect(teller.wait(1_000).tell(told, told).book().lines()).toHaveLength(2);
    expect([teller.engine.ledger.totalCash(), teller.engine.money.dayProfit()]).toEqual([dollars(104), 0]);
  });

  it('is what the exchange states from then on: no halt', () => {
    const teller = story();
    balance(teller.wait(6_000), 1_020);
    teller.wait(1_000).tell({ ...deposit, amount: dollars(20) });
    for (let n = 0; n < 3; n += 1) balance(teller.wait(6_000), 1_020);
    expect(teller.halts()).toEqual([]);
  });

  it('is told of after a restart as before it, and a tape of it replays to the same ledger', () => {
    const teller = story().tell({ ...deposit, amount: dollars(20) }, trade('bid', TICKER));
    const again = new Engine(teller.engine.config);
    for (const event of teller.told) again.apply(JSON.parse(JSON.stringify(event)));
    expect([...again.ledger.balances()]).toEqual([...teller.engine.ledger.balances()]);
    const restarted = emptyStory({ cash: 0 });
    const at = restarted.at;
    restarted.tell({
      ...{ type: 'ledger_restored', openingCash: [{ shard: 0, cash: dollars(1_000) }], settlements: [] },
      fills: [{ ...trade('bid', TICKER, 0), at }],
      entries: [{ ...deposit, amount: dollars(20), at }],
    });
    expect(restarted.engine.ledger.totalCash()).toBe(teller.engine.ledger.totalCash());
  });
});

describe('a balance below zero', () => {
  it('is a statement like any other: what was taken back may be owed, and what differs halts', () => {
    const teller = story();
    for (let n = 0; n < 3; n += 1) {
      teller.wait(6_000).tell({ type: 'balance', askedAt: teller.at, shards: [{ shard: 0, cash: dollars(-2) }] });
    }
    expect(teller.engine.halts.all()[0]?.reason).toBe('cash differs: shard 0: ours $1000.000000, theirs $-2.000000');
    expect(teller.turn().filter(({ kind }) => kind !== 'cancel')).toEqual([]);
  });
});

describe('the trading day', () => {
  const eastern = (text: string): EpochMs => epochMs(Date.parse(text));

  it.each([
    ['the night that has an hour twice', '2026-11-01T00:00:00-04:00', '2026-11-02T00:00:00-05:00'],
    ['the night that lacks an hour', '2026-03-08T00:00:00-05:00', '2026-03-09T00:00:00-04:00'],
  ])('of %s begins and ends at midnight in New York', (_, from, to) => {
    const fillAt = (at: EpochMs, price: number) =>
      fillSeen(100, {
        tradeId: `${at}`,
        at,
        exchangeAt: at,
        side: price > 5_000 ? 'ask' : 'bid',
        price: centicents(price),
      });
    const before = eastern(from);
    const after = eastern(to);
    // A round trip of $1 that ended a millisecond before the day, and one that ended in its last hour.
    const fills = [
      fillAt(epochMs(before - 2), 4_500),
      fillAt(epochMs(before - 1), 5_500),
      fillAt(epochMs(after - 60_000), 4_000),
      fillAt(epochMs(after - 1), 6_000),
    ];
    const made = microdollars(
      fills.reduce((sum, { side, price, size }) => sum + (side === 'ask' ? 1 : -1) * price * size, 0),
    );
    const fees = microdollars(fills.reduce((sum, { fee }) => sum + fee, 0));
    const profitAt = (at: EpochMs, count: number) => {
      const losses = new LossWatch();
      const told = { fills: fills.slice(0, count), settlements: [], openingCash: [] };
      losses.restore({ type: 'ledger_restored', at, ...told }, NO_MONEY);
      return losses.dayProfit(microdollars(made - fees));
    };
    const ofDay = 2_000 * 100 - fees / 2;
    expect(profitAt(epochMs(after - 1), 4)).toBe(ofDay);
    expect(profitAt(after, 4)).toBe(NO_MONEY);
    expect(profitAt(epochMs(before - 1), 2)).toBe(made - fees);
  });
});
