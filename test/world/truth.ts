/**
 * The exchange of a world, watched: every call as it arrives, every fact as it is told, and which books it had when, so
 * that a local copy can be found among them.
 */
import type { Grant } from '../../src/lib/adapters/sim-server/access.ts';
import { ServedVenue } from '../../src/lib/adapters/sim-server/served-venue.ts';
import type { Book } from '../../src/lib/core/book/book.ts';
import type { Side } from '../../src/lib/core/units.ts';
import type { Venue, VenueFact } from '../../src/lib/sim/venue.ts';

type Call = Parameters<ServedVenue['reply']>;
type Reply = ReturnType<ServedVenue['reply']>;

/** What a world does to calls beside the exchange's own faults. */
export interface Meddler {
  /** Undefined: as the exchange answers. `answer`: asks it, each time anew. */
  meddle(request: Call[1], answer: (grant?: Grant) => Reply): Reply | undefined;
}

export class WatchedVenue extends ServedVenue {
  readonly #onCall: (request: Call[1]) => void;
  readonly #meddler: Meddler;
  readonly #onOverspent: () => void;

  constructor(
    venue: Venue,
    meddler: Meddler,
    onCall: (request: Call[1]) => void,
    onFacts: (facts: readonly VenueFact[]) => void,
    onOverspent: () => void,
  ) {
    super(venue, { observe: onFacts });
    this.#meddler = meddler;
    this.#onCall = onCall;
    this.#onOverspent = onOverspent;
  }

  /** What no fault has touched. */
  override request(...call: Parameters<ServedVenue['request']>) {
    const answer = super.request(...call);
    if (answer.status === 429) this.#onOverspent();
    return answer;
  }

  override reply(accountId: Call[0], request: Call[1]): Reply {
    this.#onCall(request);
    const answer = (grant?: Grant) => super.reply(accountId, request, grant);
    return this.#meddler.meddle(request, answer) ?? answer();
  }
}

interface Past {
  readonly levels: Map<number, number>;
  /** Sum over the levels of what stands for each, so that a change is a subtraction and an addition. */
  mark: number;
  /** When a mark was last the book's. */
  readonly lastAt: Map<number, number>;
}

/** The marks of every book that the exchange has had. */
export class PastBooks {
  readonly #venue: Venue;
  readonly #past = new Map<string, Past>();

  constructor(venue: Venue) {
    this.#venue = venue;
    for (const { market } of venue.markets()) this.#past.set(market.ticker, this.#read(market.ticker, new Map()));
  }

  see(facts: readonly VenueFact[]): void {
    const anew = new Set<string>();
    for (const fact of facts) {
      const isNew = fact.type === 'level' && !this.#past.has(fact.ticker);
      if (fact.type === 'book' || isNew) anew.add(fact.ticker);
    }
    for (const fact of facts) if (fact.type === 'level' && !anew.has(fact.ticker)) this.#change(fact);
    for (const ticker of anew) {
      const past = this.#past.get(ticker);
      const lastAt = past?.lastAt ?? new Map<number, number>();
      this.#leave(past, this.#venue.now);
      this.#past.set(ticker, this.#read(ticker, lastAt));
    }
  }

  /** How long ago the exchange last had exactly this book; undefined: never. */
  ageOf(ticker: string, book: Book): number | undefined {
    const past = this.#past.get(ticker) ?? this.#read(ticker, new Map());
    this.#past.set(ticker, past);
    const mark = markOf(book);
    if (mark === past.mark) return 0;
    const lastAt = past.lastAt.get(mark);
    return lastAt === undefined ? undefined : this.#venue.now - lastAt;
  }

  #change({ ticker, side, price, delta, at }: Extract<VenueFact, { type: 'level' }>): void {
    const past = this.#past.get(ticker);
    if (past === undefined) return;
    this.#leave(past, at);
    const place = placeOf(side, price);
    const before = past.levels.get(place) ?? 0;
    past.mark = (past.mark - markOfLevel(place, before) + markOfLevel(place, before + delta)) | 0;
    past.levels.set(place, before + delta);
  }

  #leave(past: Past | undefined, at: number): void {
    past?.lastAt.set(past.mark, at);
  }

  #read(ticker: string, lastAt: Map<number, number>): Past {
    const past: Past = { levels: new Map(), mark: 0, lastAt };
    const { bids = [], asks = [] } = this.#venue.book(ticker) ?? {};
    for (const [side, levels] of [['bid', bids] as const, ['ask', asks] as const]) {
      for (const { price, size } of levels) {
        past.levels.set(placeOf(side, price), size);
        past.mark = (past.mark + markOfLevel(placeOf(side, price), size)) | 0;
      }
    }
    return past;
  }
}

function markOf(book: Book): number {
  let mark = 0;
  for (const side of ['bid', 'ask'] as const) {
    for (const { price, size } of book.levels(side)) mark = (mark + markOfLevel(placeOf(side, price), size)) | 0;
  }
  return mark;
}

function placeOf(side: Side, price: number): number {
  return side === 'bid' ? price : -price;
}

/** 32 bits for one level (the finalizer of MurmurHash3 over both numbers); an empty level is nothing. */
function markOfLevel(place: number, size: number): number {
  if (size === 0) return 0;
  let mixed = Math.imul(place, 0x9e3779b1) ^ Math.imul(size, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0xc2b2ae35);
  return mixed ^ (mixed >>> 13);
}
