/**
 * One venue with everyone it serves. The only place that drains facts: they go to all clients before any command is
 * carried out, so that a snapshot never holds a change that is still to be told.
 *
 * Drives nothing by itself: the pump of real time or the virtual clock calls `catchUp`.
 */
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Venue, VenueFact } from '../../sim/venue.ts';
import type { Grant } from './access.ts';
import { AccountHistory } from './account-history.ts';
import { type BackOffice, openBackOffice } from './back-office.ts';
import { ClientSession } from './connection.ts';
import { type Reply, replyTo } from './faulty-reply.ts';
import type { SendFrame } from './frame-outlet.ts';
import { type Bulletin, FrameWriter } from './frames.ts';
import type { IndexFeedSession } from './index-feed.ts';
import type { RestAnswer } from './rest-answer.ts';
import { handleRest, REST_PREFIX } from './rest-face.ts';
import type { RestRequest } from './route.ts';
import { TickerPace } from './ticker-pace.ts';
import { TokenBuckets } from './token-buckets.ts';

export interface Listener {
  onBulletins(bulletins: readonly Bulletin[]): void;
}

export interface ServedVenueOptions {
  /** Default: no keys, everyone Advanced, no faults. */
  readonly office?: BackOffice;
  /** Sees every batch of facts, whoever listens. */
  readonly observe?: (facts: readonly VenueFact[]) => void;
  /** Whether frames say when they were sent, as they do since October 2026. Default: yes. */
  readonly stampsFrames?: boolean;
}

export class ServedVenue {
  readonly venue: Venue;
  readonly office: BackOffice;
  readonly #frames: FrameWriter;
  readonly #buckets = new TokenBuckets();
  readonly #tickers = new TickerPace();
  readonly #sources = new Map<string, Set<string>>();
  readonly #listeners = new Set<Listener>();
  readonly #feeds = new Set<IndexFeedSession>();
  readonly #history: AccountHistory;
  readonly #accounts = new Set<string>();
  readonly #observe: ServedVenueOptions['observe'];
  readonly #stampsFrames: boolean;

  constructor(venue: Venue, { office, observe, stampsFrames = true }: ServedVenueOptions = {}) {
    this.venue = venue;
    this.office = office ?? openBackOffice(venue.now);
    this.#frames = new FrameWriter(venue);
    this.#history = new AccountHistory(venue);
    this.#observe = observe;
    this.#stampsFrames = stampsFrames;
  }

  /** Brings the world up to `at` and tells everyone what happened. An earlier `at` only tells. */
  catchUp(at: EpochMs): void {
    if (at >= this.venue.now) this.venue.advanceTo(at);
    const facts = this.venue.drain();
    for (const fact of facts) {
      if (fact.type === 'stats') this.#tickers.touch(fact.ticker, fact.at);
    }
    if (facts.length > 0) this.#observe?.(facts);
    if (this.#feeds.size > 0) this.#tellLevels(facts);
    this.#remember();
    const due = this.#tickers.takeDue(this.venue.now);
    const bulletins = [...this.#frames.bulletinsOf(facts), ...due.map((ticker) => this.#frames.ticker(ticker))];
    for (const { channel, source } of bulletins) if (source !== undefined) this.#hearOf(channel, source);
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
  request(accountId: string | undefined, request: RestRequest, grant?: Grant): RestAnswer {
    const { office, venue } = this;
    if (accountId === undefined) return handleRest({ venue: this.#viewFor(undefined, request), office }, request);
    this.#accounts.add(accountId);
    const tier = office.tiers.of(accountId);
    return handleRest(
      {
        venue: this.#viewFor(accountId, request),
        office,
        accountId,
        spend: (charge) => this.#buckets.take(accountId, tier, charge, venue.now),
        ...(grant === undefined ? {} : { grant }),
      },
      request,
    );
  }

  /** The same through the faults of the plan: what leaves the exchange, if anything does. */
  reply(accountId: string | undefined, request: RestRequest, grant?: Grant): Reply {
    const path = pathBelowPrefix(request.path);
    const fault = path.startsWith(CONTROLS)
      ? undefined
      : this.office.mischief.onCall(request.method, path, this.venue.now);
    return replyTo(fault, () => this.request(accountId, request, grant));
  }

  /** A session without subscriptions; its owner joins as listener to feed it. */
  openSession(accountId: string, send: SendFrame, grant?: Grant): ClientSession {
    this.#accounts.add(accountId);
    return new ClientSession({
      venue: this.venue,
      frames: this.#frames,
      mischief: this.office.mischief,
      accountId,
      stampsFrames: this.#stampsFrames,
      sourcesOf: (channel) => [...(this.#sources.get(channel) ?? [])].sort(),
      send,
      ...(grant === undefined ? {} : { grant }),
    });
  }

  join(listener: Listener): void {
    this.#listeners.add(listener);
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** From now on it hears the indices that it asks for; the returned function ends that. */
  joinFeed(session: IndexFeedSession): () => void {
    this.#feeds.add(session);
    return () => void this.#feeds.delete(session);
  }

  #tellLevels(facts: readonly VenueFact[]): void {
    const levels = facts.filter((fact) => fact.type === 'index_level');
    if (levels.length === 0 || this.office.mischief.silencesIndex(this.venue.now)) return;
    for (const session of this.#feeds) session.onLevels(levels);
  }

  #viewFor(accountId: string | undefined, { method, path }: RestRequest): Venue {
    const { venue, office } = this;
    const lagMs = office.mischief.lagMsOf(method, pathBelowPrefix(path), venue.now);
    return lagMs === 0 ? venue : this.#history.asOf(accountId, epochMs(venue.now - lagMs));
  }

  #remember(): void {
    const { lagMsMax } = this.office.mischief;
    if (lagMsMax === 0) this.#history.forget();
    else for (const accountId of this.#accounts) this.#history.note(accountId, lagMsMax);
  }

  #hearOf(channel: string, source: string): void {
    const known = this.#sources.get(channel);
    if (known === undefined) this.#sources.set(channel, new Set([source]));
    else known.add(source);
  }
}

/** Levers and counts of this server are never at fault. */
const CONTROLS = '/sim/';

function pathBelowPrefix(path: string): string {
  return path.startsWith(REST_PREFIX) ? path.slice(REST_PREFIX.length) : path;
}
