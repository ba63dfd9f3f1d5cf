/**
 * `run --auto N`, also of a shadow: which of the markets that are named are quoted. Looks at them whenever the follower has read its listings,
 * ranks them and seats the best; a look that fails changes nothing. What is decided here reaches the engine as one event, so
 * a replay needs none of it.
 */
import { chunksOf } from '../../../adapters/kalshi/chunks.ts';
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { KalshiCatalogue } from '../../../adapters/kalshi/rest-catalogue.ts';
import { sentenceOf } from '../../../adapters/kalshi/result.ts';
import { bestOfOthers } from '../../../core/book/book-of-others.ts';
import type { Engine } from '../../../core/engine.ts';
import { isTrading, type Market } from '../../../core/market.ts';
import type { Parameters } from '../../../core/parameters.ts';
import { rankMarkets } from '../../../core/selection/rank.ts';
import { NOBODY, type Seated, type SeatRules, seatMarkets } from '../../../core/selection/seats.ts';
import type { Candidate, SelectionRules } from '../../../core/selection/types.ts';
import type { Centicontracts } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import { withBooks } from '../../selection/with-books.ts';

export interface ChooserOptions {
  readonly rules: SelectionRules;
  readonly seats: SeatRules;
  /** By which the markets that are followed are seen; undefined: nothing was heard yet. */
  readonly engine: () => Engine | undefined;
  /** Something is held there, by whoever trades. */
  readonly isHeld: (ticker: string) => boolean;
  /** Where fair values come from. */
  readonly sources: Pick<Parameters, 'fair' | 'fairBySeries'>;
  readonly catalogue: Pick<KalshiCatalogue, 'markets' | 'series'>;
  readonly rest: Pick<KalshiRest, 'orderbooks'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** What is heard of markets comes in bursts: one look serves them all. */
const LOOK_MS_MIN = 10_000;
/** While a seat waits for the next market of its series. */
const WAITING_MS = 5_000;
const TICKERS_MAX = 100;
/** Beside those that are quoted, whose books we have. */
const BOOKS_MAX = 50;
/** Levels that can lie within 10 c of the mid on the finest grid in use. */
const LEVELS = 128;

/** As whoever follows markets asks it. */
export type Chooser = Pick<MarketChooser, 'look' | 'tickers' | 'leaving' | 'waitMs' | 'stop'>;

export class MarketChooser {
  readonly #options: ChooserOptions;
  readonly #categories = new Map<string, string | undefined>();
  #seating: Seated = NOBODY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor(options: ChooserOptions) {
    this.#options = options;
  }

