import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { amend, begun, commit, create, databasePath, T0 } from '../../support/journal.ts';

describe('orders that may rest', () => {
  const outcome = (counter: number, what: object): EngineEvent =>
    ({ type: 'create_outcome', at: T0, clientOrderId: create(counter).clientOrderId, outcome: what }) as EngineEvent;
  const accepted = (counter: number, remaining = 1_000): EngineEvent =>
    outcome(counter, { kind: 'accepted', orderId: `o-${counter}`, filled: 0, remaining });
  const changed = (counter: number, change: string, what: object): EngineEvent =>
    ({
      type: 'change_outcome',
      at: T0,
      clientOrderId: create(counter).clientOrderId,
      change,
      outcome: what,
    }) as EngineEvent;
  const seen = (counter: number, status: string, more: object = {}): EngineEvent =>
    ({
      type: 'own_order',
      at: T0,
      source: 'stream',
      order: {
        orderId: `o-${counter}`,
        clientOrderId: create(counter).clientOrderId,
        ticker: create(counter).ticker,
        side: 'bid',
        price: 4_500,
        status,
        filled: 0,
        remaining: 1_000,
        initial: 1_000,
        ...more,
      },
    }) as EngineEvent;

  test.each<[string, EngineEvent[], boolean]>([
    ['nothing was heard', [], true],
    ['the answer is unknown', [outcome(1, { kind: 'unknown', reason: 'timeout' })], true],
    ['it was accepted', [accepted(1)], true],
    ['it was accepted with nothing left', [accepted(1, 0)], false],
    ['it was refused', [outcome(1, { kind: 'refused', status: 400, code: 'x', message: 'y' })], false],
    ['it was never sent', [outcome(1, { kind: 'dropped', reason: 'gate' })], false],
    ['its cancel was confirmed', [accepted(1), changed(1, 'cancel', { kind: 'cancelled', reducedBy: 1_000 })], false],
    ['its cancel found nothing', [accepted(1), changed(1, 'cancel', { kind: 'not_found' })], true],
    ['its cancel is unknown', [accepted(1), changed(1, 'cancel', { kind: 'unknown', reason: 'reset' })], true],
    ['the stream says it rests', [seen(1, 'resting')], true],
    ['the stream says it was executed', [accepted(1), seen(1, 'executed', { remaining: 0 })], false],
    ['it ended, and a late record says it rests', [accepted(1), seen(1, 'canceled'), seen(1, 'resting')], false],
    ['it ended before its acceptance was heard', [seen(1, 'canceled'), accepted(1)], false],
  ])('when %s', (_, events, mayRest) => {
    const { journal } = begun(databasePath());
    commit(journal, 1, create(1));
    for (const event of [...events, ...events]) journal.recordEvent(event);
    journal.flush();
    expect(journal.openOrders(T0).map(({ clientOrderId }) => clientOrderId)).toEqual(
      mayRest ? [create(1).clientOrderId] : [],
    );
  });

  test('are forgotten a minute after their lease, however it was renewed', () => {
    const { journal } = begun(databasePath());
    commit(journal, 1, create(1));
    journal.recordEvent(accepted(1));
    commit(journal, 2, amend(create(1), 2, T0 + 360_000));
    // A record from before the amend: the later expiry stands.
    journal.recordEvent(seen(1, 'resting', { expiresAt: T0 + 180_000 }));
    journal.flush();
    expect(journal.openOrders(epochMs(T0 + 360_000 + 59_999))).toHaveLength(1);
    expect(journal.openOrders(epochMs(T0 + 360_000 + 60_000))).toHaveLength(0);
  });

  test('say all that a cancel from outside needs', () => {
    const { journal } = begun(databasePath());
    commit(journal, 1, create(1));
    journal.recordEvent(accepted(1, 700));
    journal.flush();
    expect(journal.openOrders(T0, 'world-7')).toEqual([
      {
        account: 'world-7',
        clientOrderId: create(1).clientOrderId,
        orderId: 'o-1',
        session: 1,
        ticker: create(1).ticker,
        shard: 2,
        side: 'bid',
        price: 4_500,
        remaining: 700,
        expiresAt: T0 + 180_000,
      },
    ]);
    expect(journal.openOrders(T0, 'another')).toEqual([]);
  });

  test('are over when a later session is told of a whole listing without them, but for one that was never answered', () => {
    const path = databasePath();
    const first = begun(path).journal;
    commit(first, 1, create(1));
    commit(first, 2, create(2));
    first.recordEvent(accepted(1));
    first.flush();
    first.close();
    const { journal } = begun(path);
    const at = epochMs(T0 + 1_000);
    const listed = (ticker?: string): EngineEvent =>
      ({ type: 'orders_listed', at, askedAt: at, orders: [], ...(ticker !== undefined && { ticker }) }) as EngineEvent;
    const open = () => {
      journal.flush();
      return journal.openOrders(at).map(({ clientOrderId }) => clientOrderId);
    };
    journal.recordEvent(listed(create(1).ticker));
    expect(open()).toEqual([create(1).clientOrderId, create(2).clientOrderId]);
    journal.recordEvent(listed());
    expect(open()).toEqual([create(2).clientOrderId]);
  });

  test('include those of ours that only the exchange knows, and no stranger’s', () => {
    const { journal } = begun(databasePath());
    const ours = seen(7, 'resting') as Extract<EngineEvent, { type: 'own_order' }>;
    const strangers = ['', 'web-1'].map((clientOrderId) => ({ ...ours.order, clientOrderId }));
    journal.recordEvent({ type: 'orders_listed', at: T0, askedAt: T0, orders: [...strangers, ours.order] });
    journal.flush();
    const orders = journal.openOrders(epochMs(T0 + 10 ** 9));
    expect(orders.map(({ clientOrderId, orderId }) => [clientOrderId, orderId])).toEqual([
      [create(7).clientOrderId, 'o-7'],
    ]);
    expect(orders[0]).not.toHaveProperty('session');
  });
});
