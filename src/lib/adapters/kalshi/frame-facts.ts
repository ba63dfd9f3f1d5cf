/** What a WebSocket frame tells us: events for the engine, notices for the session, or that it makes no sense. Types only. */
import type { EngineEvent, FeedBroken } from '../../core/events.ts';
import type { PriceGrid } from '../../core/grid.ts';
import type { MarketStatus } from '../../core/market.ts';
import type { Centicontracts, EpochMs } from '../../core/units.ts';

export interface FrameContext {
  readonly conn: number;
  /** Receive time. */
  readonly at: EpochMs;
  /** The connection subscribed with `use_yes_price: true`: the NO side comes in YES prices. */
  readonly yesPrice: boolean;
  /** Whose orders, fills and positions are ours; undefined: all that the key is told of. */
  readonly subaccount?: number | undefined;
}

/** What is not for the engine, but for whoever keeps the session going. */
export type FrameNotice =
  /** Answer to a command of ours. */
  | {
      readonly kind: 'reply';
      readonly type: 'subscribed' | 'ok' | 'unsubscribed';
      readonly id?: number;
      readonly sid?: number;
    }
  | {
      readonly kind: 'error';
      readonly code: number;
      readonly message: string;
      readonly id?: number;
      readonly sid?: number;
      readonly tickers: readonly string[];
    }
  /** The market's definition or state changed: what the message itself states; the rest has to be read over REST. */
  | {
      readonly kind: 'lifecycle';
      readonly ticker: string;
      readonly eventType: string;
      readonly status?: MarketStatus;
      readonly grid?: PriceGrid;
      readonly openAt?: EpochMs;
      readonly closeAt?: EpochMs;
    }
  /** An event was listed or changed. */
  | { readonly kind: 'event'; readonly eventTicker: string; readonly seriesTicker: string }
  /** Fees of an event were overridden, or no longer are: read them again. */
  | {
      /** Without type and multiplier the override has ended. */
      readonly kind: 'event_fees';
      readonly eventTicker: string;
      readonly feeType?: string;
      readonly feeMultiplier?: number;
    }
  | {
      readonly kind: 'order_group';
      readonly groupId: string;
      readonly eventType: string;
      readonly limit?: Centicontracts;
      readonly exchangeAt?: EpochMs;
    }
  /** Our position in a market as the exchange states it: to be compared with the ledger, never booked. */
  | { readonly kind: 'position'; readonly ticker: string; readonly position: Centicontracts }
  /** A request for quotes or a quote of somebody. Nothing is traded this way. */
  | { readonly kind: 'communication'; readonly type: string; readonly rfqId: string; readonly ticker: string }
  /** A message that we use, without something we need: ask REST for the whole of it. */
  | { readonly kind: 'incomplete'; readonly type: string; readonly ticker: string; readonly lacks: string }
  /** A message of the exchange that we have no use for. */
  | { readonly kind: 'unused'; readonly type: string }
  /** A message that kalshi/api.md does not know. */
  | { readonly kind: 'unknown'; readonly type: string };

export interface FrameFacts {
  readonly events: readonly EngineEvent[];
  readonly notices: readonly FrameNotice[];
  /** When the exchange queued the frame, by its own clock; absent on older servers. */
  readonly sentAt?: EpochMs;
}

/** Its one event breaks the subscription it came on, or the whole connection when even that cannot be told. */
export interface MalformedFrame extends FrameFacts {
  readonly events: readonly [FeedBroken];
  readonly malformed: string;
}
