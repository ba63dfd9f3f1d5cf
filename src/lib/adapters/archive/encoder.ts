/**
 * Lays the items of a tape out in rows. Each item is one place in the order; what does not fit the columns of its table is
 * kept as text beside it, whole. Refuses nothing of a tape.
 */

import { SequenceWatch } from '../../core/book/one-market.ts';
import type { EngineEvent } from '../../core/events.ts';
import { epochMs } from '../../core/units.ts';
import { ArchiveFailure } from './failure.ts';
import { brokenRow, connectionRow, lostRow, passedRow, startedRow, stepRow } from './feed-codec.ts';
import type { ArchiveItem } from './item.ts';
import { deltaRow, levelRows, referenceRow, tickerRow, tradeRow } from './market-codec.ts';
import { eventRow, fillRow, orderRow, recordRow, turnRow } from './own-codec.ts';
import type { Row } from './row.ts';

/** Places are 32-bit numbers: twenty days of 50 busy markets. */
const PLACES_MAX = 2_147_483_647;

export class Encoder {
  readonly #put: (n: number, row: Row) => void;
  readonly #watch = new SequenceWatch();
  #places = 0;
  #lastAt = 0;

  /** @param put takes each row with its place */
  constructor(put: (n: number, row: Row) => void) {
    this.#put = put;
  }

  /** Throws KMM_ARCHIVE_UNFIT when there are too many. */
  take(item: ArchiveItem): void {
    if (item.kind === 'event') {
      const step = this.#watch.take(item.event);
      const row = step && stepRow(step);
      if (row !== undefined) this.#row(row);
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
    if (row === undefined) this.#row(recordRow('event', epochMs(this.#lastAt), 0, Buffer.from(JSON.stringify(event))));
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
