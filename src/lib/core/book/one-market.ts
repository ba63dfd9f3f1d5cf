/**
 * Market data of some markets out of many, so that their books become what they became among all the others.
 *
 * The sequence of a subscription runs over every market on it (kalshi/api.md 7.3), so what is left out leaves holes that are no
 * losses. `SequenceWatch` finds where a sequence began and where it was broken while all is there; with what it found,
 * `MarketThinner` counts positions anew over what is kept, and leaves a hole where there was one.
 */
import type { EngineEvent, FeedPosition } from '../events.ts';
import type { EpochMs } from '../units.ts';

/** A subscription's first frame, or a step that was not +1. It stands before the event that showed it. */
export interface SequenceStep {
  readonly at: EpochMs;
  readonly conn: number;
  readonly sid: number;
  /** Absent: its first frame, which may have any number. */
  readonly expected?: number;
  readonly seq: number;
}

/** Follows the sequences as core/book/books.ts does. */
export class SequenceWatch {
  readonly #sequences = new Sequences();

  /** The step that this event shows, if it shows one. */
  take(event: EngineEvent): SequenceStep | undefined {
    this.#sequences.begunOrEnded(event);
    const feed = feedOf(event);
    if (feed === undefined) return undefined;
    const last = this.#sequences.advance(feed, feed.seq);
    if (feed.seq - 1 === last) return undefined;
    return { at: event.at, ...feed, ...(last !== undefined && { expected: last + 1 }) };
  }
}

export class MarketThinner {
  readonly #sequences = new Sequences();
  /** The next event of its subscription shows it. */
  #step: SequenceStep | undefined;

  /** Of a step that was found: told before the next event that is kept. */
  step(step: SequenceStep): readonly EngineEvent[] {
    const before = this.flush();
    this.#step = step;
    return before;
  }

  /** Of an event that is kept. */
  keep(event: EngineEvent): readonly EngineEvent[] {
    const feed = feedOf(event);
    if (feed === undefined || event.type === 'feed_passed') {
      const before = this.flush();
      this.#sequences.begunOrEnded(event);
      return event.type === 'feed_passed' ? before : [...before, event];
    }
    const shown = this.#step;
    const isStep = shown?.conn === feed.conn && shown.sid === feed.sid && shown.seq === feed.seq;
    if (isStep) this.#step = undefined;
    const before = isStep ? [] : this.flush();
    const last = this.#sequences.last(feed);
    const seq = last === undefined ? feed.seq : isStep ? stepped(last, shown) : last + 1;
    this.#sequences.advance(feed, seq);
    return [...before, { ...event, feed: { ...feed, seq } } as EngineEvent];
  }

  /** A step that was shown by an event which is not kept: the subscription moves on past it all the same. */
  flush(): readonly EngineEvent[] {
    const step = this.#step;
    if (step === undefined) return [];
    this.#step = undefined;
    const { at, conn, sid } = step;
    const last = this.#sequences.last(step);
    const seq = last === undefined ? step.seq : last + HOLE;
    this.#sequences.advance(step, seq);
    return [{ type: 'feed_passed', at, feed: { conn, sid, seq } }];
  }
}

/** From one position to another with one missing between them. */
const HOLE = 2;

/** Forward past a hole, or not forward at all: a frame that came a second time is old, and stays so. */
function stepped(last: number, { expected = 0, seq }: SequenceStep): number {
  return seq < expected ? last : last + HOLE;
}

/** The last number of each subscription of the newest connection. */
class Sequences {
  readonly #last = new Map<number, number>();
  #conn: number | undefined;

  last({ conn, sid }: Pick<FeedPosition, 'conn' | 'sid'>): number | undefined {
    return conn === this.#conn ? this.#last.get(sid) : undefined;
  }

  /** Returns the number before. */
  advance({ conn, sid }: Pick<FeedPosition, 'conn' | 'sid'>, seq: number): number | undefined {
    this.#connected(conn);
    const before = this.#last.get(sid);
    this.#last.set(sid, seq);
    return before;
  }

  begunOrEnded(event: EngineEvent): void {
    if (event.type === 'feed_started') {
      this.#connected(event.conn);
      this.#last.delete(event.sid);
    } else if (event.type === 'feed_broken' && event.conn === this.#conn) {
      if (event.sid === undefined) this.#last.clear();
      else this.#last.delete(event.sid);
    }
  }

  #connected(conn: number): void {
    if (conn === this.#conn) return;
    this.#conn = conn;
    this.#last.clear();
  }
}

function feedOf(event: EngineEvent): FeedPosition | undefined {
  switch (event.type) {
    case 'book_delta':
    case 'book_snapshot':
    case 'trade':
    case 'reference_price':
    case 'feed_passed':
      return event.feed;
    default:
      return undefined;
  }
}
