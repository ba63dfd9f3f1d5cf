import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasEnded, owedOf, remainingOf, restingOutcomes } from '../../../src/lib/core/orders/order.ts';
import type { CreateOutcome } from '../../../src/lib/core/orders/order-types.ts';
import { Orders } from '../../../src/lib/core/orders/orders.ts';
import { centicents, centicontracts } from '../../../src/lib/core/units.ts';
import {
  after,
  amendIntent,
  cancelIntent,
  createIntent,
  fillSeen,
  listing,
  ownOrder,
  seen,
  T0,
} from '../../support/orders.ts';

function sent(): Orders {
  const orders = new Orders();
  orders.intended(createIntent(), T0);
  return orders;
}

function working(): Orders {
  const orders = sent();
  orders.createOutcome(accepted(0, 1_000));
  return orders;
}

const order = (orders: Orders) => orders.byClientId('kmm-1') ?? expect.unreachable('the order is known');

const accepted = (filled: number, remaining: number) =>
  ({
    type: 'create_outcome',
    at: T0,
    clientOrderId: 'kmm-1',
    outcome: { kind: 'accepted', orderId: 'X1', filled: centicontracts(filled), remaining: centicontracts(remaining) },
  }) as const;

const changed = (change: 'cancel' | 'amend', outcome: Parameters<Orders['changeOutcome']>[0]['outcome']) =>
  ({ type: 'change_outcome', at: T0, clientOrderId: 'kmm-1', change, outcome }) as const;

const lost = { kind: 'unknown', reason: 'timeout' } as const;

const REFUSED = { kind: 'refused', status: 401, code: 'header_timestamp_expired', message: 'expired' } as const;

const answerOf = (outcome: CreateOutcome) =>
  ({ type: 'create_outcome', at: T0, clientOrderId: 'kmm-1', outcome }) as const;

