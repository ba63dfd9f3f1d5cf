import { describe, expect, it } from 'vitest';
import { Book } from '../../../src/lib/core/book/book.ts';
import { topOfOthers } from '../../../src/lib/core/book/book-of-others.ts';
import type { Order } from '../../../src/lib/core/orders/order.ts';
import { type DecideInput, decide } from '../../../src/lib/core/quoting/decide.ts';
import { centicents, centicontracts, NO_MONEY, NO_SIZE, type Probability } from '../../../src/lib/core/units.ts';
import { dollars, MARKET, MINUTE_MS, parametersOf, type StoryOptions } from '../../support/engine.ts';
import { levels, type Pair } from '../../support/feed.ts';
import { after, restingOrder, T0 } from '../../support/orders.ts';

const HALF = { kind: 'fixed', probability: 0.5 as Probability, standardError: 0 } as const;

interface Setting {
  readonly bids?: readonly Pair[];
  readonly asks?: readonly Pair[];
  readonly orders?: readonly Order[];
  readonly options?: StoryOptions;
  readonly over?: Partial<DecideInput>;
}

function setting({ bids = [[4_400, 100]], asks = [[5_600, 100]], orders = [], options, over }: Setting): DecideInput {
  const book = new Book();
  book.snapshot(levels(bids), levels(asks));
  const parameters = parametersOf(options);
  const live = new Set(orders);
  const holding = {
    position: NO_SIZE,
    cost: NO_MONEY,
    realized: NO_MONEY,
    fees: NO_MONEY,
    bought: NO_SIZE,
    sold: NO_SIZE,
  };
  return {
    ...{ market: MARKET, isSelected: true, book, feed: { isConnected: true, isSilent: false }, halts: [], now: T0 },
    ...{ parameters, orders: live },
    risk: {
      ...{
        limits: parameters.risk,
        holding,
        orders: live,
        owing: [],
        fees: MARKET.fees,
        isMutuallyExclusive: false,
        siblings: [],
      },
      ...{ otherEventsLoss: NO_MONEY, cashAvailable: dollars(1_000), groups: [] },
      reachElsewhere: { bid: NO_SIZE, ask: NO_SIZE },
    },
    ...over,
  };
}

function changesOf(given: Setting): string[] {
  return decide(setting(given)).changes.map((change) => {
    const { side, price } = change.kind === 'cancel' ? change.order : { side: undefined, ...change };
    return `${change.kind} ${side ?? ('order' in change ? change.order.side : '')} ${price}`;
  });
}

describe('a decision', () => {
  it('shows its work: top of book, fair value, quote, what passed and why', () => {
    const decision = decide(setting({}));
    expect(decision).toMatchObject({
      posture: 'quote',
      fair: { probability: 0.5, source: 'mid' },
      top: { bid: 4_400, ask: 5_600 },
      bid: { shown: { price: 4_800 }, reason: 'new' },
      ask: { shown: { price: 5_200 }, reason: 'new' },
    });
    expect(decision.gate).toBeUndefined();
    expect(decision.quote?.reservation).toBeCloseTo(0.5, 12);
  });

  it('is the same for the same input', () => {
    expect(decide(setting({}))).toEqual(decide(setting({})));
  });

  it('pulls where there is no fair value, by the name of the refusal', () => {
    const orders = [restingOrder('bid', 4_500, 1_000)];
    const decision = decide(setting({ asks: [], orders }));
    expect(decision).toMatchObject({ posture: 'pull', gate: { name: 'one_sided_book' } });
    expect(decision.changes).toMatchObject([{ kind: 'cancel' }]);
  });

  it('pulls where the fee formula is not known, and still says what the fair value was', () => {
    const market = { ...MARKET, fees: { ...MARKET.fees, type: 'lunar' } };
    const decision = decide(setting({ over: { market }, orders: [restingOrder('bid', 4_800, 1_000)] }));
    expect(decision).toMatchObject({ posture: 'pull', fair: { probability: 0.5 }, changes: [{ kind: 'cancel' }] });
  });

  it('of a held market changes nothing, whatever rests', () => {
    const orders = [restingOrder('bid', 6_000, 1_000)];
    const decision = decide(setting({ orders, over: { feed: { isConnected: true, isSilent: false, crossedAt: T0 } } }));
    expect(decision).toMatchObject({ posture: 'hold', changes: [], bid: { reason: 'the book is crossed' } });
  });

  it('in retreat takes back what is too bold and says what it is waiting for', () => {
    const orders = [restingOrder('bid', 5_100, 1_000), restingOrder('ask', 5_300, 1_000)];
    const feed = { isConnected: true, isSilent: false, refusedAt: T0 };
    const decision = decide(setting({ orders, over: { feed } }));
    expect(decision).toMatchObject({ posture: 'retreat', gate: { name: 'cooling' } });
    expect(decision.changes).toMatchObject([{ kind: 'cancel', order: { side: 'bid' } }]);
    expect(decision.ask.reason).toBe('waiting: an order was refused a moment ago');
  });

  it('counts the new bid when it weighs the ask', () => {
    // Either fits alone; both together would reserve $9.60 of cash.
    const risk = { ...setting({}).risk, cashAvailable: dollars(9.5) };
    const decision = decide(setting({ over: { risk } }));
    expect(decision.bid.shown?.price).toBe(4_800);
    expect(decision.ask.reason).toMatch(/^cash would be \$9\.600000/);
  });

  it('quotes an empty book by a fair value of its own, and stays behind whoever is there', () => {
    expect(changesOf({ bids: [], asks: [], options: { fair: HALF } })).toEqual(['create bid 4800', 'create ask 5200']);
    expect(changesOf({ bids: [[5_500, 100]], asks: [], options: { fair: HALF } })).toEqual([
      'create bid 4800',
      'create ask 5600',
    ]);
  });

  it('leaves a side out that has no price on the grid, and says so', () => {
    const fair = { kind: 'fixed', probability: 0.01 as Probability, standardError: 0 } as const;
    const decision = decide(setting({ bids: [], asks: [], options: { fair } }));
    expect(decision.bid).toMatchObject({ reason: 'off_grid' });
    expect(decision.ask.shown?.price).toBe(300);
  });

  it('leaves a side out whose edge is too small', () => {
    const decision = decide(setting({ options: { quoting: { minimumEdgeDollars: 0.05 } } }));
    expect([decision.bid.reason, decision.ask.reason]).toEqual(['edge', 'edge']);
  });
});

