/**
 * Indices that are heard from outside the exchange, while a session runs: a link to each source, one value out of what they
 * say, and a word when there is none. The engine and the tape are told nothing but that value and that word.
 */
import { bitstamp } from '../../adapters/reference/bitstamp.ts';
import { coinbase } from '../../adapters/reference/coinbase.ts';
import { kraken } from '../../adapters/reference/kraken.ts';
import { ReferenceLink, type ReferenceLinkOptions } from '../../adapters/reference/link.ts';
import { polygon } from '../../adapters/reference/polygon.ts';
import type { ReferenceProtocol, StatedValue } from '../../adapters/reference/protocol.ts';
import type { EngineEvent } from '../../core/events.ts';
import { ReferenceMedian } from '../../core/reference/reference-median.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';
import type { SessionLog } from '../session/session-log.ts';
import { isOfLevel, type ReferenceIndex, type ReferenceSettings, type SourcePlace } from './settings.ts';

export interface ReferenceFeedsOptions {
  readonly settings: ReferenceSettings;
  /** Reads the key of a source. Throws KmmError. */
  readonly readKey: (place: SourcePlace) => string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Pick<SessionLog, 'say'>;
  readonly emit: (event: EngineEvent) => void;
  /** Instead of a WebSocket: in virtual time there are none. */
  readonly linkTo?: (options: ReferenceLinkOptions) => Link;
}

type Link = Pick<ReferenceLink, 'open' | 'close'>;

/** How often is looked at what the sources say, and whether they still say anything. */
const LOOK_MS = 200;
/** Trades come in bursts, and the index they stand for once a second. */
const TRADES_PACE_MS = 1_000;
const HOUR_MS = 3_600_000;
const LAST_MINUTE_MS = 60_000;
/** Levels are fixed at full hours; in the minute before, this is the oldest value that may be quoted on (E-1). */
const STRICT_AGE_MS_MAX = 700;
/** A source that states nonsense is named once a minute. */
const NAMED_MS = 60_000;

interface Watched extends ReferenceIndex {
  readonly median: ReferenceMedian;
  /** Fixed at one moment, and streamed as it is: nothing is waited for. */
  readonly isLevel: boolean;
  hasNews: boolean;
  toldAt: number;
  /** Why nothing can be priced with it, as it was told last. */
  lost: string | undefined;
}

export class ReferenceFeeds {
  readonly #options: ReferenceFeedsOptions;
  readonly #watched: readonly Watched[];
  readonly #namedAt = new Map<string, number>();
  /** By source: why its link is down, until it states a value again. */
  readonly #faults = new Map<SourcePlace['name'], string>();
  #links: readonly Link[] | undefined;
  #stopLooking = () => {};

  constructor(options: ReferenceFeedsOptions) {
    this.#options = options;
    this.#watched = options.settings.indices.map((index) => ({
      ...index,
      median: new ReferenceMedian(index.index),
      isLevel: isOfLevel(index),
      ...{ hasNews: false, toldAt: 0, lost: undefined },
    }));
  }

  /** Opens the links the first time. */
  tick(): void {
    if (this.#links !== undefined) return;
    const { settings, clock } = this.#options;
    this.#links = settings.sources.map((place) => this.#linkTo(place));
    for (const link of this.#links) link.open();
    this.#stopLooking = clock.every(LOOK_MS, () => this.#look(clock.now()));
  }

  stop(): void {
    this.#stopLooking();
    for (const link of this.#links ?? []) link.close();
  }

  #linkTo(place: SourcePlace): Link {
    const { clock, random, log, linkTo = (options) => new ReferenceLink(options) } = this.#options;
    const { name, url } = place;
    const heard = this.#watched.filter(({ symbols }) => symbols[name] !== undefined);
    return linkTo({
      ...{ url, clock, random, protocol: this.#protocolOf(place) },
      symbols: heard.map(({ symbols }) => symbols[name] as string),
      onUp: () => log.say('info', `${name} is connected`),
      onValue: (value) => this.#take(name, value),
      onDown: (reason) => {
        this.#name(`${name} down`, `${name}: ${reason}`);
        this.#faults.set(name, reason);
        for (const { median } of heard) median.forget(name);
        this.#look(clock.now());
      },
      onMalformed: (reason) => this.#name(`${name} malformed`, `${name} sends what is not understood: ${reason}`),
    });
  }

  #protocolOf(place: SourcePlace): ReferenceProtocol {
    switch (place.name) {
      case 'coinbase':
        return coinbase;
      case 'kraken':
        return kraken;
      case 'bitstamp':
        return bitstamp;
      case 'polygon':
        return polygon(() => this.#options.readKey(place));
      case 'sim':
        return polygon(() => 'simulated');
      default:
        return place.name satisfies never;
    }
  }

  #take(name: SourcePlace['name'], { symbol, value, at: statedAt }: StatedValue): void {
    const at = this.#options.clock.now();
    const index = this.#watched.find(({ symbols }) => symbols[name] === symbol);
    if (index === undefined) return;
    const fault = index.median.take(name, value, statedAt, at);
    if (fault !== undefined) {
      this.#name(`${name} ${index.index}`, `a value of ${index.index} is not believed: ${fault}`);
      return;
    }
    this.#faults.delete(name);
    index.hasNews = true;
    if (index.isLevel) this.#tell(index, at);
  }

  #look(at: EpochMs): void {
    for (const index of this.#watched) this.#tell(index, at);
  }

  #tell(index: Watched, at: EpochMs): void {
    const { settings, emit, log } = this.#options;
    const { ageMsMax, outlierShare } = settings.rules;
    const isStrict = index.isLevel && at % HOUR_MS >= HOUR_MS - LAST_MINUTE_MS;
    const rules = { sourcesMin: index.sourcesMin, outlierShare };
    const found = index.median.combined(at, {
      ...rules,
      ageMsMax: isStrict ? Math.min(STRICT_AGE_MS_MAX, ageMsMax) : ageMsMax,
    });
    if (found.kind === 'refused') {
      const faults = this.#faultsOf(index);
      const lost = `${found.code}${faults}`;
      if (index.lost === lost) return;
      const reason = `${found.reason}${faults}`;
      // In the strict minute a value a second is stale between two of them: that is told to the engine, and to nobody else.
      if (!isStrict) log.say('warn', `nothing is priced with ${index.index}: ${reason}`);
      index.lost = lost;
      emit({ type: 'reference_lost', at, index: index.index, reason });
      return;
    }
    const isDue = index.isLevel || at - index.toldAt >= TRADES_PACE_MS;
    if (!index.hasNews || !isDue) return;
    if (index.lost !== undefined && !isStrict)
      log.say('info', `${index.index} is heard from ${found.sources.join(', ')}`);
    index.lost = undefined;
    index.hasNews = false;
    index.toldAt = at;
    emit({ type: 'reference_price', at, index: index.index, value: found.value, exchangeAt: found.valueAt });
  }

  /** In words, which of its sources are not connected. */
  #faultsOf({ symbols }: Watched): string {
    const faults = [...this.#faults].filter(([name]) => symbols[name] !== undefined);
    return faults.length === 0 ? '' : ` (${faults.map(([name, reason]) => `${name}: ${reason}`).join('; ')})`;
  }

  #name(key: string, text: string): void {
    const { clock, log } = this.#options;
    const now = clock.monotonicMs();
    if (now - (this.#namedAt.get(key) ?? Number.NEGATIVE_INFINITY) < NAMED_MS) return;
    this.#namedAt.set(key, now);
    log.say('warn', text);
  }
}