describe('an order', () => {
  it('counts at full size from the moment it is intended', () => {
    expect(restingOutcomes(order(sent()))).toEqual([{ price: 4_500, size: 1_000 }]);
  });

  it('works when the stream knows it, before or without the reply', () => {
    const orders = sent();
    orders.seen(seen(ownOrder()));
    expect(order(orders).state).toBe('working');
    orders.createOutcome({ type: 'create_outcome', at: T0, clientOrderId: 'kmm-1', outcome: lost });
    expect(order(orders).state).toBe('working');
  });

  it('becomes unknown when no reply comes in three seconds, and still counts in full', () => {
    const orders = sent();
    orders.tick(after(3_000));
    expect(order(orders).state).toBe('sending');
    orders.tick(after(3_001));
    expect(order(orders).state).toBe('unknown');
    expect(remainingOf(order(orders))).toBe(1_000);
    expect(orders.questions()).toHaveLength(1);
  });

  it('is found again by a listing after its reply was lost', () => {
    const orders = sent();
    orders.createOutcome({ type: 'create_outcome', at: T0, clientOrderId: 'kmm-1', outcome: lost });
    orders.listed(listing([ownOrder({ filled: centicontracts(300), remaining: centicontracts(700) })], after(500)));
    expect(order(orders)).toMatchObject({ state: 'working', orderId: 'X1' });
    expect(remainingOf(order(orders))).toBe(700);
    expect(owedOf(order(orders))).toBe(300);
  });

  it('is absent only after five complete listings spread over twice the read lag', () => {
    const orders = sent();
    orders.createOutcome({ type: 'create_outcome', at: T0, clientOrderId: 'kmm-1', outcome: lost });
    for (const ms of [5_000, 6_000, 7_000, 8_000, 9_000, 10_000]) orders.listed(listing([], after(ms)));
    expect(order(orders).state).toBe('unknown');
    orders.listed(listing([], after(15_001)));
    expect(order(orders).state).toBe('absent');
  });

  it('is not absent while the exchange says that its data is from before the send, and as long again (F01, F05)', () => {
    const orders = sent();
    orders.createOutcome({ type: 'create_outcome', at: T0, clientOrderId: 'kmm-1', outcome: lost });
    for (const ms of [6_000, 12_000, 18_000, 19_999]) orders.listed(listing([], after(ms), after(ms - 20_000)));
    expect(order(orders)).toMatchObject({ state: 'unknown', missedListings: 0 });
    for (const ms of [20_000, 30_000, 40_000, 50_000, 60_000])
      orders.listed(listing([], after(ms), after(ms - 20_000)));
    expect(order(orders).state).toBe('unknown');
    orders.listed(listing([], after(60_001), after(40_001)));
    expect(order(orders).state).toBe('absent');
  });

  it('that a listing of the whole account misses is asked for by id, and never buried by it (F02, F05)', () => {
    const orders = working();
    const { ticker: _, ...whole } = listing([], after(6_000));
    for (const ms of [6_000, 60_000, 120_000, 180_000, 240_000, 300_000]) {
      orders.listed({ ...whole, at: after(ms), askedAt: after(ms) });
    }
    expect(order(orders)).toMatchObject({ state: 'working', isQuestioned: true });
    expect(remainingOf(order(orders))).toBe(1_000);
  });

  it('whose record still has it resting after its lease stays a question', () => {
    const orders = working();
    orders.seen(seen(ownOrder(), 'rest', after(180_001)));
    expect(orders.questions()).toHaveLength(1);
    orders.seen(seen(ownOrder({ status: 'canceled', reason: 'ExpiryCancel' }), 'rest', after(182_000)));
    expect(order(orders).state).toBe('expired');
  });

  it('whose lease an amend without proof may have prolonged has not expired before that one is over (F10)', () => {
    const orders = working();
    orders.intended(amendIntent({ expiresAt: after(300_000) }), after(100_000));
    orders.changeOutcome(changed('amend', lost));
    orders.listed(listing([], after(200_000)));
    expect(order(orders).state).toBe('unknown');
    orders.listed(listing([], after(305_001)));
    expect(order(orders).state).toBe('expired');
  });

  it('that was found again is absent only after as many listings as before, as far apart', () => {
    const orders = working();
    orders.listed(listing([], after(6_000)));
    orders.seen(seen(ownOrder(), 'rest', after(20_000)));
    for (const ms of [30_000, 31_000, 32_000, 33_000, 34_000]) orders.listed(listing([], after(ms)));
    expect(order(orders).state).toBe('working');
  });

  it('has expired when its lease is over and a complete listing after the lag does not hold it', () => {
    const orders = working();
    orders.listed(listing([], after(184_000)));
    expect(order(orders).state).toBe('working');
    orders.listed(listing([], after(185_001)));
    expect(order(orders).state).toBe('expired');
  });

  it('is not buried by one listing that lags behind its creation', () => {
    const orders = working();
    orders.listed(listing([], after(4_999)));
    expect(order(orders)).toMatchObject({ state: 'working', missedListings: 0, isQuestioned: false });
  });

  it('turns a 404 on cancel into a question, not into an end', () => {
    const orders = working();
    orders.intended(cancelIntent(), T0);
    orders.changeOutcome(changed('cancel', { kind: 'not_found' }));
    expect(order(orders)).toMatchObject({ state: 'working', isQuestioned: true });
    expect(remainingOf(order(orders))).toBe(1_000);
    orders.seen(
      seen(ownOrder({ status: 'executed', filled: centicontracts(1_000), remaining: centicontracts(0) }), 'rest'),
    );
    expect(order(orders).state).toBe('filled');
    expect(owedOf(order(orders))).toBe(1_000);
  });

  it('owes us fills when a cancel took off less than rested', () => {
    const orders = working();
    orders.intended(cancelIntent(), T0);
    orders.changeOutcome(changed('cancel', { kind: 'cancelled', reducedBy: centicontracts(600) }));
    expect(order(orders).state).toBe('cancelled');
    expect([...orders.owing()]).toHaveLength(1);
    orders.filled(fillSeen(400));
    expect([...orders.owing()]).toHaveLength(0);
  });

  it('keeps full exposure and may be cancelled again when the reply to a cancel is lost', () => {
    const orders = working();
    orders.intended(cancelIntent(), T0);
    orders.tick(after(1_001));
    expect(order(orders)).toMatchObject({ state: 'working', isQuestioned: true });
    expect(order(orders).pending).toBeUndefined();
    expect(remainingOf(order(orders))).toBe(1_000);
  });

  it('counts both prices and sizes while an amend is under way, and after its reply was lost', () => {
    const orders = working();
    orders.intended(amendIntent({ price: centicents(4_600), size: centicontracts(2_000) }), T0);
    const both = [
      { price: 4_500, size: 1_000 },
      { price: 4_600, size: 2_000 },
    ];
    expect(restingOutcomes(order(orders))).toEqual(both);
    orders.changeOutcome(changed('amend', lost));
    expect(restingOutcomes(order(orders))).toEqual(both);
    expect(order(orders).state).toBe('unknown');
    orders.seen(seen(ownOrder({ price: centicents(4_600), remaining: centicontracts(2_000) }), 'rest'));
    expect(restingOutcomes(order(orders))).toEqual([{ price: 4_600, size: 2_000 }]);
  });

  it('remembers the amend that its cancel has overtaken, and the cancel that an amend answers into', () => {
    const orders = working();
    orders.intended(amendIntent({ price: centicents(4_600) }), T0);
    orders.intended(cancelIntent(), T0);
    expect(restingOutcomes(order(orders)).map(({ price }) => price)).toEqual([4_500, 4_600]);
    orders.changeOutcome(changed('amend', { kind: 'amended' }));
    expect(order(orders)).toMatchObject({ price: 4_600, pending: { kind: 'cancel' } });
    orders.changeOutcome(changed('cancel', { kind: 'not_found' }));
    expect(order(orders)).toMatchObject({ isQuestioned: true, pending: { kind: 'cancel' } });
    expect(remainingOf(order(orders))).toBe(1_000);
    orders.tick(after(1_001));
    expect(order(orders).pending).toBeUndefined();
  });

  it('is not used up by fills of its old total while an amend that raises it is under way', () => {
    const orders = working();
    orders.filled(fillSeen(600));
    orders.intended(amendIntent({ size: centicontracts(1_000), filled: centicontracts(600) }), T0);
    orders.filled(fillSeen(400));
    expect(order(orders).state).toBe('working');
    orders.changeOutcome(changed('amend', { kind: 'amended' }));
    expect(remainingOf(order(orders))).toBe(600);
    orders.filled(fillSeen(600));
    expect(order(orders).state).toBe('filled');
  });

  it('is used up by them after all when the amend came too late', () => {
    const orders = working();
    orders.intended(amendIntent({ size: centicontracts(2_000) }), T0);
    orders.filled(fillSeen(1_000));
    orders.changeOutcome(changed('amend', { kind: 'not_found' }));
    expect(order(orders).state).toBe('filled');
  });

  it('keeps the size it was amended to when the reply to its create comes last', () => {
    const orders = sent();
    orders.seen(seen(ownOrder()));
    orders.intended(amendIntent({ size: centicontracts(2_000) }), T0);
    orders.changeOutcome(changed('amend', { kind: 'amended' }));
    orders.createOutcome(accepted(0, 1_000));
    expect(remainingOf(order(orders))).toBe(2_000);
  });

  it('takes nothing from a message that tells of earlier than what it knows', () => {
    const orders = working();
    orders.intended(amendIntent({ price: centicents(4_600) }), T0);
    orders.changeOutcome(changed('amend', { kind: 'amended', exchangeAt: after(20) }));
    orders.seen(seen(ownOrder({ exchangeAt: after(10) })));
    expect(order(orders).price).toBe(4_600);
    orders.filled(fillSeen(300));
    orders.seen(seen(ownOrder({ price: centicents(4_700) })));
    expect(order(orders).price).toBe(4_600);
  });

  it('does not take the late reply to one amend for the reply to the next', () => {
    const orders = working();
    const confirmed = { price: centicents(4_600), expiresAt: after(180_000), exchangeAt: after(20) };
    orders.intended(amendIntent({ price: confirmed.price }), T0);
    orders.seen(seen(ownOrder(confirmed)));
    orders.intended(amendIntent({ price: centicents(4_700) }), after(30));
    orders.changeOutcome(changed('amend', { kind: 'amended', exchangeAt: after(20) }));
    expect(order(orders)).toMatchObject({ price: 4_600, pending: { kind: 'amend', price: 4_700 } });
  });

  it('after a lost reply to an amend is not believed to be unamended before the read lag is over', () => {
    const orders = working();
    orders.intended(amendIntent({ price: centicents(4_600) }), T0);
    orders.changeOutcome(changed('amend', lost));
    orders.seen(seen(ownOrder(), 'stream', after(100)));
    orders.seen(seen(ownOrder(), 'rest', after(4_999)));
    expect(order(orders)).toMatchObject({ state: 'unknown', pending: { price: 4_600 } });
    orders.seen(seen(ownOrder(), 'rest', after(5_000)));
    expect(order(orders)).toMatchObject({ state: 'working', price: 4_500 });
    expect(order(orders).pending).toBeUndefined();
  });

  it('is asked about when its cancel does not say of which total it took so much off', () => {
    const orders = working();
    orders.intended(amendIntent({ size: centicontracts(2_000) }), T0);
    orders.intended(cancelIntent(), T0);
    orders.changeOutcome(changed('cancel', { kind: 'cancelled', reducedBy: centicontracts(1_000) }));
    expect(order(orders)).toMatchObject({ state: 'unknown', isQuestioned: true });
    const gone = { status: 'canceled', filled: centicontracts(1_000), remaining: centicontracts(0) } as const;
    orders.seen(seen(ownOrder(gone), 'rest'));
    expect(owedOf(order(orders))).toBe(1_000);
  });

  it('counts fills that are owed at the boldest price they may have had', () => {
    const orders = working();
    orders.intended(amendIntent({ price: centicents(4_200) }), T0);
    orders.changeOutcome(changed('amend', { kind: 'amended' }));
    orders.seen(
      seen(ownOrder({ price: centicents(4_200), filled: centicontracts(400), remaining: centicontracts(600) })),
    );
    expect(order(orders)).toMatchObject({ price: 4_200, boldest: 4_500 });
  });

  it.each([
    ['not found', { kind: 'not_found' }],
    ['refused', { kind: 'refused', status: 409, code: 'closed', message: 'no' }],
    ['not sent', { kind: 'dropped', reason: 'no tokens' }],
  ] as const)('whose cancel was %s is not cancelled again within a second', (_, outcome) => {
    const orders = working();
    orders.intended(cancelIntent(), T0);
    orders.changeOutcome(changed('cancel', outcome));
    orders.tick(after(1_000));
    expect(order(orders).pending?.kind).toBe('cancel');
    orders.tick(after(1_001));
    expect(order(orders)).toMatchObject({ state: 'working' });
    expect(order(orders).pending).toBeUndefined();
  });

  it('takes the total of an amend that raced a fill, not the wanted rest', () => {
    const orders = working();
    orders.intended(amendIntent({ size: centicontracts(1_000), filled: centicontracts(0) }), T0);
    orders.filled(fillSeen(250));
    orders.changeOutcome(changed('amend', { kind: 'amended' }));
    expect(remainingOf(order(orders))).toBe(750);
  });

  it('is not revived by anything once it has ended, and still accepts fills', () => {
    const orders = working();
    orders.seen(seen(ownOrder({ status: 'canceled', remaining: centicontracts(0) })));
    orders.seen(seen(ownOrder(), 'rest'));
    orders.createOutcome(accepted(0, 1_000));
    orders.changeOutcome(changed('amend', { kind: 'amended' }));
    expect(order(orders).state).toBe('cancelled');
    expect(orders.filled(fillSeen(100))?.filledSeen).toBe(100);
    expect(order(orders).state).toBe('cancelled');
  });

  it('that was refused is there all the same once the stream, a listing or a fill shows it, and never twice (I12)', () => {
    const shown: readonly ((orders: Orders) => void)[] = [
      (orders) => void orders.seen(seen(ownOrder())),
      (orders) => void orders.seen(seen(ownOrder(), 'rest')),
      (orders) => orders.listed(listing([ownOrder()], after(10_000))),
      (orders) => void orders.filled(fillSeen(400)),
    ];
    for (const show of shown) {
      const orders = sent();
      orders.createOutcome(answerOf(REFUSED));
      expect([...orders.live()]).toEqual([]);
      show(orders);
      expect([...orders.live()].map(({ state }) => state)).toEqual(['working']);
      expect(remainingOf(order(orders))).toBe(1_000 - order(orders).filledSeen);
      orders.seen(
        seen(ownOrder({ status: 'canceled', filled: order(orders).filledSeen, remaining: centicontracts(0) })),
      );
      expect([order(orders).state, [...orders.live()]]).toEqual(['cancelled', []]);
      orders.seen(seen(ownOrder()));
      expect(order(orders).state).toBe('cancelled');
    }
  });

  it('that was refused stays so when its record says that it is over', () => {
    const orders = sent();
    orders.createOutcome(answerOf(REFUSED));
    orders.seen(seen(ownOrder({ status: 'canceled', remaining: centicontracts(0) })));
    expect(order(orders).state).toBe('refused');
  });

  it('that strangers placed is adopted as external, and its earlier fills are not owed', () => {
    const orders = new Orders();
    orders.seen(
      seen(ownOrder({ orderId: 'S1', clientOrderId: '', filled: centicontracts(200), remaining: centicontracts(800) })),
    );
    const [found] = [...orders.live()];
    expect(found).toMatchObject({ origin: 'external', orderId: 'S1' });
    expect(found === undefined ? -1 : remainingOf(found)).toBe(800);
    expect([...orders.owing()]).toHaveLength(0);
  });

  it.each([
    ['older than the fills', 0, after(5)],
    ['older than the second of them', 300, after(10)],
    ['newer than both', 400, after(30)],
    ['of an unknown age', 0, undefined],
    ['of an order that had filled before we came, and older than both', 200, after(5)],
  ])('that strangers placed owes none of the fills that came before a record %s', (what, filled, exchangeAt) => {
    const orders = new Orders();
    const strangers = { orderId: 'S1', clientOrderId: 'theirs' };
    orders.filled(fillSeen(300, { ...strangers, exchangeAt: after(10) }));
    orders.filled(fillSeen(100, { ...strangers, exchangeAt: after(20) }));
    const record = ownOrder({
      ...strangers,
      filled: centicontracts(filled),
      remaining: centicontracts(1_000 - filled),
    });
    orders.seen(seen({ ...record, ...(exchangeAt !== undefined && { exchangeAt }) }, 'rest'));
    const total = what.includes('before we came') ? 600 : 400;
    const after40 = { filled: centicontracts(total), remaining: centicontracts(1_000 - total), exchangeAt: after(40) };
    orders.seen(seen(ownOrder({ ...strangers, ...after40 })));
    expect(orders.byOrderId('S1')).toMatchObject({ filledSeen: total, filledStated: total });
    expect([...orders.owing()]).toEqual([]);
  });

  it('that strangers placed owes the fills that nobody has seen', () => {
    const orders = new Orders();
    const strangers = { orderId: 'S1', clientOrderId: 'theirs' };
    orders.filled(fillSeen(300, strangers));
    orders.seen(seen(ownOrder(strangers), 'rest'));
    orders.seen(seen(ownOrder({ ...strangers, filled: centicontracts(400), remaining: centicontracts(600) })));
    expect([...orders.owing()].map(owedOf)).toEqual([100]);
  });
});

