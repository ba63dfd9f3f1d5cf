import { describe, expect, it } from 'vitest';
import type { CreateIntent, Intent } from '../../src/lib/core/intents.ts';
import { centicents, centicontracts } from '../../src/lib/core/units.ts';
import { dollars, LOST, orderIdOf, quotingStory, refusal, type Story, story } from '../support/engine.ts';
import { ownOrder, TICKER } from '../support/orders.ts';

const T2 = 'KXTEST-26NOV20-T2';

/** Two creates have just left and nothing was heard of them. */
function sentStory(options: Parameters<typeof story>[0] = {}): {
  teller: Story;
  bid: CreateIntent;
  ask: CreateIntent;
} {
  const teller = story(options).book();
  const [bid, ask] = teller.turn() as readonly Intent[] as [CreateIntent, CreateIntent];
  return { teller, bid, ask };
}

function streamed(intent: CreateIntent, over: Partial<ReturnType<typeof ownOrder>> = {}) {
  const { clientOrderId, side, price, size } = intent;
  const order = ownOrder({ orderId: orderIdOf(clientOrderId), clientOrderId, side, price, remaining: size, ...over });
  return { type: 'own_order', order, source: 'stream' } as const;
}

describe('an order in flight', () => {
  it('is waited for: no second one is sent, whatever the market does', () => {
    const { teller } = sentStory();
    expect(teller.wait(500).moveTo(3_400, 4_600).lines()).toEqual([]);
    expect(teller.reason('bid')).toBe('waiting: create in flight');
  });

  it('counts as working when the stream knows it before the reply', () => {
    const { teller, bid, ask } = sentStory();
    teller.tell(streamed(bid), streamed(ask)).wait(1_000).moveTo(4_100, 5_300);
    expect(teller.lines()).toEqual(['amend bid 4500 × 1000', 'amend ask 4900 × 1000']);
  });

  it('may fill before its reply comes, and the reply takes nothing back', () => {
    const { teller, bid } = sentStory();
    teller.fill('bid', 400);
    teller.created(bid, {
      kind: 'accepted',
      orderId: orderIdOf(bid.clientOrderId),
      ...{ filled: centicontracts(0), remaining: centicontracts(1_000) },
    });
    expect(teller.resting()).toContain('bid 4800 × 600 working');
    expect(teller.engine.ledger.holding(TICKER).position).toBe(400);
  });
});

describe('an order of unknown fate', () => {
  it('blocks new exposure in its market and in no other', () => {
    const { teller, bid, ask } = sentStory();
    teller
      .created(bid, LOST)
      .accept(ask)
      .market({ ticker: T2 })
      .book([[2_400, 1_000]], [[3_600, 1_000]], T2);
    const intents = teller.turn();
    expect(intents.map(({ ticker, kind }) => `${kind} ${ticker}`)).toEqual([`create ${T2}`, `create ${T2}`]);
    expect(teller.gate()).toBe('UNKNOWN');
    expect(teller.gate(T2)).toBeUndefined();
  });

  it('is what an order becomes of which nothing was heard for three seconds', () => {
    const { teller } = sentStory();
    teller.wait(3_001).lines();
    expect(teller.resting()).toEqual(['bid 4800 × 1000 unknown', 'ask 5200 × 1000 unknown']);
  });

  it('does not keep the other side from leaving a price that has become too bold', () => {
    const { teller, bid, ask } = sentStory();
    teller.created(bid, LOST).accept(ask).wait(1_000);
    expect(teller.moveTo(3_900, 5_100).lines()).toEqual([]);
    expect(teller.moveTo(5_400, 6_600).lines()).toEqual(['cancel ask 5200 × 1000']);
    expect(teller.reason('ask')).toMatch(/^waiting: the fate of order kmm-a-1-cara-1/);
  });

  it('is never sent again; found by a listing, it is quoted on from there', () => {
    const { teller, bid, ask } = sentStory();
    teller.created(bid, LOST).accept(ask).wait(2_000);
    const found = ownOrder({ orderId: 'found', clientOrderId: bid.clientOrderId, price: bid.price, side: 'bid' });
    teller.tell({ type: 'own_order', order: found, source: 'rest' });
    expect(teller.moveTo(4_200, 5_400).lines()).toEqual(['amend bid 4600 × 1000', 'amend ask 5000 × 1000']);
    expect(teller.asked[2]).toMatchObject({ orderId: 'found' });
  });

  it('is replaced only after five listings without it, and then under a new name', () => {
    const { teller, bid, ask } = sentStory();
    teller.created(bid, LOST).accept(ask);
    const resting = [streamed(ask).order];
    for (const ms of [5_000, 11_000, 1_000, 1_000]) {
      teller.wait(ms).tell({ type: 'orders_listed', askedAt: teller.at, ticker: TICKER, orders: resting });
      expect(teller.lines()).toEqual([]);
    }
    teller.wait(1_000).tell({ type: 'orders_listed', askedAt: teller.at, ticker: TICKER, orders: resting });
    const [create] = teller.turn();
    expect(create).toMatchObject({ kind: 'create', side: 'bid', clientOrderId: 'kmm-a-1-cara-3' });
  });
});

