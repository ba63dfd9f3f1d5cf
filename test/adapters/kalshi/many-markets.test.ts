/** 600 markets on one connection to a real server on loopback: snapshots in floods, deltas between them, a gap, a break. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { generateKeyPair, Signer } from '../../../src/lib/adapters/kalshi/sign.ts';
import { KalshiStream } from '../../../src/lib/adapters/kalshi/socket.ts';
import { BOOK_CHANNEL, Subscriptions } from '../../../src/lib/adapters/kalshi/subscriptions.ts';
import { translateFrame } from '../../../src/lib/adapters/kalshi/translate.ts';
import { systemClock } from '../../../src/lib/adapters/system/clock.ts';
import { Books, type FeedEvent } from '../../../src/lib/core/book/books.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const TICKERS = Array.from({ length: 600 }, (_, index) => `KX-${index}`);

interface Command {
  readonly id: number;
  readonly cmd: string;
  readonly params: { readonly action?: string; readonly market_tickers?: readonly string[] };
}

/** As much of the exchange as the book channel needs. Every book is one level, whose size the server knows. */
class BookServer {
  readonly sizes = new Map<string, number>();
  readonly commands: Command[] = [];
  #socket: WebSocket | undefined;
  #sid = 0;
  #seq = 0;

  welcome(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('message', (data) => this.#obey(JSON.parse(data.toString())));
  }

  /** One more contract in so many markets, one after another; `isLost`: the first of the frames never arrives. */
  trade(count: number, isLost = false): void {
    for (let n = 0; n < count; n += 1) {
      const ticker = TICKERS[(n * 7) % TICKERS.length] as string;
      const size = this.sizes.get(ticker);
      if (size === undefined) continue;
      this.sizes.set(ticker, size + 1);
      const msg = { market_ticker: ticker, price_dollars: '0.4500', delta_fp: '1.00', side: 'yes' };
      this.#frame('orderbook_delta', msg, {}, isLost && n === 0);
    }
  }

  overflow(): void {
    this.#frame('error', { code: 25, msg: 'Subscription buffer overflow' });
    this.#sid += 1;
  }

  #obey(command: Command): void {
    this.commands.push(command);
    const { id, cmd, params } = command;
    const { action, market_tickers: tickers = [] } = params;
    if (cmd === 'unsubscribe') return;
    if (cmd === 'subscribe') {
      this.#sid += 1;
      this.#seq = 0;
      this.#socket?.send(
        JSON.stringify({ id, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: this.#sid } }),
      );
    } else if (action === 'add_markets') this.#frame('ok', { market_tickers: tickers }, { id });
    for (const ticker of tickers) {
      this.sizes.set(ticker, this.sizes.get(ticker) ?? 100);
      const msg = { market_ticker: ticker, yes_dollars_fp: [['0.4500', `${this.sizes.get(ticker)}.00`]] };
      this.#frame('orderbook_snapshot', msg, action === 'get_snapshot' ? { id } : {});
      // Life goes on between the snapshots.
      if (this.sizes.size % 50 === 0) this.trade(5);
    }
  }

  #frame(type: string, msg: object, more: object = {}, isLost = false): void {
    this.#seq += 1;
    if (!isLost) this.#socket?.send(JSON.stringify({ ...more, type, sid: this.#sid, seq: this.#seq, msg }));
  }
}

async function connected() {
  const server = new BookServer();
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket) => server.welcome(socket));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const signer = Signer.fromPem('key', generateKeyPair('ed25519').privateKey);
  if (!signer.ok) throw new Error('no signer');
  const clock = systemClock({ scale: 1, originMs: epochMs(1_790_000_000_000) });
  const stream = new KalshiStream({
    ...{ url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`, environment: 'sim', signer: signer.signer },
    ...{ timestampMs: Date.now, wallNow: Date.now, clock, random: () => 0.1 },
  });
  const books = new Books({ allowGaps: false });
  const subscriptions = new Subscriptions([BOOK_CHANNEL], (command) => stream.send(command));
  onTestFinished(async () => {
    await stream.close();
    sockets.close();
    http.close();
  });
  stream.open({
    onUp: (conn) => subscriptions.onUp(conn, clock.now()),
    onDown: () => subscriptions.onDown(),
    onHeard: () => {},
    onFrame(conn, frame) {
      const meaning = translateFrame(frame, { conn, at: clock.now(), yesPrice: true });
      if ('malformed' in meaning) throw new Error(meaning.malformed);
      for (const event of meaning.events as readonly FeedEvent[]) {
        const lost = books.apply(event).invalidated.filter(({ fault }) => fault !== 'no_snapshot');
        subscriptions.requestSnapshot(
          lost.map(({ ticker }) => ticker),
          event.at,
        );
        if (event.type === 'feed_started' || event.type === 'feed_broken') subscriptions.onEvent(event);
      }
      for (const notice of meaning.notices) {
        if (notice.kind === 'reply' || notice.kind === 'error') subscriptions.onAnswer(notice, clock.now());
      }
    },
  });
  const wrong = () =>
    TICKERS.filter((ticker) => {
      const book = books.get(ticker)?.book;
      const size = (server.sizes.get(ticker) ?? 0) * 100;
      return book?.isValid !== true || book.bestBidSize !== size;
    });
  const settled = async () => {
    const deadline = performance.now() + 20_000;
    while (wrong().length > 0 && performance.now() < deadline) {
      subscriptions.onTurn(clock.now());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return wrong();
  };
  return { server, subscriptions, settled, clock, books };
}

describe('600 markets on one connection', () => {
  it('are all right after the first flood, a burst of changes, a gap and the end of their subscription', async () => {
    const { server, subscriptions, settled, clock, books } = await connected();
    subscriptions.want(TICKERS, clock.now());
    expect(await settled()).toEqual([]);
    expect(server.commands.map(({ cmd, params }) => params.action ?? cmd)).toEqual([
      'subscribe',
      'add_markets',
      'add_markets',
    ]);

    server.trade(4_000);
    expect(await settled()).toEqual([]);
    expect([...books.markets()].every(({ gaps }) => gaps === 0)).toBe(true);

    server.commands.length = 0;
    server.trade(500, true);
    expect(await settled()).toEqual([]);
    // On a busy machine what is late is asked for again.
    const asked = server.commands.filter(({ params }) => params.action === 'get_snapshot').slice(0, 3);
    expect(asked.map(({ params }) => params.market_tickers?.length)).toEqual([200, 200, 200]);

    server.commands.length = 0;
    server.overflow();
    server.trade(100);
    expect(await settled()).toEqual([]);
    const commands = server.commands.filter(({ params }) => params.action !== 'get_snapshot').slice(0, 2);
    expect(commands.map(({ cmd }) => cmd)).toEqual(['unsubscribe', 'subscribe']);
  });
});
