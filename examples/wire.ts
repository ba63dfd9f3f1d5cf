// How one talks to a Kalshi exchange, from the public description only: signing, REST, the stream, a book.
import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field, where they are used
export type Json = any;
export type Answer = { status: number; body: Json };
export type Frame = { type: string; id?: number; sid?: number; seq?: number; msg?: Json };

// Prices, money and counts are decimal strings; here they are integers of a millionth.
export const ONE = 1_000_000;
export const dollars = (amount: number) => (amount / ONE).toFixed(4);

export function micro(decimal: string): number {
  const parts = /^(-?\d+)(?:\.(\d{1,6}))?$/.exec(decimal);
  if (!parts) throw new Error(`not a decimal: ${decimal}`);
  return Number(parts[1] + (parts[2] ?? '').padEnd(6, '0'));
}

/** Asks again until there is something, or until `ms` have passed. */
export async function until<T>(probe: () => T | Promise<T>, ms = 4000): Promise<T | undefined> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(20)) {
    const found = await probe();
    if (found) return found;
  }
  return undefined;
}

export class Exchange {
  readonly rest: string;
  readonly keyId: string;
  private readonly key: KeyObject;
  private end = 0;

  constructor(rest: string, keyId: string, keyFile: string) {
    this.rest = rest;
    this.keyId = keyId;
    this.key = createPrivateKey(readFileSync(keyFile));
  }

  /** No call begins, and none goes on, after this many milliseconds. */
  allow(ms: number) {
    this.end = Date.now() + ms;
  }

  /** The text signed is time, method and path from the root: without query and without body. */
  signed(method: string, url: string, now = Date.now()): Record<string, string> {
    const { key } = this;
    const text = Buffer.from(`${now}${method}${new URL(url).pathname}`);
    const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    const signature = key.asymmetricKeyType === 'ed25519' ? sign(null, text, key) : sign('sha256', text, pss);
    return {
      'KALSHI-ACCESS-KEY': this.keyId,
      'KALSHI-ACCESS-TIMESTAMP': String(now),
      'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
    };
  }

  async call(method: string, path: string, body?: Json, auth?: Record<string, string>): Promise<Answer> {
    const url = this.rest + path;
    const left = this.end - Date.now();
    if (left <= 0) throw new Error('out of time');
    const headers = { 'content-type': 'application/json', ...(auth ?? this.signed(method, url)) };
    const signal = AbortSignal.timeout(Math.min(left, 8000));
    const response = await fetch(url, { method, headers, body: body && JSON.stringify(body), signal });
    const text = await response.text();
    if (response.status !== 429) return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    await sleep(300); // the bucket is empty: that costs nothing, it fills again
    return this.call(method, path, body, auth);
  }

  async get(path: string): Promise<Json> {
    const { status, body } = await this.call('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** All rows, page by page: the last page has an empty cursor. */
  async list(path: string, name: string, most = 25): Promise<{ rows: Json[]; pages: number }> {
    const rows: Json[] = [];
    for (let cursor = '', pages = 1; ; pages += 1) {
      const body = await this.get(cursor === '' ? path : `${path}&cursor=${encodeURIComponent(cursor)}`);
      rows.push(...body[name]);
      cursor = body.cursor;
      if (cursor === '' || pages === most) return { rows, pages };
    }
  }
}

const levels = (rows: [string, string][] = [], price = (own: number) => own) =>
  new Map(rows.map(([at, size]) => [price(micro(at)), micro(size)]));

const sorted = (side: Map<number, number>) => [...side].sort(([a], [b]) => a - b);

/** A book in YES prices, contracts by price: from frames subscribed with use_yes_price, or from GET orderbook. */
export class Book {
  bids = new Map<number, number>();
  asks = new Map<number, number>();
  deltas = 0;

  static fromRest({ yes_dollars, no_dollars }: Json): Book {
    const book = new Book(); // REST has bids only, each in its own price
    book.bids = levels(yes_dollars);
    book.asks = levels(no_dollars, (own) => ONE - own);
    return book;
  }

  apply({ type, msg }: Frame): string | undefined {
    if (type === 'orderbook_snapshot') {
      this.bids = levels(msg.yes_dollars_fp);
      this.asks = levels(msg.no_dollars_fp); // with the flag these are asks already
      return undefined;
    }
    const side = msg.side === 'yes' ? this.bids : this.asks;
    const at = micro(msg.price_dollars);
    const size = (side.get(at) ?? 0) + micro(msg.delta_fp);
    if (size === 0) side.delete(at);
    else side.set(at, size);
    this.deltas += 1;
    return size < 0 ? `level ${msg.price_dollars} of ${msg.side} is below zero` : undefined;
  }

  /** The lowest price down to which `size` is offered. */
  ask(size: number): number {
    let left = size;
    for (const [at, offered] of sorted(this.asks)) {
      left -= offered;
      if (left <= 0) return at;
    }
    throw new Error(`nobody offers ${size / ONE}`);
  }

  toString(): string {
    return JSON.stringify([sorted(this.bids), sorted(this.asks)]);
  }
}

export class Stream {
  readonly frames: Frame[] = [];
  readonly sids = new Map<string, number>();
  readonly book = new Book();
  readonly states: string[] = []; // what the book was after each of its frames
  readonly faults: string[] = []; // gaps in seq, levels below zero, snapshots that are not the book
  numbered = 0;
  private readonly ticker: string;
  private readonly socket: WebSocket;
  private readonly last = new Map<number, number>();
  private commands = 0;

  constructor(url: string, headers: Record<string, string>, ticker: string) {
    this.ticker = ticker;
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data) => this.receive(JSON.parse(data.toString())));
  }

  /** 101, or the status the handshake was refused with. */
  opened(): Promise<number> {
    return new Promise((done, failed) => {
      this.socket.once('open', () => done(101)).once('error', failed);
      this.socket.once('unexpected-response', (_, response) => done(response.statusCode ?? 0));
    });
  }

  close() {
    this.socket.on('error', () => undefined).terminate();
  }

  command(cmd: string, params?: Json): number {
    this.commands += 1;
    this.socket.send(JSON.stringify({ id: this.commands, cmd, params }));
    return this.commands;
  }

  seen(test: (frame: Frame) => boolean, from = 0): Promise<Frame | undefined> {
    return until(() => this.frames.slice(from).find(test));
  }

  answer(id: number, type: string): Promise<Frame | undefined> {
    return this.seen((frame) => frame.id === id && frame.type === type);
  }

  private receive(frame: Frame) {
    const { type, sid = 0, seq, msg } = frame;
    this.frames.push(frame);
    if (type === 'subscribed') this.sids.set(msg.channel, msg.sid);
    const counted = ['orderbook_delta', 'trade', 'order_group_updates'].some((name) => this.sids.get(name) === sid);
    if (counted && seq !== undefined) {
      const expected = (this.last.get(sid) ?? 0) + 1; // over all frames of the sid, whatever their market and type
      if (seq !== expected) this.faults.push(`sid ${sid}: seq ${seq}, not ${expected}`);
      this.last.set(sid, seq);
      this.numbered += 1;
    }
    if (!type.startsWith('orderbook') || msg.market_ticker !== this.ticker) return;
    const before = String(this.book);
    const fault = this.book.apply(frame);
    if (fault) this.faults.push(fault);
    if (type === 'orderbook_snapshot' && this.states.length > 0 && String(this.book) !== before)
      this.faults.push(`the snapshot at seq ${seq} is not the book kept from the deltas`);
    this.states.push(String(this.book));
  }
}
