/**
 * Lays the items of a tape out in rows. Each item is one place in the order; what does not fit the columns of its table is
 * kept as text beside it, whole. Refuses nothing of a tape.
 */
import type { EngineEvent, FeedPosition } from '../../core/events.ts';
import { ArchiveFailure } from './failure.ts';
import { brokenRow, connectionRow, gapRow, lostRow, passedRow, startedRow } from './feed-codec.ts';
import type { ArchiveItem } from './item.ts';
import { deltaRow, levelRows, referenceRow, tickerRow, tradeRow } from './market-codec.ts';
import { eventRow, fillRow, orderRow, recordRow, turnRow } from './own-codec.ts';
import type { Row } from './row.ts';

/** Places are 32-bit numbers: twenty days of 50 busy markets. */
const PLACES_MAX = 2_147_483_647;

export class Encoder {
  readonly #put: (n: number, row: Row) => void;
  /** The sequence of each subscription of the newest connection, as core/books.ts follows it. */
  readonly #sequences = new Map<number, number>();
  #conn: number | undefined;
  #places = 0;
  #lastAt = 0;

  /** @param put takes each row with its place */
  constructor(put: (n: number, row: Row) => void) {
    this.#put = put;
  }

  /** Throws KMM_ARCHIVE_UNFIT when there are too many. */
  take(item: ArchiveItem): void {
    if (item.kind === 'event') {
      this.#follow(item.event);
      this.#event(item.event);
      return;
    }
    const { at } = item;
    this.#lastAt = at;
    if (item.kind === 'turn') this.#row(turnRow(at, item.json) ?? recordRow('turn', at, 0, Buffer.from(item.json)));
    else if (item.kind === 'lost')
      this.#row(lostRow(at, item.json) ?? recordRow('lost', at, 0, Buffer.from(item.json)));
    else this.#row(recordRow(item.kind, at, item.conn, item.data));
  }

  #event(event: EngineEvent): void {
    if (event.type === 'book_snapshot') {
      const rows = levelRows(event);
      if (rows !== undefined) {
        this.#rows(rows);
        return;
      }
    }
    const row = rowOfEvent(event) ?? eventRow(event);
    if (row === undefined) this.#row(recordRow('event', this.#lastAt as never, 0, Buffer.from(JSON.stringify(event))));
    else this.#row(row);
  }

  #row(row: Row | undefined): void {
    if (row === undefined) throw new ArchiveFailure('KMM_ARCHIVE_UNFIT', 'a record has a time that is no time');
    this.#rows([row]);
  }

  #rows(rows: readonly Row[]): void {
    const n = this.#places;
    if (n >= PLACES_MAX) throw new ArchiveFailure('KMM_ARCHIVE_UNFIT', `more than ${PLACES_MAX} records on one tape`);
    this.#places += 1;
    for (const row of rows) {
      this.#lastAt = row.at;
      this.#put(n, row);
    }
  }

  /** A step that is not exactly +1 is noted before the event that shows it. */
  #follow(event: EngineEvent): void {
    switch (event.type) {
      case 'feed_started':
        this.#connected(event.conn);
        this.#sequences.delete(event.sid);
        return;
      case 'feed_broken':
        if (event.conn !== this.#conn) return;
        if (event.sid === undefined) this.#sequences.clear();
        else this.#sequences.delete(event.sid);
        return;
      case 'book_delta':
      case 'book_snapshot':
      case 'trade':
      case 'reference_price':
      case 'feed_passed':
        if (event.feed !== undefined) this.#advance(event.feed, event.at);
        return;
      default:
    }
  }

  #connected(conn: number): void {
    if (conn === this.#conn) return;
    this.#conn = conn;
    this.#sequences.clear();
  }

  #advance({ conn, sid, seq }: FeedPosition, at: number): void {
    this.#connected(conn);
    const last = this.#sequences.get(sid);
    if (last !== undefined && seq !== last + 1) {
      const row = gapRow({ at, conn, sid, expected: last + 1, seq });
      if (row !== undefined) this.#row(row);
    }
    this.#sequences.set(sid, seq);
  }
}

function rowOfEvent(event: EngineEvent): Row | undefined {
  switch (event.type) {
    case 'book_delta':
      return deltaRow(event);
    case 'trade':
      return tradeRow(event);
    case 'ticker':
      return tickerRow(event);
    case 'reference_price':
      return referenceRow(event);
    case 'feed_started':
      return startedRow(event);
    case 'feed_passed':
      return passedRow(event);
    case 'feed_broken':
      return brokenRow(event);
    case 'connection_changed':
      return connectionRow(event);
    case 'own_order':
      return orderRow(event);
    case 'fill':
      return fillRow(event);
    default:
      return undefined;
  }
}
