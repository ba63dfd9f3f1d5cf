/** Which events the books of a connection are told of. */
import type { FeedEvent } from '../../core/book/books.ts';
import type { EngineEvent } from '../../core/events.ts';

export function isFeedEvent(event: EngineEvent): event is FeedEvent {
  return FEED_TYPES.has(event.type);
}

const FEED_TYPES: ReadonlySet<EngineEvent['type']> = new Set<FeedEvent['type']>([
  'book_delta',
  'book_snapshot',
  'feed_started',
  'feed_passed',
  'feed_broken',
  'trade',
  'reference_price',
]);