describe('a fill', () => {
  it('is booked, and an order of which half is left keeps its place', () => {
    const teller = quotingStory({ quoter: steady() }).wait(1_000);
    teller.fill('bid', 500, { fee: dollars(0.01) });
    expect(teller.lines()).toEqual([]);
    expect(teller.resting()).toContain('bid 4800 × 500 working');
    expect(teller.engine.ledger.holding(TICKER)).toMatchObject({ position: 500, cost: dollars(2.4), fees: 10_000 });
    expect(teller.engine.ledger.totalCash()).toBe(dollars(1_000 - 2.4 - 0.01));
  });

  it('that leaves less than half is followed by a refill, counted on top of what has filled', () => {
    const teller = quotingStory({ quoter: steady() }).wait(1_000);
    teller.fill('bid', 600);
    expect(teller.turn()).toMatchObject([{ kind: 'amend', side: 'bid', size: 1_000, filled: 600 }]);
  });

  it('of the whole order is followed by a new one', () => {
    const teller = quotingStory({ quoter: steady() }).wait(1_000);
    teller.fill('ask', 1_000);
    expect(teller.lines()).toEqual(['create ask 5200 × 1000']);
  });

  it('told twice is booked once', () => {
    const teller = quotingStory().wait(1_000);
    const fill = teller.fill('bid', 300);
    const before = teller.engine.ledger.totalCash();
    teller.tell(fill).tell({ ...fill, exchangeAt: teller.at });
    expect(teller.engine.ledger.totalCash()).toBe(before);
    expect(teller.resting()).toContain('bid 4800 × 700 working');
  });

  it('that crosses a cancel wins, and the position moves once', () => {
    const teller = quotingStory().wait(1_000).tell({ type: 'control', verb: 'pause', by: 'test' });
    const [cancel] = teller.turn() as [Intent];
    teller.changed(cancel, { kind: 'not_found' });
    const order = ownOrder({
      ...{ orderId: orderIdOf(cancel.clientOrderId), clientOrderId: cancel.clientOrderId, price: cancel.price },
      ...{ status: 'executed', filled: centicontracts(1_000), remaining: centicontracts(0) },
    });
    teller.tell({ type: 'own_order', order, source: 'rest' });
    expect(teller.view().limits[0]).toMatchObject({ name: 'total', used: dollars(4.8) });
    const fill = fillOf(cancel);
    teller.tell(fill).tell(fill);
    expect(teller.engine.ledger.holding(TICKER).position).toBe(1_000);
    expect(teller.view().limits[0]).toMatchObject({ used: dollars(4.8) });
  });

  it('of an order that has ended still counts', () => {
    const teller = quotingStory().wait(1_000).tell({ type: 'control', verb: 'pause', by: 'test' });
    const [cancel] = teller.turn() as [Intent];
    teller.changed(cancel, { kind: 'cancelled', reducedBy: centicontracts(400) });
    expect(teller.engine.orders.owing().size).toBe(1);
    teller.tell({ ...fillOf(cancel), size: centicontracts(600) });
    expect(teller.engine.ledger.holding(TICKER).position).toBe(600);
    expect(teller.engine.orders.owing().size).toBe(0);
  });

  const fillOf = ({ clientOrderId, price, side }: Intent) =>
    ({
      type: 'fill',
      ...{ tradeId: 'late', orderId: orderIdOf(clientOrderId), clientOrderId, ticker: TICKER, side, price },
      ...{ size: centicontracts(1_000), isTaker: false, fee: dollars(0) },
    }) as const;
});

