/**
 * Takes what waits for each channel and sends it, in a process that trades nothing. Once per alert and channel; a process
 * that dies between sending and noting it may send it again, never lose it. A channel that fails is left alone for a while
 * and then tried again; what it does not take at all is parked and listed, and the other channels are told of that.
 */
import type { Reply } from '../../adapters/alerts/reply.ts';
import type { Alert } from '../../core/alerts/condition.ts';
import { isSpent, nextMessage, type Outbox, retryDelayMs, type Waiting } from '../../core/alerts/delivery.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Channel } from './channels.ts';
import { messageOf } from './message-of.ts';
import type { AlertSettings } from './settings.ts';

export interface DelivererOptions {
  readonly env: string;
  readonly outbox: Outbox;
  readonly channels: readonly Channel[];
  readonly settings: Pick<AlertSettings, 'channelsOf' | 'pace' | 'hasBalances'>;
  /** Unix ms of this machine. */
  readonly now: () => number;
  /** 0…1, for the spread of retries. */
  readonly random: () => number;
  /** Takes alerts about channels. */
  readonly queue: (alerts: readonly Alert[]) => void;
  /** An earlier process has said that this channel fails. */
  readonly isToldOf: (channel: string) => boolean;
}

/** Of one channel in one look: a backlog does not keep the look from its end. */
const MESSAGES_PER_LOOK = 5;
/** A channel that has failed for so long is told of on the others. */
const FAILING_MS = 300_000;

interface Standing {
  failingSince?: number;
  isTold: boolean;
  /** Sent, and not yet noted as sent: the database was busy. */
  unmarked: number[];
}

export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #standings = new Map<string, Standing>();

  constructor(options: DelivererOptions) {
    this.#options = options;
    for (const { name } of options.channels) {
      this.#standings.set(name, { isTold: options.isToldOf(name), unmarked: [] });
    }
  }

  /** One round over all channels, side by side: how many messages went out. Throws what the outbox throws. */
  async look(): Promise<number> {
    const { channels, settings, outbox } = this.#options;
    outbox.spread(settings.channelsOf);
    const looked = await Promise.allSettled(channels.map((channel) => this.#serve(channel)));
    const failed = looked.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return looked.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0);
  }

  /** When the first of the channels that are left alone may be tried again; undefined: none is. Throws what the outbox throws. */
  triesAgainAt(): EpochMs | undefined {
    const { channels, outbox } = this.#options;
    const now = this.#now();
    const times = channels.map(({ name }) => outbox.restsUntil(name) ?? now).filter((at) => at > now);
    return times.length === 0 ? undefined : epochMs(Math.min(...times));
  }

  /** Since when no channel at all takes anything; undefined while one does, or none was tried. */
  get silentSince(): number | undefined {
    const standings = [...this.#standings.values()];
    const since = standings.flatMap(({ failingSince }) => failingSince ?? []);
    return standings.length > 0 && since.length === standings.length ? Math.max(...since) : undefined;
  }

  async #serve(channel: Channel): Promise<number> {
    const { env, settings, outbox } = this.#options;
    const standing = this.#standingOf(channel);
    if (standing.unmarked.length > 0) {
      outbox.delivered(channel.name, standing.unmarked, this.#now());
      standing.unmarked = [];
    }
    for (let sent = 0; sent < MESSAGES_PER_LOOK; sent += 1) {
      const now = this.#now();
      const chosen = outbox.claim(channel.name, now, (waiting, sentAt) =>
        nextMessage(waiting, sentAt, settings.pace, now),
      );
      if (chosen.length === 0) return sent;
      const reply = await channel.send(messageOf(chosen, env, settings));
      this.#note(channel, chosen, reply);
      if (reply.kind !== 'delivered') return sent;
    }
    return MESSAGES_PER_LOOK;
  }

  #note({ name }: Channel, sent: readonly Waiting[], reply: Reply): void {
    const { random, outbox } = this.#options;
    const standing = this.#standingOf({ name });
    const now = this.#now();
    const ids = sent.map(({ id }) => id);
    if (reply.kind === 'delivered') {
      delete standing.failingSince;
      this.#tellWorks(name, standing);
      standing.unmarked = ids;
      outbox.delivered(name, ids, now);
      standing.unmarked = [];
      return;
    }
    standing.failingSince ??= now;
    const { reason } = reply;
    const spent = reply.kind === 'refused' ? ids : sent.filter(isSpent).map(({ id }) => id);
    const rest = ids.filter((id) => !spent.includes(id));
    if (reply.kind === 'refused' || spent.length > 0 || now - standing.failingSince >= FAILING_MS) {
      this.#tellFails(name, standing, reason);
    }
    if (spent.length > 0) outbox.parked(name, spent, now, reason);
    const attempts = Math.max(...sent.map((one) => one.attempts)) + 1;
    const askedMs = reply.kind === 'later' ? reply.afterMs : undefined;
    if (rest.length > 0) outbox.postponed(name, rest, epochMs(now + retryDelayMs(attempts, random(), askedMs)), reason);
  }

  #tellFails(name: string, standing: Standing, reason: string): void {
    if (standing.isTold) return;
    standing.isTold = true;
    const text = `alerts do not get through to ${name}: ${reason}; kmm alert list, kmm alert test ${name}`;
    this.#tell(name, 'raised', text);
  }

  #tellWorks(name: string, standing: Standing): void {
    if (!standing.isTold) return;
    standing.isTold = false;
    this.#tell(name, 'cleared', `alerts get through to ${name} again`);
  }

  #tell(name: string, change: 'raised' | 'cleared', text: string): void {
    this.#options.queue([{ key: `channel ${name}`, priority: 'high', change, stage: '', text, at: this.#now() }]);
  }

  #standingOf({ name }: Pick<Channel, 'name'>): Standing {
    const standing = this.#standings.get(name);
    if (standing === undefined) throw new Error(`there is no channel ${name}`);
    return standing;
  }

  #now(): EpochMs {
    return epochMs(this.#options.now());
  }
}
