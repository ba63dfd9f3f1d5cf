/** Stories over real sockets, by a client that signs for itself. */
import { describe, expect, it } from 'vitest';
import {
  type Frame,
  type Json,
  keyPair,
  openMarket,
  restClient,
  serve,
  streamClient,
} from '../../support/sim-client.ts';

const ALICE = keyPair('rsa', 'alice-key', 'alice');
const BOB = keyPair('ed25519', 'bob-key', 'bob');
const ORDERS = '/portfolio/events/orders';

/** Sizes in hundredths of a contract by side and price, as a client keeps them. */
class ClientBook {
  readonly levels = new Map<string, number>();
  seq = 0;

  /** False when a frame is missing before this one. */
  apply({ type, seq = 0, msg }: Frame): boolean {
    const follows = seq === this.seq + 1;
    this.seq = seq;
    if (type === 'orderbook_snapshot') this.levels.clear();
    for (const side of ['yes', 'no']) {
      for (const [price, size] of msg[`${side}_dollars_fp`] ?? [])
        this.levels.set(`${side} ${price}`, hundredths(size));
    }
    if (type === 'orderbook_delta') {
      const key = `${msg.side} ${msg.price_dollars}`;
      const size = (this.levels.get(key) ?? 0) + hundredths(msg.delta_fp);
      expect(size).toBeGreaterThanOrEqual(0);
      if (size === 0) this.levels.delete(key);
      else this.levels.set(key, size);
    }
    return follows;
  }