describe('an answer to a create', () => {
  const cancelled = ownOrder({ status: 'canceled', remaining: centicontracts(0) });
  /** How it came to the state in which the answer finds it. */
  const before = {
    sending: () => {},
    'unknown, no reply yet': (orders) => orders.tick(after(3_001)),
    'working, by the stream': (orders) => void orders.seen(seen(ownOrder())),
    'working, by a listing': (orders) => orders.listed(listing([ownOrder()], after(10_000))),
    'working, by a fill': (orders) => void orders.filled(fillSeen(400)),
    'unknown, after an amend of it was lost': (orders) => {
      orders.seen(seen(ownOrder()));
      orders.intended(amendIntent(), T0);
      orders.changeOutcome(changed('amend', lost));
    },
    'working, being cancelled': (orders) => {
      orders.seen(seen(ownOrder()));
      orders.intended(cancelIntent(), T0);
    },
    cancelled: (orders) => void orders.seen(seen(cancelled)),
    filled: (orders) => void orders.filled(fillSeen(1_000)),
  } satisfies Record<string, (orders: Orders) => void>;
  type Before = keyof typeof before;

  /** State before → by each answer, the state after; `?` where somebody must ask the exchange. */
  const table: readonly (readonly [Before, accepted: string, refused: string, noProof: string])[] = [
    ['sending', 'working', 'refused', 'unknown?'],
    ['unknown, no reply yet', 'working', 'refused', 'unknown?'],
    ['working, by the stream', 'working', 'working?', 'working'],
    ['working, by a listing', 'working', 'working?', 'working'],
    ['working, by a fill', 'working', 'working?', 'working'],
    ['unknown, after an amend of it was lost', 'working', 'unknown?', 'unknown?'],
    ['working, being cancelled', 'working', 'working?', 'working'],
    ['cancelled', 'cancelled', 'cancelled', 'cancelled'],
    ['filled', 'filled', 'filled', 'filled'],
  ];

  it.each(table)(
    'that finds it %s: accepted, it is %s, refused %s, without proof (409, 5xx) %s (F04, I12)',
    (state, ...ends) => {
      const answers = [accepted(0, 1_000).outcome, REFUSED, lost];
      const seenEnds = answers.map((outcome) => {
        const orders = sent();
        before[state](orders);
        const live = [...orders.live()].length;
        const left = restingOutcomes(order(orders));
        orders.createOutcome(answerOf(outcome));
        const { state: end, isQuestioned } = order(orders);
        expect([...orders.live()]).toHaveLength(end === 'refused' ? 0 : live);
        if (end !== 'refused') expect(restingOutcomes(order(orders))).toEqual(left);
        return `${end}${isQuestioned ? '?' : ''}`;
      });
      expect(seenEnds).toEqual(ends);
    },
  );
});