describe('a lost reply', () => {
  it('to a cancel leaves the order counted, and the cancel is sent again after a second', () => {
    const teller = quotingStory().wait(1_000).tell({ type: 'control', verb: 'pause', by: 'test' });
    const cancels = teller.lines();
    expect(cancels).toEqual(['cancel bid 4800 × 1000', 'cancel ask 5200 × 1000']);
    expect(teller.wait(900).lines()).toEqual([]);
    expect(teller.resting()).toHaveLength(2);
    expect(teller.wait(200).lines()).toEqual(cancels);
  });

  it('to an amend makes both prices count, and nothing more is asked of that order', () => {
    const teller = quotingStory().wait(1_000).moveTo(4_700, 5_900);
    for (const amend of teller.turn()) teller.changed(amend, LOST);
    expect(teller.wait(1_000).moveTo(3_000, 3_400).lines()).toEqual([]);
    expect(teller.gate()).toBe('UNKNOWN');
    // 10 bought at 51 ¢ or sold at 52 ¢, whichever hurts more.
    expect(teller.view().limits[0]?.used).toBe(dollars(5.1));
  });
});

describe('a refusal', () => {
  it('of a create is followed by a second of looking, then by another try', () => {
    const { teller, bid, ask } = sentStory();
    teller.created(bid, refusal('insufficient balance')).accept(ask);
    expect([teller.lines(), teller.gate()]).toEqual([[], 'cooling']);
    expect(teller.wait(999).book().lines()).toEqual([]);
    expect(teller.wait(1).book().lines()).toEqual(['create bid 4800 × 1000']);
  });

  it('by our own side counts the same: nothing was sent, nothing rests', () => {
    const { teller, bid, ask } = sentStory();
    teller.created(bid, { kind: 'dropped', reason: 'no tokens' }).accept(ask);
    expect(teller.resting()).toEqual(['ask 5200 × 1000 working']);
    expect([teller.lines(), teller.gate()]).toEqual([[], 'cooling']);
  });

  it('of an amend makes the order be replaced by cancel and create', () => {
    const teller = quotingStory().wait(1_000).moveTo(4_000, 5_200);
    const [bid, ask] = teller.turn() as [Intent, Intent];
    teller.accept(ask).changed(bid, { kind: 'refused', status: 400, code: 'nope', message: 'no amends' });
    const order = { ...streamed(bid as CreateIntent).order, price: centicents(4_800) };
    teller.tell({ type: 'own_order', order, source: 'rest' });
    expect(teller.wait(1_000).moveTo(4_000, 5_200).lines()).toEqual(['cancel bid 4800 × 1000']);
    teller.accept(teller.asked.at(-1) as Intent);
    expect(teller.wait(1_000).lines()).toEqual(['create bid 4400 × 1000']);
  });

  it('for crossing, three times in a row, halts the market until a fresh snapshot was asked for and looked at', () => {
    const { teller, bid, ask } = sentStory();
    teller.engine.takeInvalid();
    teller.accept(ask).created(bid, refusal('post only cross'));
    for (let again = 0; again < 2; again += 1) {
      const [retry] = teller.wait(1_000).book().turn() as [Intent];
      expect(teller.halts()).toEqual([]);
      teller.created(retry, refusal('post only cross'));
    }
    expect(teller.halts()).toEqual([`CROSSED ${TICKER}`]);
    expect(teller.engine.takeInvalid()).toEqual([TICKER]);
    expect(teller.lines()).toEqual(['cancel ask 5200 × 1000']);
    teller.accept(teller.asked.at(-1) as Intent);
    expect(teller.wait(4_999).book().lines()).toEqual([]);
    expect(teller.wait(1).book().lines()).toEqual(['create bid 4800 × 1000', 'create ask 5200 × 1000']);
  });

  it('for crossing starts to count anew after an order that was taken', () => {
    const { teller, bid, ask } = sentStory();
    teller.created(bid, refusal('post only cross')).created(ask, refusal('post only cross'));
    for (const create of teller.wait(1_000).turn()) teller.accept(create);
    teller.fill('bid', 1_000);
    const [retry] = teller.wait(1_000).turn() as [Intent];
    teller.created(retry, refusal('post only cross'));
    expect(teller.halts()).toEqual([]);
  });
});

