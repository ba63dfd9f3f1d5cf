/** Whom every call is about. */
import { describe, expect, it } from 'vitest';
import { encodeCancel, encodeCancelBatch } from '../../../src/lib/adapters/kalshi/encode.ts';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { KalshiControls } from '../../../src/lib/adapters/kalshi/rest-controls.ts';
import { KalshiHistory } from '../../../src/lib/adapters/kalshi/rest-history.ts';
import { KalshiTransfers } from '../../../src/lib/adapters/kalshi/rest-transfers.ts';
import { subaccountWire } from '../../../src/lib/adapters/kalshi/subaccount-wire.ts';
import { translateFrame } from '../../../src/lib/adapters/kalshi/translate.ts';
import { epochMs, microdollars } from '../../../src/lib/core/units.ts';
import type { WireReply, WireRequest } from '../../../src/lib/ports.ts';

const ROOT = '/trade-api/v2';

/** What leaves, of calls that an exchange answers with `body`. */
function listening(body = '{}') {
  const asked: WireRequest[] = [];
  const wire = subaccountWire(
    {
      request: async (request): Promise<WireReply> => {
        asked.push(request);
        return { kind: 'response', status: 200, body };
      },
    },
    3,
  );
  return { wire, asked };
}

describe('a call about the account', () => {
  it('names the subaccount, reads and levers alike', async () => {
    const { wire, asked } = listening();
    const rest = new KalshiRest(wire);
    const controls = new KalshiControls(wire);
    await rest.balance([0]);
    await rest.positions();
    await rest.fills({});
    await rest.orders({ status: 'resting' });
    await rest.settlements({});
    await rest.queuePositions(['A']);
    await controls.orderGroups();
    await controls.orderGroup('g');
    for (const change of ['trigger', 'reset'] as const)
      await controls[`${change}OrderGroup`]({ groupId: 'g', shard: 2 });
    await controls.deleteOrderGroup({ groupId: 'g', shard: 2 });
    await controls.cancelAll();
    await wire.request(encodeCancel({ orderId: 'o', ticker: 'A', shard: 2 } as Parameters<typeof encodeCancel>[0]));
    expect(asked.map(({ path, query }) => [path, query?.subaccount])).toEqual(asked.map(({ path }) => [path, 3]));
    expect(asked).toHaveLength(13);
  });

  it('names it in what makes an order or a group, in each order of a batch, and on both sides of a transfer', async () => {
    const { wire, asked } = listening();
    await wire.request({ method: 'POST', path: `${ROOT}/portfolio/events/orders`, body: '{"ticker":"A"}' });
    await new KalshiControls(wire).createOrderGroup(0, 100 as never);
    await wire.request(
      encodeCancelBatch([
        { orderId: 'o', ticker: 'A' },
        { orderId: 'p', ticker: 'B', shard: 2 },
      ]),
    );
    await new KalshiTransfers(wire).move({ shard: 0 }, { shard: 2 }, microdollars(1_000_000));
    const [order, group, batch, transfer] = asked.map(({ body }) => JSON.parse(body ?? 'null'));
    expect(order).toEqual({ subaccount: 3, ticker: 'A' });
    expect(group).toMatchObject({ subaccount: 3, exchange_index: 0 });
    expect(batch.orders).toMatchObject([
      { order_id: 'o', subaccount: 3 },
      { order_id: 'p', subaccount: 3 },
    ]);
    expect(transfer).toMatchObject({ source_subaccount: 3, destination_subaccount: 3 });
    expect(asked.map(({ query }) => query)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is left as it is where nobody is meant: the market, the limits, the lists of transfers', async () => {
    const { wire, asked } = listening();
    const rest = new KalshiRest(wire);
    await rest.exchangeStatus();
    await rest.limits();
    await rest.market('A');
    await new KalshiTransfers(wire).list();
    await new KalshiTransfers(wire, 3).betweenSubaccounts();
    expect(asked.filter(({ query, body }) => JSON.stringify([query, body]).includes('subaccount'))).toEqual([]);
  });

  it('changes nothing for a key that has one of its own', () => {
    const wire = { request: async (): Promise<WireReply> => ({ kind: 'failure', reason: '' }) };
    expect(subaccountWire(wire, undefined)).toBe(wire);
  });
});

it('keeps rows of others out of what the archive lists, which cannot be asked for one', async () => {
  const fill = {
    ...{ order_id: 'o', ticker: 'A', book_side: 'bid', yes_price_dollars: '0.40', count_fp: '1.00', is_taker: false },
    ...{ fee_cost: '0.00', created_time: '2026-01-02T00:00:00Z' },
  };
  const fills = [3, 0, undefined].map((number, index) => ({
    ...fill,
    fill_id: `f${index}`,
    subaccount_number: number,
  }));
  const cutoff = { market_settled_ts: LATER, trades_created_ts: LATER, orders_updated_ts: LATER };
  const wire = subaccountWire(
    {
      request: async ({ path }): Promise<WireReply> => {
        const body = path.endsWith('/cutoff')
          ? cutoff
          : path.includes('historical')
            ? { fills, cursor: '' }
            : { fills: [], cursor: '' };
        return { kind: 'response', status: 200, body: JSON.stringify(body) };
      },
    },
    3,
  );
  const listed = await new KalshiHistory(wire).fills({});
  expect(listed.ok && listed.value.map(({ tradeId }) => tradeId)).toEqual(['f0']);
});
const LATER = '2026-06-01T00:00:00Z';

describe('a message of another subaccount', () => {
  const context = { conn: 1, at: epochMs(1), yesPrice: true };
  const frames = {
    fill: (subaccount?: number) => ({
      ...{ trade_id: 't', order_id: 'o', market_ticker: 'A', is_taker: false, yes_price_dollars: '0.4000' },
      ...{ count_fp: '1.00', fee_cost: '0.00', book_side: 'bid', subaccount },
    }),
    user_order: (subaccount_number?: number) => ({
      ...{ order_id: 'o', client_order_id: 'c', ticker: 'A', book_side: 'bid', yes_price_dollars: '0.4000' },
      ...{
        status: 'resting',
        fill_count_fp: '0.00',
        remaining_count_fp: '1.00',
        initial_count_fp: '1.00',
        subaccount_number,
      },
    }),
    market_position: (subaccount?: number) => ({ market_ticker: 'A', position_fp: '1.00', subaccount }),
  } as const;
  const told = (type: keyof typeof frames, stated: number | undefined, subaccount?: number) => {
    const frame = Buffer.from(JSON.stringify({ type, sid: 1, seq: 1, msg: frames[type](stated) }));
    const { events, notices } = translateFrame(frame, { ...context, subaccount });
    return [
      ...events.filter((event) => event.type !== 'feed_passed'),
      ...notices.filter(({ kind }) => kind !== 'unused'),
    ].length;
  };

  it.each(['fill', 'user_order', 'market_position'] as const)('is in nobody’s figures: %s', (type) => {
    expect([told(type, 3, 3), told(type, 0, 3), told(type, undefined, 3)]).toEqual([1, 0, 0]);
    expect([told(type, 0, 0), told(type, undefined, 0), told(type, 3, 0)]).toEqual([1, 1, 0]);
  });

  it('is read as before where the configuration names none', () => {
    expect([told('fill', 3), told('user_order', 3), told('market_position', 0)]).toEqual([1, 1, 1]);
  });
});
