/**
 * The embedded exchange under load, over real sockets: a client that is subscribed to all of 200 markets while their books
 * change 2,000 times a second, and writes 200 orders a second (half creates, half cancels), each signed by RSA and checked.
 * The exchange is a process of its own; its share of one core is what the load costs.
 */
import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { Signer } from '../src/lib/adapters/kalshi/sign.ts';

/** What the exchange says when it listens. */
export interface LoadedServer {
  readonly rest: string;
  readonly ws: string;
  readonly keyId: string;
  /** PEM. */
  readonly privateKey: string;
  readonly tickers: readonly string[];
}
export interface LoadReport {
  readonly cpuShare: number;
  readonly heapMegabytes: number;
}

const WARM_UP_MS = 2_000;
const WINDOW_MS = 10_000;
const FRAMES_PER_SECOND = 2_000;
const WRITES_PER_SECOND = 200;
const TURN_MS = 10;
const RESTING_MAX = 20;
const ORDERS = '/portfolio/events/orders';

export async function run(): Promise<{ name: string; lines: string[] }> {
  const child = fork(join(import.meta.dirname, 'sim-server-process.ts'));
  const next = <Message>() =>
    new Promise<Message>((resolve) => child.once('message', (message) => resolve(message as Message)));
  try {
    const server = await next<LoadedServer>();
    const signed = Signer.fromPem(server.keyId, server.privateKey);
    if (!signed.ok) throw new Error(signed.error.message);
    const stream = await subscribe(server, signed.signer);
    const writer = new Writer(server, signed.signer);
    const turns = setInterval(() => writer.turn(), TURN_MS);
    await sleep(WARM_UP_MS);
    child.send('reset');
    const [frames, writes] = [stream.count(), writer.done.length];
    const startedMs = performance.now();
    await sleep(WINDOW_MS);
    const seconds = (performance.now() - startedMs) / 1_000;
    const framesPerSecond = (stream.count() - frames) / seconds;
    const writesPerSecond = (writer.done.length - writes) / seconds;
    child.send('report');
    const { cpuShare, heapMegabytes } = await next<LoadReport>();
    clearInterval(turns);
    stream.close();
    return {
      name: 'embedded exchange under load',
      lines: [
        `${framesPerSecond.toFixed(0)} frames/s (asked ${FRAMES_PER_SECOND}) and ${writesPerSecond.toFixed(0)} writes/s (asked ${WRITES_PER_SECOND}) on ${server.tickers.length} markets`,
        `${(cpuShare * 100).toFixed(0)} % of one core, heap ${heapMegabytes.toFixed(0)} MiB; core/share = ${(1 / cpuShare).toFixed(1)}`,
        `age of a frame p50 ${quantile(stream.ages, 0.5)} ms, p99 ${quantile(stream.ages, 0.99)} ms; a write there and back p50 ${quantile(writer.done.slice(writes), 0.5).toFixed(1)} ms, p99 ${quantile(writer.done.slice(writes), 0.99).toFixed(1)} ms; refused ${writer.refused}`,
      ],
    };
  } finally {
    child.disconnect();
  }
}

async function subscribe({ ws, tickers }: LoadedServer, signer: Signer) {
  const socket = new WebSocket(ws, {
    headers: { ...signer.headers('GET', new URL(ws).pathname, Date.now()) },
    perMessageDeflate: false,
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  let count = 0;
  const ages: number[] = [];
  socket.on('message', (data: Buffer) => {
    count += 1;
    const frame = JSON.parse(data.toString()) as { msg?: { ts_ms?: number } };
    if (frame.msg?.ts_ms !== undefined) ages.push(Date.now() - frame.msg.ts_ms);
  });
  const params = { channels: ['orderbook_delta', 'fill', 'user_orders'], market_tickers: tickers, use_yes_price: true };
  socket.send(JSON.stringify({ id: 1, cmd: 'subscribe', params }));
  return { count: () => count, ages, close: () => socket.terminate() };
}

/** Creates orders far from the market, and cancels each when it is the oldest of more than twenty. */
class Writer {
  /** How long each write took, in ms. */
  readonly done: number[] = [];
  refused = 0;
  readonly #server: LoadedServer;
  readonly #signer: Signer;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #resting: string[] = [];
  readonly #startedMs = performance.now();
  #asked = 0;
  #created = 0;

  constructor(server: LoadedServer, signer: Signer) {
    this.#server = server;
    this.#signer = signer;
  }

  /** Sends what has become due. */
  turn(): void {
    const owed = ((performance.now() - this.#startedMs) * WRITES_PER_SECOND) / 1_000;
    for (; this.#asked < owed; this.#asked += 1) void this.#next();
  }

  #next(): Promise<unknown> {
    const oldest = this.#resting.length > RESTING_MAX ? this.#resting.shift() : undefined;
    return oldest === undefined ? this.#create() : this.#write('DELETE', `${ORDERS}/${oldest}`, '?exchange_index=2');
  }

  async #create(): Promise<void> {
    const { tickers } = this.#server;
    this.#created += 1;
    const answer = await this.#write('POST', ORDERS, '', {
      ticker: tickers[this.#created % tickers.length],
      client_order_id: `bench-${this.#created}`,
      side: 'bid',
      price: '0.0500',
      count: '1.00',
      time_in_force: 'good_till_canceled',
      self_trade_prevention_type: 'taker_at_cross',
      exchange_index: 2,
    });
    if (answer?.order_id !== undefined) this.#resting.push(answer.order_id);
  }

  #write(
    method: string,
    path: string,
    query: string,
    body?: object,
  ): Promise<{ readonly order_id?: string } | undefined> {
    const url = new URL(this.#server.rest + path);
    const startedMs = performance.now();
    return new Promise((resolve) => {
      const headers = { ...this.#signer.headers(method, url.pathname, Date.now()) };
      const call = request(url.href + query, { method, agent: this.#agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          this.done.push(performance.now() - startedMs);
          if ((response.statusCode ?? 500) >= 300) this.refused += 1;
          resolve(JSON.parse(text) as { readonly order_id?: string });
        });
      });
      call.on('error', () => resolve(undefined));
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
