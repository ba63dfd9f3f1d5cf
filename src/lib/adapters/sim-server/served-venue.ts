/**
 * One venue with everyone it serves. The only place that drains facts: they go to all clients before any command is
 * carried out, so that a snapshot never holds a change that is still to be told.
 *
 * Drives nothing by itself: the pump of real time or the virtual clock calls `catchUp`.
 */
import type { EpochMs } from '../../core/units.ts';
import type { Venue, VenueFact } from '../../sim/venue.ts';
import { ClientSession } from './connection.ts';
import { type Bulletin, FrameWriter } from './frames.ts';
import type { RestAnswer } from './rest-answer.ts';
import { handleRest } from './rest-face.ts';
import type { RestRequest } from './route.ts';
import { TickerPace } from './ticker-pace.ts';
import { TokenBuckets } from './token-buckets.ts';

export interface Listener {
  onBulletins(bulletins: readonly Bulletin[]): void;
}

export class ServedVenue {
  readonly venue: Venue;
  readonly #writer: FrameWriter;
  readonly #buckets = new TokenBuckets();
  readonly #tickers = new TickerPace();
  readonly #indices = new Set<string>();
  readonly #listeners = new Set<Listener>();
  readonly #observe: ((facts: readonly VenueFact[]) => void) | undefined;

  /** `observe` sees every batch of facts, whoever listens. */
  constructor(venue: Venue, observe?: (facts: readonly VenueFact[]) => void) {
    this.venue = venue;
    this.#writer = new FrameWriter(venue);
    this.#observe = observe;
  }

  /** Brings the world up to `at` and tells everyone what happened. An earlier `at` only tells. */
  catchUp(at: EpochMs): void {
    if (at > this.venue.now) this.venue.advanceTo(at);
    const facts = this.venue.drain();
    for (const fact of facts) {
      if (fact.type === 'stats') this.#tickers.touch(fact.ticker, fact.at);
      else if (fact.type === 'reference') this.#indices.add(fact.index);
    }
    if (facts.length > 0) this.#observe?.(facts);
    const due = this.#tickers.takeDue(this.venue.now);
    if (this.#listeners.size === 0) return;
    const bulletins = [...this.#writer.bulletinsOf(facts), ...due.map((ticker) => this.#writer.ticker(ticker))];
    if (bulletins.length === 0) return;
    for (const listener of this.#listeners) listener.onBulletins(bulletins);
  }

  /** The next moment at which there will be something to do or to tell. */
  nextAt(): EpochMs | undefined {
    const world = this.venue.nextAt();
    const ticker = this.#tickers.nextAt;
    if (world === undefined || ticker === undefined) return world ?? ticker;
    return world < ticker ? world : ticker;
  }

  /** Carries out one REST call at the venue's present time. The facts it makes wait for the next `catchUp`. */
  request(accountId: string | undefined, request: RestRequest): RestAnswer {
    const { venue } = this;
    if (accountId === undefined) return handleRest({ venue }, request);
    return handleRest(
      { venue, accountId, spend: (charge) => this.#buckets.take(accountId, charge, venue.now) },
      request,
    );
  }

  /** A session without subscriptions; its owner joins as listener to feed it. */
  openSession(accountId: string, send: (frame: string) => void): ClientSession {
    return new ClientSession({ venue: this.venue, writer: this.#writer, accountId, indices: this.#indices, send });
  }

  join(listener: Listener): void {
    this.#listeners.add(listener);
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener);
  }
}
