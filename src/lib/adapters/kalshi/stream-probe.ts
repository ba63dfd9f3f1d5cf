/**
 * Tells how late the frames of a connection are when few of them come: a question that changes nothing is answered behind
 * everything that waits before it. Pongs do not: they pass the queue by, so a link that is well may carry old news
 * (reliability.md F18).
 */
import type { EpochMs } from '../../core/units.ts';

/** Our other commands count from 1 and never come here. */
const FIRST_ID = 1_000_000_000;
const EVERY_MS = 2_000;

export class StreamProbe {
  readonly #send: (command: string) => boolean;
  /** Without an answer, oldest first: id and when it was sent. */
  readonly #asked = new Map<number, EpochMs>();
  #lastId = FIRST_ID;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** How long the last answer took. */
  #tookMs = 0;

  constructor(send: (command: string) => boolean) {
    this.#send = send;
  }

  /** Another connection: what was asked on the one before is not answered on this. */
  renew(): void {
    this.#asked.clear();
    this.#tookMs = 0;
  }

  /** Call at least once a second while the link is up. */
  tick(now: EpochMs): void {
    if (now - this.#askedAt < EVERY_MS) return;
    this.#askedAt = now;
    this.#lastId += 1;
    if (this.#send(JSON.stringify({ id: this.#lastId, cmd: 'list_subscriptions' }))) this.#asked.set(this.#lastId, now);
  }

  /** Any answer will do. True when it was one to us. Those asked before it were lost: a link keeps its order. */
  onAnswer(id: number | undefined, at: EpochMs): boolean {
    const askedAt = id === undefined ? undefined : this.#asked.get(id);
    if (id === undefined || askedAt === undefined) return id !== undefined && id > FIRST_ID;
    this.#tookMs = at - askedAt;
    for (const earlier of this.#asked.keys()) if (earlier <= id) this.#asked.delete(earlier);
    return true;
  }

  /** How late the link is known to be, ms, there and back included. */
  lateMs(now: EpochMs): number {
    const [oldest = now] = this.#asked.values();
    return Math.max(this.#tookMs, now - oldest);
  }
}