  /** Of all that are named, in the order in which they took their seats; then those that are only heard. */
  get tickers(): readonly string[] {
    return [...this.#seating.seats, ...this.#seating.heard].map(({ ticker }) => ticker);
  }

  /** Of those, what is to be worked off or only heard: nothing that adds to a position is shown there. */
  get leaving(): readonly string[] {
    const { seats, heard } = this.#seating;
    return [...seats.filter(({ isLeaving }) => isLeaving), ...heard].map(({ ticker }) => ticker);
  }

  /** When it wants to look again at the latest, ms. */
  get waitMs(): number {
    return this.#seating.vacancies.length > 0 ? WAITING_MS : Number.POSITIVE_INFINITY;
  }

  async look(markets: readonly Market[]): Promise<void> {
    const { rules, seats, sources, isHeld, clock, say, warn } = this.#options;
    if (!this.#isDue()) return;
    this.#lookedAt = clock.now();
    const open = markets.filter((market) => isTrading(market, clock.now()));
    const candidates = await this.#candidatesOf(open);
    if (candidates === undefined || this.#isStopped) return;
    const read = await withBooks(candidates, {
      ...{ rules, sources, booksMax: BOOKS_MAX, now: clock.now() },
      books: (tickers) => this.#options.rest.orderbooks(tickers),
    });
    if (read.failed !== undefined) return warn(`books of markets to choose from: ${sentenceOf(read.failed)}`);
    const now = clock.now();
    const seating = seatMarkets(this.#seating, rankMarkets(read.candidates, rules, now), isHeld, seats, now);
    this.#seating = seating;
    for (const { kind, ticker, why } of seating.changes) say(`auto: ${ticker} ${WORDS[kind]}: ${why}`);
  }

  /** A look under way asks nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  #isDue(): boolean {
    if (this.#isStopped) return false;
    const now = this.#options.clock.now();
    const { seats, vacancies, heard } = this.#seating;
    const isAnyOver = [...seats, ...heard].some(({ closeAt }) => closeAt <= now);
    const isWaiting = seats.length === 0 || vacancies.length > 0 || isAnyOver;
    return isWaiting || now - this.#lookedAt >= LOOK_MS_MIN;
  }

  /** Undefined: the listing did not come. */
  async #candidatesOf(markets: readonly Market[]): Promise<readonly Candidate[] | undefined> {
    const { catalogue, warn } = this.#options;
    const byTicker = new Map(markets.map((market) => [market.ticker, market]));
    const candidates: Candidate[] = [];
    for (const tickers of chunksOf([...byTicker.keys()], TICKERS_MAX)) {
      if (this.#isStopped) return undefined;
      const listed = await catalogue.markets({ tickers }, TICKERS_MAX);
      if (!listed.ok) {
        warn(`markets to choose from: the listing ${sentenceOf(listed.error)}`);
        return undefined;
      }
      for (const { ticker, bid, ask, volume24h, volume } of listed.value.rows) {
        const market = byTicker.get(ticker);
        if (market === undefined) continue;
        const category = await this.#categoryOf(market.seriesTicker);
        candidates.push(
          this.#asWeSee({
            ...{ market, volume: (volume24h ?? volume) as Centicontracts },
            ...(category !== undefined && { category }),
            ...(bid !== undefined && { bid: bid.price }),
            ...(ask !== undefined && { ask: ask.price }),
          }),
        );
      }
    }
    return candidates;
  }

  /** What is followed is known better than the listing knows it, and without our own orders. */
  #asWeSee(listed: Candidate): Candidate {
    const engine = this.#options.engine();
    const { ticker } = listed.market;
    if (engine === undefined) return listed;
    const book = engine.books.get(ticker)?.book;
    const benched = engine.market(ticker)?.belief?.benched?.reason;
    const known = { ...listed, ...(benched !== undefined && { benched }) };
    if (book === undefined || !book.isValid || !this.tickers.includes(ticker)) return known;
    const { bid: _bid, ask: _ask, ...rest } = known;
    const [bid, ask] = bestOfOthers(book, engine.orders.liveIn(ticker));
    const fair = engine.market(ticker)?.decision?.fair;
    return {
      ...rest,
      ...(bid !== undefined && { bid }),
      ...(ask !== undefined && { ask }),
      levels: {
        bids: book.levels('bid', LEVELS).filter(({ price }) => bid !== undefined && price <= bid),
        asks: book.levels('ask', LEVELS).filter(({ price }) => ask !== undefined && price >= ask),
      },
      ...(fair !== undefined && { fair }),
    };
  }

  /** Asked for once; one that cannot be read is asked for again at the next look. */
  async #categoryOf(series: string): Promise<string | undefined> {
    if (this.#categories.has(series)) return this.#categories.get(series);
    const answer = await this.#options.catalogue.series(series);
    if (answer.ok) this.#categories.set(series, answer.value.category);
    return answer.ok ? answer.value.category : undefined;
  }
}

const WORDS = {
  ...{ taken: 'is quoted', left: 'is given up', stays: 'stays after all' },
  leaving: 'is worked off and given up when flat',
  ...{ heard: 'is heard and not quoted', unheard: 'is no longer heard' },
} as const;