  get sorted(): readonly (readonly [string, number])[] {
    return [...this.levels].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function hundredths(text: string): number {
  return Math.round(Number(text) * 100);
}

function order(ticker: string, more: object) {
  return {
    ticker,
    side: 'bid',
    price: '0.0100',
    count: '3.00',
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: 'taker_at_cross',
    exchange_index: 2,
    ...more,
  };
}

/** An open market with room for a quote inside its spread. */
async function wideMarket(call: ReturnType<typeof restClient>): Promise<Json> {
  const { json } = await call('GET', '/markets?status=open');
  return json.markets.find((one: Json) => Number(one.yes_ask_dollars) - Number(one.yes_bid_dollars) > 0.015);
}

describe('the stream over a socket', () => {
  it('keeps a book that equals the snapshot asked for later, without a gap, in either price scale', async () => {
    const { server } = await serve([ALICE, BOB], { speed: 60 });
    const { ticker } = await openMarket(restClient(server));
    for (const usesYesPrice of [true, false]) {
      const client = await streamClient(server, usesYesPrice ? ALICE : BOB);
      client.command('subscribe', {
        channels: ['orderbook_delta'],
        market_ticker: ticker,
        use_yes_price: usesYesPrice,
      });
      await client.until(({ seq = 0 }) => seq > 300);
      const id = client.command('update_subscription', { sid: 1, action: 'get_snapshot', market_tickers: [ticker] });
      const picture = await client.until((frame) => frame.id === id && frame.type === 'orderbook_snapshot');
      const book = new ClientBook();
      for (const frame of client.frames.filter(({ sid }) => sid === 1)) {
        if (frame === picture) break;
        expect(book.apply(frame)).toBe(true);
      }
      const asked = new ClientBook();
      asked.apply(picture);
      expect(book.seq).toBe(asked.seq - 1);
      expect(book.sorted).toEqual(asked.sorted);
      client.socket.terminate();
    }
  });

  it('lets a client that lost a frame notice the gap and mend its book by asking', async () => {
    const { server } = await serve([ALICE], { speed: 60 });
    const { ticker } = await openMarket(restClient(server));
    const client = await streamClient(server, ALICE);
    client.command('subscribe', { channels: ['orderbook_delta'], market_ticker: ticker });
    await client.until(({ seq = 0 }) => seq > 50);
    const lost = client.frames.findIndex(({ seq }) => seq === 20);
    client.frames.splice(lost, 1);
    const numbers = client.frames.flatMap(({ seq }) => seq ?? []);
    const gaps = numbers.filter((seq, index) => index > 0 && seq !== (numbers[index - 1] ?? 0) + 1);
    expect(gaps).toEqual([21]);
    const id = client.command('update_subscription', { sids: [1], action: 'get_snapshot', market_tickers: [ticker] });
    const picture = await client.until((frame) => frame.id === id);
    const after = await client.until(({ seq = 0 }) => seq > (picture.seq ?? 0) + 20);
    const mended = new ClientBook();
    mended.seq = (picture.seq ?? 0) - 1;
    const rest = client.frames.filter(({ seq = 0 }) => seq >= (picture.seq ?? 0) && seq <= (after.seq ?? 0));
    expect(rest.every((frame) => mended.apply(frame))).toBe(true);
  });

  it('tells an owner the whole life of an order, and strangers only the book', async () => {
    // So slow that the world's own flow does not take the order first.
    const { server } = await serve([ALICE, BOB], { speed: 0.01 });
    const [alice, bob] = [restClient(server, ALICE), restClient(server, BOB)];
    const { ticker, yes_bid_dollars: best, exchange_index: shard } = await wideMarket(alice);
    const channels = ['orderbook_delta', 'user_orders', 'fill', 'market_positions'];
    const own = await streamClient(server, ALICE);
    const foreign = await streamClient(server, BOB);
    for (const client of [own, foreign]) {
      client.command('subscribe', { channels, market_tickers: [ticker], use_yes_price: true });
      await client.until(({ type }) => type === 'orderbook_snapshot');
    }
    // A cent above the best bid: bob's sale meets it first.
    const price = (Number(best) + 0.01).toFixed(4);
    const onShard = { price, exchange_index: shard };
    const placed = await alice(
      'POST',
      ORDERS,
      order(ticker, { ...onShard, client_order_id: 'maker-1', post_only: true }),
    );
    expect(placed.status).toBe(201);
    const resting = await own.until(({ type }) => type === 'user_order');
    expect(resting.msg).toMatchObject({
      order_id: placed.json.order_id,
      client_order_id: 'maker-1',
      status: 'resting',
      yes_price_dollars: price,
      remaining_count_fp: '3.00',
    });
    const moved = await own.until(({ type, msg }) => type === 'orderbook_delta' && msg.client_order_id === 'maker-1');
    expect(moved.msg).toMatchObject({ side: 'yes', price_dollars: price, delta_fp: '3.00' });
    const sale = {
      side: 'ask',
      price,
      count: '1.00',
      time_in_force: 'immediate_or_cancel',
      client_order_id: 'taker-1',
    };
    expect((await bob('POST', ORDERS, order(ticker, sale))).json).toMatchObject({ fill_count: '1.00' });
    const fill = await own.until(({ type }) => type === 'fill');
    expect(fill.msg).toMatchObject({
      client_order_id: 'maker-1',
      market_ticker: ticker,
      is_taker: false,
      yes_price_dollars: price,
      count_fp: '1.00',
      book_side: 'bid',
      post_position_fp: '1.00',
    });
    expect(fill.seq).toBeUndefined();
    expect((await own.until(({ type }) => type === 'market_position')).msg).toMatchObject({
      position_fp: '1.00',
      volume_fp: '1.00',
    });
    await alice('DELETE', `${ORDERS}/${placed.json.order_id}?market_ticker=${ticker}`);
    const ended = await own.until(({ type, msg }) => type === 'user_order' && msg.status === 'canceled');
    expect(ended.msg).toMatchObject({ fill_count_fp: '1.00', remaining_count_fp: '0.00' });
    const sold = await foreign.until(({ type }) => type === 'fill');
    expect(sold.msg).toMatchObject({
      client_order_id: 'taker-1',
      is_taker: true,
      book_side: 'ask',
      post_position_fp: '-1.00',
    });
    expect(JSON.stringify(foreign.frames)).not.toContain('maker-1');
    expect(JSON.stringify(own.frames)).not.toContain('taker-1');
  });

  it('drops a client that sends what is no text and goes on serving the others', async () => {
    const { server } = await serve([ALICE, BOB]);
    const rude = await streamClient(server, ALICE);
    const calm = await streamClient(server, BOB);
    rude.socket.send(Buffer.from([0xff, 0x00]), { binary: true });
    expect((await rude.until(({ type }) => type === 'error')).msg.code).toBe(1);
    const down = new Promise((resolve) => rude.socket.once('close', resolve));
    rude.socket.send('x'.repeat(2_000_000));
    await down;
    calm.command('list_subscriptions');
    expect((await calm.until(({ type }) => type === 'ok')).msg).toEqual([]);
  });
});
