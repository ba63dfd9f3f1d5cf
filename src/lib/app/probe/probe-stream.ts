/** What the stream says while a probe runs: raw frames, so that also what kmm does not read can be looked for. */

import { parseJson } from '../../adapters/kalshi/exchange-error.ts';
import { ACCOUNT_CHANNELS, BOOK_CHANNEL } from '../../adapters/kalshi/subscriptions.ts';
import type { Stream } from '../../ports.ts';

export interface ProbeFrame {
  readonly type: string;
  readonly msg: Readonly<Record<string, unknown>>;
  readonly sending_ts_ms?: number;
}

/** Frames that are remembered: a probe lasts a minute. */
const KEPT = 20_000;

export class ProbeStream {
  readonly #stream: Stream;
  readonly #ticker: string;
  readonly #frames: ProbeFrame[] = [];
  readonly #looks = new Set<() => void>();
  /** Why there is no stream (any more). */
  #problem = 'it never came up';
  #subscribed = 0;

  constructor(stream: Stream, ticker: string) {
    this.#stream = stream;
    this.#ticker = ticker;
  }

  get frames(): readonly ProbeFrame[] {
    return this.#frames;
  }

  get problem(): string {
    return this.#problem;
  }

  /** True when every channel has been granted within `ms` of real time. */
  async open(ms: number): Promise<boolean> {
    this.#stream.open({
      onUp: () => this.#subscribe(),
      onFrame: (_conn, frame) => this.#hear(frame.toString()),
      onHeard: () => {},
      onDown: (_conn, reason) => this.#fail(reason),
      onRefused: (reason) => this.#fail(reason),
    });
    return this.#until(() => (this.#subscribed >= CHANNELS.length ? true : undefined), ms).then((up) => up === true);
  }

  /** The first frame, heard already or within `ms` of real time, for which `isIt` holds. */
  until(isIt: (frame: ProbeFrame) => boolean, ms: number): Promise<ProbeFrame | undefined> {
    return this.#until(() => this.#frames.find(isIt), ms);
  }

  async close(): Promise<void> {
    await this.#stream.close();
  }

  #subscribe(): void {
    this.#subscribed = 0;
    for (const [index, { name, scope, params }] of CHANNELS.entries()) {
      const filter = scope === 'markets' ? { market_tickers: [this.#ticker] } : {};
      this.#stream.send(
        JSON.stringify({ id: index + 1, cmd: 'subscribe', params: { channels: [name], ...filter, ...params } }),
      );
    }
  }

  #hear(text: string): void {
    const frame = parseJson(text);
    if (typeof frame !== 'object' || frame === null || !('type' in frame)) return;
    const { type, msg = {} } = frame as Partial<ProbeFrame>;
    if (type === 'subscribed') this.#subscribed += 1;
    this.#frames.push({ ...(frame as ProbeFrame), msg });
    if (this.#frames.length > KEPT) this.#frames.shift();
    for (const look of [...this.#looks]) look();
  }

  #fail(reason: string): void {
    this.#problem = reason;
  }

  #until<Found>(find: () => Found | undefined, ms: number): Promise<Found | undefined> {
    return new Promise((resolve) => {
      const end = (found: Found | undefined) => {
        clearTimeout(timer);
        this.#looks.delete(look);
        resolve(found);
      };
      const look = () => {
        const found = find();
        if (found !== undefined) end(found);
      };
      const timer = setTimeout(() => end(undefined), ms);
      this.#looks.add(look);
      look();
    });
  }
}

const CHANNELS = [...ACCOUNT_CHANNELS.filter(({ name }) => name === 'user_orders' || name === 'fill'), BOOK_CHANNEL];
