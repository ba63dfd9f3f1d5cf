/** Knows which events have been told of, so that a new one is announced once, with its first market. */
import type { Venue, VenueEvent } from '../../sim/venue.ts';

/** As many events as a week of quarter hours in a dozen series. */
const EVENTS_MAX = 10_000;

export class EventRegister {
  readonly #venue: Venue;
  readonly #told: Set<string>;

  /** Events that exist already are old news. */
  constructor(venue: Venue) {
    this.#venue = venue;
    this.#told = new Set(venue.events().map(({ eventTicker }) => eventTicker));
  }

  /** The event that this newly created market is the first of. */
  openedBy(ticker: string): VenueEvent | undefined {
    const eventTicker = this.#venue.market(ticker)?.market.eventTicker;
    if (eventTicker === undefined || this.#told.has(eventTicker)) return undefined;
    const [oldest] = this.#told;
    if (this.#told.size >= EVENTS_MAX && oldest !== undefined) this.#told.delete(oldest);
    this.#told.add(eventTicker);
    return this.#venue.events().find((event) => event.eventTicker === eventTicker);
  }
}