describe('the post-only guard', () => {
  it.each<[string, Order]>([
    ['rests', restingOrder('ask', 4_700, 500)],
    ['is in flight', restingOrder('ask', 4_700, 500, { state: 'sending' })],
    ['is of unknown fate', restingOrder('ask', 4_700, 500, { state: 'unknown' })],
    ['is somebody else’s on our account', restingOrder('ask', 4_700, 500, { origin: 'external' })],
    ['is being cancelled', restingOrder('ask', 4_700, 500, { pending: { kind: 'cancel', sentAt: T0 } })],
    [
      'is being amended to there',
      restingOrder('ask', 5_300, 500, {
        pending: {
          kind: 'amend',
          sentAt: T0,
          price: centicents(4_700),
          total: centicontracts(500),
          expiresAt: T0,
        },
      }),
    ],
  ])('keeps a bid behind an ask of ours that %s', (_, order) => {
    const decision = decide(setting({ orders: [order], options: { fair: HALF } }));
    expect(decision.quote?.bid.price).toBe(4_600);
  });

  it('does not renew a lease at a price that the opposite best has come down to', () => {
    const old = restingOrder('bid', 4_800, 1_000, { expiresAt: after(60_000) });
    const asks: Pair[] = [[4_800, 100]];
    expect(changesOf({ asks, orders: [old], options: { fair: HALF } })).toContain('amend bid 4700');
    expect(changesOf({ orders: [old], options: { fair: HALF } })).toContain('amend bid 4800');
  });

  it('does not mind what has filled', () => {
    const filled = restingOrder('ask', 4_700, 500, { filledStated: centicontracts(500) });
    expect(decide(setting({ orders: [filled], options: { fair: HALF } })).quote?.bid.price).toBe(4_800);
  });
});

describe('the top of the others', () => {
  const top = (bids: readonly Pair[], orders: readonly Order[]) => {
    const { book } = setting({ bids });
    return topOfOthers(book, orders)?.bid;
  };

  it('is the next level where the best is all ours', () => {
    const bids: Pair[] = [
      [4_800, 1_000],
      [4_400, 500],
    ];
    expect(top(bids, [restingOrder('bid', 4_800, 1_000)])).toBe(4_400);
    expect(top(bids, [restingOrder('bid', 4_800, 600)])).toBe(4_800);
  });

  it('does not look for an order of ours in a book that cannot show it yet', () => {
    expect(top([[4_400, 500]], [restingOrder('bid', 4_800, 1_000)])).toBe(4_400);
    expect(top([[4_400, 500]], [restingOrder('bid', 4_400, 500, { state: 'sending' })])).toBe(4_400);
  });

  it('is nothing where nobody else is', () => {
    expect(top([[4_800, 1_000]], [restingOrder('bid', 4_800, 1_000)])).toBeUndefined();
  });
});

describe('the end of quoting', () => {
  it('is so near before the freeze that no lease fits in, and nothing is shown', () => {
    const late = (ms: number) => decide(setting({ over: { now: after(14 * MINUTE_MS - ms) } }));
    expect(late(5_000).changes).toHaveLength(2);
    expect(late(4_999).bid.reason).toBe('no time left for a lease');
  });

  it('cuts leases to whole seconds that it does not reach past', () => {
    const market = { ...MARKET, closeAt: after(2 * MINUTE_MS + 700) };
    const { changes } = decide(setting({ over: { market, now: after(300) } }));
    expect(changes).toMatchObject([{ expiresAt: after(MINUTE_MS) }, { expiresAt: after(MINUTE_MS) }]);
  });
});
