/** Rows of each table back to what they were on the tape. */
import type { SequenceStep } from '../../core/book/one-market.ts';
import { feedOf } from './feed-codec.ts';
import type { ArchiveItem } from './item.ts';
import { deltaOf, referenceOf, snapshotOf, tickerOf, tradeOf } from './market-codec.ts';
import { eventOf, fillOf, orderOf, recordOf, turnOf } from './own-codec.ts';
import type { ReadRow } from './row.ts';
import type { TableName } from './tables.ts';

/** What a row says: an item of the tape, or a step of a sequence that was found in it. */
export type Decoded = ArchiveItem | SequenceStep;

export const DECODERS: Readonly<Record<TableName, (row: ReadRow) => Decoded>> = {
  deltas: (row) => ({ kind: 'event', event: deltaOf(row) }),
  levels: (row) => ({ kind: 'event', event: snapshotOf(row) }),
  trades: (row) => ({ kind: 'event', event: tradeOf(row) }),
  tickers: (row) => ({ kind: 'event', event: tickerOf(row) }),
  reference_prices: (row) => ({ kind: 'event', event: referenceOf(row) }),
  feed: feedOf,
  orders: (row) => ({ kind: 'event', event: orderOf(row) }),
  fills: (row) => ({ kind: 'event', event: fillOf(row) }),
  turns: turnOf,
  events: eventOf,
  records: recordOf,
};
