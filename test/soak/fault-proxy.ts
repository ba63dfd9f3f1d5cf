/**
 * Stands between a client and the embedded exchange and misbehaves when told to: drops links, lets them die in silence,
 * loses, doubles and delays frames, ends a subscription, answers 429, loses answers of calls that were carried out; and
 * what its user decides for a single call, before it is forwarded, after that and before the answer, or in mid-body.
 * Without a fault it changes nothing but the Host header.
 */
import {
  type ClientRequest,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

/** Faults of the moment happen once; the others last `ms`. */
export type Fault =
  | { readonly kind: 'drop_links' | 'lose_frame' | 'double_frame' | 'end_subscription' }
  | { readonly kind: 'silence_links' | 'delay_frames' | 'too_many_requests' | 'lose_answers'; readonly ms: number };
export type FaultKind = Fault['kind'];

export interface Call {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** `instead` absent: the connection is cut; `silence`: it stays open and nothing comes. */
export type CallFault =
  | { readonly at: 'before' | 'after'; readonly instead?: WrongAnswer | 'silence' }
  | { readonly at: 'mid_body' }
  /** Forwarded so much later. */
  | { readonly at: 'late'; readonly ms: number };

export interface WrongAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ProxyOptions {
  /** Asked when all of a call has arrived; what it does itself then is done before the call goes on. */
  readonly onCall?: (call: Call) => CallFault | undefined;
  /** Told when the exchange has answered, before the client is. */
  readonly onAnswer?: (call: Call, status: number) => void;
}

export interface FaultProxy {
  readonly rest: string;
  readonly ws: string;
  /** How often each fault has hit something. */
  readonly hits: ReadonlyMap<FaultKind, number>;
  inflict(fault: Fault): void;
  /** Every lasting fault is over; links that died in silence stay dead. */
  heal(): void;
  /** Links are cut and connections refused until `open`. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** `target`: REST address of the exchange, whose host and port serve the stream as well. */
export async function startFaultProxy(target: string, options: ProxyOptions = {}): Promise<FaultProxy> {
  const proxy = new Middleman(new URL(target).host, options);
  const port = await proxy.listen(0);
  return {
    rest: target.replace(new URL(target).host, `127.0.0.1:${port}`),
    ws: `ws://127.0.0.1:${port}/trade-api/ws/v2`,
    hits: proxy.hits,
    inflict: (fault) => proxy.inflict(fault),
    heal: () => proxy.heal(),
    shut: () => proxy.close(),
    open: async () => void (await proxy.listen(port)),
    close: () => proxy.close(),
  };
}

const TOO_MANY = '{"error":{"code":"too_many_requests","message":"too many requests"}}';
const OVERFLOW = 25;

class Middleman {
  readonly hits = new Map<FaultKind, number>();
  readonly #host: string;
  readonly #options: ProxyOptions;
  readonly #http = createServer((incoming, answer) => this.#call(incoming, answer));
  readonly #upgrades = new WebSocketServer({ noServer: true, autoPong: false, perMessageDeflate: false });
  readonly #links = new Set<Link>();
  readonly #sockets = new Set<Socket>();
  readonly #until = new Map<FaultKind, number>();

  constructor(host: string, options: ProxyOptions) {
    this.#host = host;
    this.#options = options;
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#http.on('upgrade', (incoming, socket, head) => this.#connect(incoming, socket, head));
  }

  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve) => this.#http.listen(port, '127.0.0.1', resolve));
    return (this.#http.address() as AddressInfo).port;
  }

  inflict(fault: Fault): void {
    if ('ms' in fault) this.#until.set(fault.kind, performance.now() + fault.ms);
    for (const link of this.#links) link.inflict(fault);
  }

  heal(): void {
    this.#until.clear();
    for (const link of this.#links) link.release();
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.end();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #lasts(kind: FaultKind): boolean {
    return performance.now() < (this.#until.get(kind) ?? 0);
  }

  #hit(kind: FaultKind): void {
    this.hits.set(kind, (this.hits.get(kind) ?? 0) + 1);
  }

  #call(incoming: IncomingMessage, answer: ServerResponse): void {
    if (this.#lasts('too_many_requests')) {
      this.#hit('too_many_requests');
      incoming.resume();
      answer.writeHead(429, { 'content-type': 'application/json', 'content-length': TOO_MANY.length });
      answer.end(TOO_MANY);
      return;
    }
    const isLost = this.#lasts('lose_answers');
    if (isLost) this.#hit('lose_answers');
    if (this.#options.onCall === undefined) {
      incoming.pipe(this.#forward(incoming, answer, isLost ? { at: 'after' } : undefined));
      return;
    }
    const body: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => body.push(chunk));
    incoming.on('end', () => {
      const fault = this.#options.onCall?.(callOf(incoming)) ?? (isLost ? { at: 'after' } : undefined);
      if (fault?.at === 'before') return misanswer(incoming, answer, fault.instead);
      const forward = () => void this.#forward(incoming, answer, fault).end(Buffer.concat(body));
      if (fault?.at === 'late') setTimeout(forward, fault.ms);
      else forward();
    });
  }

  #forward(incoming: IncomingMessage, answer: ServerResponse, fault: CallFault | undefined): ClientRequest {
    const { method, path } = callOf(incoming);
    const outgoing = request(`http://${this.#host}${path}`, { method, headers: this.#headers(incoming.headers) });
    outgoing.on('response', (reply) => {
      this.#options.onAnswer?.(callOf(incoming), reply.statusCode ?? 0);
      if (fault?.at === 'after') {
        // It was done, and nobody hears of it.
        reply.resume();
        misanswer(incoming, answer, fault.instead);
        return;
      }
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      if (fault?.at === 'mid_body') return void sendHalf(reply, answer);
      reply.pipe(answer);
    });
    outgoing.on('error', () => incoming.socket.destroy());
    return outgoing;
  }

  #connect(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const headers = Object.entries(incoming.headers).filter(([name]) => name.startsWith('kalshi-'));
    const upstream = new WebSocket(`ws://${this.#host}${incoming.url}`, {
      headers: Object.fromEntries(headers) as Record<string, string>,
      perMessageDeflate: false,
    });
    upstream.on('error', () => socket.destroy());
    upstream.once('open', () => {
      this.#upgrades.handleUpgrade(incoming, socket, head, (client) => {
        const link = new Link(client, upstream, (kind) => this.#hit(kind));
        this.#links.add(link);
        client.once('close', () => this.#links.delete(link));
      });
    });
  }

  #headers({ host: _, connection: __, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
    return { ...headers, host: this.#host };
  }
}

function callOf({ method = 'GET', url = '/' }: IncomingMessage): Call {
  return { method, path: url };
}

function misanswer({ socket }: IncomingMessage, answer: ServerResponse, instead?: WrongAnswer | 'silence'): void {
  if (instead === 'silence') return;
  if (instead === undefined) return void socket.destroy();
  answer.writeHead(instead.status, { 'content-type': 'application/json', ...instead.headers });
  answer.end(instead.body);
}

/** As many bytes as were announced never come. */
function sendHalf(reply: IncomingMessage, answer: ServerResponse): void {
  const body: Buffer[] = [];
  reply.on('data', (chunk: Buffer) => body.push(chunk));
  reply.on('end', () => {
    const whole = Buffer.concat(body);
    answer.write(whole.subarray(0, whole.length >> 1), () => answer.socket?.destroy());
  });
}

/** One connection of the client and the one behind it. */
class Link {
  readonly #client: WebSocket;
  readonly #upstream: WebSocket;
  readonly #hit: (kind: FaultKind) => void;
  /** Faults that wait for the next frame of a book. */
  readonly #waiting: FaultKind[] = [];
  #isSilent = false;
  #held: Buffer[] | undefined;

  constructor(client: WebSocket, upstream: WebSocket, hit: (kind: FaultKind) => void) {
    this.#client = client;
    this.#upstream = upstream;
    this.#hit = hit;
    client.on('message', (data) => {
      if (!this.#isSilent) upstream.send(data.toString());
    });
    client.on('ping', () => {
      if (!this.#isSilent) client.pong();
    });
    upstream.on('message', (data) => this.#frame(data as Buffer));
    client.on('error', () => this.end());
    upstream.on('error', () => this.end());
    client.on('close', () => upstream.terminate());
    upstream.on('close', () => client.terminate());
  }

  inflict(fault: Fault): void {
    switch (fault.kind) {
      case 'drop_links':
        this.#hit(fault.kind);
        this.end();
        return;
      case 'silence_links':
        this.#hit(fault.kind);
        this.#isSilent = true;
        return;
      case 'delay_frames':
        this.#hit(fault.kind);
        this.#held ??= [];
        setTimeout(() => this.release(), fault.ms);
        return;
      case 'lose_frame':
      case 'double_frame':
      case 'end_subscription':
        this.#waiting.push(fault.kind);
        return;
      case 'too_many_requests':
      case 'lose_answers':
        return;
      default:
        fault satisfies never;
    }
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.#deliver(frame);
  }

  end(): void {
    this.#client.terminate();
    this.#upstream.terminate();
  }

  #frame(frame: Buffer): void {
    if (this.#isSilent) return;
    if (this.#held === undefined) this.#deliver(frame);
    else this.#held.push(frame);
  }

  #deliver(frame: Buffer): void {
    const text = frame.toString();
    const kind = text.startsWith('{"type":"orderbook_delta"') ? this.#waiting.shift() : undefined;
    if (kind !== undefined) this.#hit(kind);
    if (kind === 'lose_frame') return;
    this.#client.send(text);
    if (kind === 'double_frame') this.#client.send(text);
    if (kind !== 'end_subscription') return;
    const { sid, seq } = JSON.parse(text);
    const msg = { code: OVERFLOW, msg: 'Subscription buffer overflow' };
    this.#client.send(JSON.stringify({ type: 'error', sid, seq: seq + 1, msg }));
  }
}
