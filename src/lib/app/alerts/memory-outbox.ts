/**
 * An outbox where there is no database, or none that takes anything: a watchdog on a host of its own, a kill after a disk has
 * died. It ends with its process, and is bounded.
 */
import type { Alert, Priority } from '../../core/alerts/condition.ts';
import type { Outbox, Waiting } from '../../core/alerts/delivery.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';

const ALERTS_MAX = 500;
const HOUR_MS = 3_600_000;

interface Delivery {
  readonly alert: Omit<Waiting, 'attempts'>;
  readonly channel: string;
  attempts: number;
  nextAt: number;
  isClaimed: boolean;
}

export class MemoryOutbox implements Outbox {
  #nextId = 1;
  #fresh: Omit<Waiting, 'attempts'>[] = [];
  #deliveries: Delivery[] = [];
  readonly #sent = new Map<string, EpochMs[]>();
  /** As it was last told of each key, so that the same word is not told twice in a row. */
  readonly #last = new Map<string, string>();

  add(alerts: readonly Alert[]): undefined {
    for (const { key, priority, change, stage, text, at } of alerts) {
      const word = `${change === 'changed' ? 'raised' : change} ${priority} ${stage}`;
      if (change !== 'digest' && this.#last.get(key) === word) continue;
      this.#last.delete(key);
      this.#last.set(key, word);
      this.#fresh.push({ id: this.#nextId, key, priority, change, text, at });
      this.#nextId += 1;
    }
    this.#fresh = this.#fresh.slice(-ALERTS_MAX);
    for (const key of this.#last.keys()) if (this.#last.size > ALERTS_MAX) this.#last.delete(key);
  }

  spread(channelsOf: Readonly<Record<Priority, readonly string[]>>): void {
    for (const alert of this.#fresh) {
      for (const channel of channelsOf[alert.priority]) {
        this.#deliveries.push({ alert, channel, attempts: 0, nextAt: 0, isClaimed: false });
      }
    }
    this.#fresh = [];
    this.#deliveries = this.#deliveries.slice(-ALERTS_MAX);
  }

  claim(channel: string, now: EpochMs, choose: Parameters<Outbox['claim']>[2]): readonly Waiting[] {
    const own = this.#deliveries.filter((one) => one.channel === channel);
    if (own.some(({ nextAt }) => nextAt > now)) return [];
    const waiting = own.filter(({ isClaimed }) => !isClaimed);
    const sentAt = (this.#sent.get(channel) ?? []).filter((at) => at > now - HOUR_MS);
    const chosen = choose(
      waiting.map(({ alert, attempts }) => ({ ...alert, attempts })),
      sentAt,
    );
    for (const one of waiting) if (chosen.some(({ id }) => id === one.alert.id)) one.isClaimed = true;
    return chosen;
  }

  restsUntil(channel: string): EpochMs | undefined {
    const times = this.#deliveries.filter((one) => one.channel === channel).map(({ nextAt }) => nextAt);
    return times.length === 0 ? undefined : epochMs(Math.max(...times));
  }

  delivered(channel: string, ids: readonly number[], now: EpochMs): void {
    this.#end(channel, ids);
    const sent = (this.#sent.get(channel) ?? []).filter((at) => at > now - HOUR_MS);
    this.#sent.set(channel, [...sent, now]);
    for (const one of this.#deliveries) if (one.channel === channel) one.nextAt = 0;
  }

  postponed(channel: string, ids: readonly number[], nextAt: EpochMs): void {
    for (const one of this.#deliveries) {
      if (one.channel !== channel || !ids.includes(one.alert.id)) continue;
      one.attempts += 1;
      one.nextAt = nextAt;
      one.isClaimed = false;
    }
  }

  parked(channel: string, ids: readonly number[]): void {
    this.#end(channel, ids);
  }

  #end(channel: string, ids: readonly number[]): void {
    this.#deliveries = this.#deliveries.filter((one) => one.channel !== channel || !ids.includes(one.alert.id));
  }
}