describe('an order that somebody else cancelled', () => {
  it('is not replaced for a second', () => {
    const { teller, bid, ask } = sentStory();
    teller.accept(bid).accept(ask).turn();
    teller.wait(1_000).tell(streamed(bid, { status: 'canceled', remaining: centicontracts(0), reason: 'Sweep' }));
    expect([teller.lines(), teller.gate()]).toEqual([[], 'cooling']);
    expect(teller.wait(1_000).lines()).toEqual(['create bid 4800 × 1000']);
    expect(teller.engine.takeLog().map(({ text }) => text)).toContain(`${TICKER}: bid cancelled, not by us (Sweep)`);
  });

  it('because its lease was over is replaced at once', () => {
    const { teller, bid, ask } = sentStory();
    teller.accept(bid).accept(ask).turn();
    const reason = 'ExpiryCancel';
    teller.wait(1_000).tell(streamed(bid, { status: 'canceled', remaining: centicontracts(0), reason }));
    expect(teller.lines()).toEqual(['create bid 4800 × 1000']);
  });
});

describe('an order placed by somebody else', () => {
  const external = ownOrder({
    ...{ orderId: 'theirs', clientOrderId: '', side: 'bid', price: centicents(4_000) },
    ...{ remaining: centicontracts(9_500), initial: centicontracts(9_500) },
  });

  it('counts in every limit and is never touched', () => {
    const teller = quotingStory().tell({ type: 'own_order', order: external, source: 'stream' });
    expect(teller.view().limits[0]?.used).toBe(dollars(38 + 4.8));
    expect(teller.lines()).toEqual(['cancel bid 4800 × 1000']);
    expect(teller.reason('bid')).toBe('position would be 105.00 of 100.00');
    teller.accept(teller.asked.at(-1) as Intent).tell({ type: 'control', verb: 'kill', by: 'test' });
    expect(teller.lines()).toEqual(['cancel ask 5200 × 1000']);
    expect(teller.wait(5_000).lines()).toEqual(['cancel ask 5200 × 1000']);
    expect(teller.resting()).toContain('bid 4000 × 9500 working');
  });

  it('is not crossed by ours', () => {
    const ask = { ...external, side: 'ask', price: centicents(4_700), remaining: centicontracts(100) } as const;
    const teller = story().book().tell({ type: 'own_order', order: ask, source: 'rest' });
    expect(teller.lines()).toEqual(['create bid 4600 × 1000', 'create ask 5200 × 1000']);
  });

  it('that fills moves the position', () => {
    const teller = quotingStory().tell({ type: 'own_order', order: external, source: 'stream' }).wait(1_000);
    teller.tell({
      type: 'fill',
      ...{ tradeId: 'x', orderId: 'theirs', ticker: TICKER, side: 'bid', price: centicents(4_000), isTaker: false },
      ...{ size: centicontracts(500), fee: dollars(0) },
    });
    expect(teller.engine.ledger.holding(TICKER).position).toBe(500);
    expect(teller.resting()).toContain('bid 4000 × 9000 working');
  });
});

/** Inventory moves the quotes by less than the hysteresis. */
function steady() {
  const { quoter } = story().engine.config.parameters;
  return { ...quoter, cara: { ...quoter.cara, gammaPerDollar: 0.000_1 } };
}
