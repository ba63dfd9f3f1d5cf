/**
 * Where a process that is not the trader puts alerts, and from where it delivers what all have put there: the database where
 * there is one, memory until then and where there is none. Nothing here throws or rejects.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AlertOutbox, openOutbox } from '../../adapters/store/alert-outbox.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { Alert } from '../../core/alerts/condition.ts';
import type { Outbox } from '../../core/alerts/delivery.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { scrub } from '../keys/secret.ts';
import type { Channel } from './channels.ts';
import { Deliverer } from './deliverer.ts';
import { MemoryOutbox } from './memory-outbox.ts';
import type { AlertSettings } from './settings.ts';

export interface AlertDeskOptions {
  readonly home: Home;
  readonly settings: AlertSettings;
  readonly channels: readonly Channel[];
  /** Ends attempts that are under way, once the desk is closed. */
  readonly stopping?: AbortController;
  /** Said once until it is over: the database that is there does not take anything. */
  readonly note?: (text: string) => void;
  /** Unix ms. Default: this machine's. */
  readonly now?: () => number;
  readonly random?: () => number;
}

const LOOK_MS = 1_000;

export class AlertDesk {
  readonly #options: AlertDeskOptions;
  readonly #now: () => number;
  readonly #memory = new MemoryOutbox();
  readonly #fromMemory: Deliverer;
  #store: { readonly outbox: AlertOutbox; readonly deliverer: Deliverer } | undefined;
  #trouble: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<number> | undefined;
  #isClosed = false;

  constructor(options: AlertDeskOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#fromMemory = this.#delivererOf(this.#memory, () => false);
  }

  /** Looks once a second until it is closed. */
  start(): void {
    this.#timer ??= setInterval(() => void this.look(), LOOK_MS);
  }

  /** On disk where that can be; a text is scrubbed first. */
  queue(alerts: readonly Alert[]): void {
    if (alerts.length === 0) return;
    const clean = alerts.map((alert) => ({ ...alert, text: scrub(alert.text) }));
    const problem = this.#opened()?.outbox.add(clean);
    if (this.#store !== undefined && problem === undefined) return;
    this.#memory.add(clean);
  }

  /** What was told since then, and what was last told of every key; undefined: there is no database to say so. */
  told(since: EpochMs): readonly Alert[] | undefined {
    try {
      return this.#opened()?.outbox.told(since);
    } catch {
      return undefined;
    }
  }

  /** One round: how many messages went out. A round that is under way is waited for. */
  look(): Promise<number> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Rounds until nothing waits that could go out in time, for no longer than that. */
  async drain(boundMs: number): Promise<void> {
    const until = this.#now() + boundMs;
    const bound = sleep(boundMs, 'bound' as const, { ref: false });
    for (;;) {
      const looked = await Promise.race([this.look(), bound]);
      if (looked === 'bound') return;
      if (looked > 0) continue;
      const at = this.#triesAgainAt();
      if (at === undefined || at > until) return;
      if ((await Promise.race([sleep(at - this.#now() + 1, undefined, { ref: false }), bound])) === 'bound') return;
    }
  }

  /** Since when nobody can be told of anything; undefined while somebody can. */
  get silentSince(): number | undefined {
    return this.#store?.deliverer.silentSince ?? this.#fromMemory.silentSince;
  }

  /** What is under way is given that long. */
  async close(boundMs: number): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.drain(boundMs);
    this.#isClosed = true;
    const store = this.#store;
    this.#store = undefined;
    // An attempt that hangs notes its end in vain: what it has sent may be sent again.
    store?.outbox.close();
    this.#options.stopping?.abort();
  }

  async #lookOnce(): Promise<number> {
    if (this.#options.channels.length === 0) return 0;
    let sent = 0;
    try {
      sent += await this.#fromMemory.look();
      sent += (await this.#opened()?.deliverer.look()) ?? 0;
      this.#trouble = undefined;
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    }
    return sent;
  }

  #triesAgainAt(): number | undefined {
    try {
      const times = [this.#fromMemory, this.#store?.deliverer].flatMap((one) => one?.triesAgainAt() ?? []);
      return times.length === 0 ? undefined : Math.min(...times);
    } catch {
      return undefined;
    }
  }

  /** A trader makes or migrates its database some time after us. */
  #opened(): { readonly outbox: AlertOutbox; readonly deliverer: Deliverer } | undefined {
    const { database: path, env } = this.#options.home;
    if (this.#store !== undefined || this.#isClosed || !existsSync(path)) return this.#store;
    const outbox = openOutbox({ path, env });
    if (outbox instanceof StoreProblem) {
      this.#say(outbox.message);
      return undefined;
    }
    const told = outbox.told(epochMs(this.#now()));
    const isToldOf = (channel: string) => told.findLast(({ key }) => key === `channel ${channel}`)?.change === 'raised';
    this.#store = { outbox, deliverer: this.#delivererOf(outbox, isToldOf) };
    return this.#store;
  }

  #delivererOf(outbox: Outbox, isToldOf: (channel: string) => boolean): Deliverer {
    const { home, settings, channels, random = Math.random } = this.#options;
    const queue = (alerts: readonly Alert[]) => this.queue(alerts);
    return new Deliverer({ env: home.env, outbox, channels, settings, now: this.#now, random, queue, isToldOf });
  }

  #say(trouble: string): void {
    if (this.#trouble !== trouble && !this.#isClosed) this.#options.note?.(`alerts: ${trouble}`);
    this.#trouble = trouble;
  }
}
