/** What a tape holds for an archive, item by item in its order, and how two such streams are told apart. */
import type { BookDelta, EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';

export type ArchiveItem =
  /** What the engine is told: of a frame, or recorded as an event. */
  | { readonly kind: 'event'; readonly event: EngineEvent }
  /** `json`: the record as it is on the tape. */
  | { readonly kind: 'turn'; readonly at: EpochMs; readonly json: string }
  /** Records are missing here; `json` says how many, and why. */
  | { readonly kind: 'lost'; readonly at: EpochMs; readonly json: string }
  /** Everything else; a frame where it says more than its events do, or nothing that we understand. */
  | { readonly kind: RecordItemKind; readonly at: EpochMs; readonly conn: number; readonly data: Buffer };

export type RecordItemKind = 'session' | 'rest' | 'note' | 'end' | 'frame' | 'sent' | 'gap' | 'reference';

/** One line per item; equal lines are equal items, whatever the order in which an event names its fields. */
export function lineOf(item: ArchiveItem): string {
  switch (item.kind) {
    case 'event':
      return item.event.type === 'book_delta' ? deltaLine(item.event) : stableJson(item.event);
    case 'turn':
    case 'lost':
      return `${item.kind} ${item.at} ${item.json}`;
    default:
      return `${item.kind} ${item.at} ${item.conn} ${item.data.toString('base64')}`;
  }
}

const DELTA_FIELDS = new Set([
  ...['type', 'at', 'feed', 'ticker', 'side', 'price', 'delta', 'exchangeAt', 'sentAt', 'clientOrderId'],
]);

/** True when the event has no field but these: one that a later version adds is not lost for want of a column. */
export function hasOnly(value: object, fields: ReadonlySet<string>): boolean {
  for (const field in value) if (!fields.has(field)) return false;
  return true;
}

export function isPlainDelta(event: BookDelta): boolean {
  return hasOnly(event, DELTA_FIELDS) && isPosition(event.feed);
}

const POSITION_FIELDS = new Set(['conn', 'sid', 'seq']);

export function isPosition(feed: object): boolean {
  return hasOnly(feed, POSITION_FIELDS);
}

/** Nearly every item is one of these. */
function deltaLine(event: BookDelta): string {
  if (!isPlainDelta(event)) return stableJson(event);
  const { at, feed, ticker, side, price, delta, exchangeAt, sentAt, clientOrderId } = event;
  const id = clientOrderId === undefined ? '' : JSON.stringify(clientOrderId);
  return `delta ${at} ${feed.conn} ${feed.sid} ${feed.seq} ${ticker} ${side} ${price} ${delta} ${exchangeAt} ${sentAt} ${id}`;
}

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