describe('whatever the order of arrival', () => {
  /** What the exchange did to one order, and the messages that tell of it. */
  const history = fc
    .tuple(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 5 }), fc.boolean())
    .map(([wanted, isCancelled]) => {
      const messages: ((orders: Orders) => void)[] = [(orders) => void orders.createOutcome(accepted(0, 1_000))];
      let filled = 0;
      for (const size of wanted.map((want) => Math.min(want, 1_000))) {
        const part = Math.min(size, 1_000 - filled);
        if (part === 0) continue;
        filled += part;
        const total = filled;
        const fill = fillSeen(part);
        messages.push((orders) => void orders.filled(fill));
        const status = total === 1_000 ? 'executed' : 'resting';
        const record = ownOrder({ status, filled: centicontracts(total), remaining: centicontracts(1_000 - total) });
        messages.push((orders) => void orders.seen(seen(record)));
      }
      if (isCancelled && filled < 1_000) {
        const record = ownOrder({ status: 'canceled', filled: centicontracts(filled), remaining: centicontracts(0) });
        messages.push((orders) => void orders.seen(seen(record)));
      }
      return { messages, filled, hasEnded: filled === 1_000 || isCancelled };
    });

  it('ends in the truth, never comes back from an end, and counts no fill twice', () => {
    fc.assert(
      fc.property(
        history.chain((past) =>
          fc.record({
            past: fc.constant(past),
            shuffled: fc.shuffledSubarray(past.messages, { minLength: past.messages.length }),
          }),
        ),
        ({ past, shuffled }) => {
          const orders = sent();
          let ended = false;
          for (const message of shuffled) {
            message(orders);
            const now = hasEnded(order(orders));
            expect(ended && !now).toBe(false);
            ended = now;
          }
          expect(order(orders).filledSeen).toBe(past.filled);
          expect(owedOf(order(orders))).toBe(0);
          if (past.hasEnded) expect(hasEnded(order(orders))).toBe(true);
          else expect(remainingOf(order(orders))).toBe(1_000 - past.filled);
        },
      ),
    );
  });
});
