/**
 * Everything the engine can be told, as one closed union. Facts come in here and nowhere else.
 *
 * `at` is our receive time on the exchange's clock (EpochMs); `exchangeAt` is the exchange's own stamp where it gave one.
 * Events are plain JSON values: a tape can hold any of them and a replay can read them back.
 */

import type { FlattenAsk } from './flatten/flatten-types.ts';
import type { HandAsk } from './hand/hand-types.ts';
import type { IndexEvent } from './index-events.ts';
import type { Market, MarketStatus } from './market.ts';
import type { CashEntryKind } from './money/entry.ts';
import type { FeeCheck } from './money/fee-check.ts';
import type { ChangeOutcome, CreateOutcome, OwnOrder } from './orders/order-types.ts';
import type { ForecastMade, ReferencePrice, StandingsTold } from './outside-events.ts';
import type { Parameters } from './parameters.ts';
import type { Halt, HaltName } from './risk/halts.ts';
import type { RiskMark } from './risk/loss-watch.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from './units.ts';

export type { ForecastMade, ReferencePrice, Says, StandingsTold } from './outside-events.ts';

/** Where a frame stood in its subscription. `seq` runs over all frames of (conn, sid), whatever their type or market. */
export interface FeedPosition {
  readonly conn: number;
  readonly sid: number;
  readonly seq: number;
}

export interface Level {
  readonly price: Centicents;
  readonly size: Centicontracts;
}

export interface Base<Type extends string> {
  readonly type: Type;
  readonly at: EpochMs;
}

/** A subscription begins (the `subscribed` frame): its sequence and its books start anew. */
export interface FeedStarted extends Base<'feed_started'> {
  readonly conn: number;
  readonly sid: number;
  readonly channel: string;
}
/** A frame that only moves the sequence on (ok, unsubscribed, error with a sid, a type we do not use). */
export interface FeedPassed extends Base<'feed_passed'> {
  readonly feed: FeedPosition;
}
/** The subscription is over (error code 10 or 25, or a malformed frame): its books are not to be believed any more. */
export interface FeedBroken extends Base<'feed_broken'> {
  readonly conn: number;
  /** Absent: every subscription of the connection. */
  readonly sid?: number;
  readonly reason: string;
}
/** A whole book. Levels in any order; an absent side is an empty list. Replaces what was known of the market. */
export interface BookSnapshot extends Base<'book_snapshot'> {
  readonly feed: FeedPosition;
  readonly ticker: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly exchangeAt?: EpochMs;
  /** When the exchange queued the frame: what its age on arrival is told by. */
  readonly sentAt?: EpochMs;
}
/** A signed change of one level. */
export interface BookDelta extends Base<'book_delta'> {
  readonly feed: FeedPosition;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly delta: Centicontracts;
  readonly exchangeAt?: EpochMs;
  /** When the exchange queued the frame; absent on older servers. */
  readonly sentAt?: EpochMs;
  /** Set by the exchange when the change came from an order of ours. */
  readonly clientOrderId?: string;
}
/** A public print. */
export interface Trade extends Base<'trade'> {
  readonly feed?: FeedPosition;
  readonly ticker: string;
  readonly tradeId: string;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly takerSide: Side;
  readonly exchangeAt?: EpochMs;
}
/** Top of book and running totals, about once a second. */
export interface Ticker extends Base<'ticker'> {
  readonly ticker: string;
  readonly lastPrice: Centicents;
  readonly bid: Centicents;
  readonly ask: Centicents;
  readonly bidSize: Centicontracts;
  readonly askSize: Centicontracts;
  /** Contracts traded since the market opened. */
  readonly volume: Centicontracts;
  readonly openInterest: Centicontracts;
  readonly exchangeAt?: EpochMs;
}
/** A market's definition, new or changed (REST, or lifecycle `created`, `price_level_structure_updated`, `close_date_updated`). */
export interface MarketDefined extends Base<'market_defined'> {
  readonly market: Market;
}
export interface MarketStatusChanged extends Base<'market_status_changed'> {
  readonly ticker: string;
  readonly status: MarketStatus;
  readonly result?: 'yes' | 'no' | 'scalar' | 'void';
  /** What one YES contract pays, 0…10000, when determined. */
  readonly settlementValue?: Centicents;
}
/** Which markets we quote from now on; others are left alone (their orders are cancelled). */
export interface MarketsSelected extends Base<'markets_selected'> {
  readonly tickers: readonly string[];
  /** Of these, those that are to be given up once nothing is held there. Absent: none. */
  readonly leaving?: readonly string[];
}
export interface ConnectionChanged extends Base<'connection_changed'> {
  readonly isUp: boolean;
  readonly conn: number;
  readonly reason?: string;
}
/** Nothing of any kind was heard, our own pings included, since `heardAt`, or nothing that is not old; or heard again. */
export interface FeedSilence extends Base<'feed_silence'> {
  readonly isSilent: boolean;
  readonly heardAt: EpochMs;
}
export interface ExchangeStatusChanged extends Base<'exchange_status_changed'> {
  readonly isTrading: boolean;
  /** Absent: all of it. */
  readonly shard?: number;
}
/** 429 seen: creates wait until `until`; cancels go on. */
export interface RateLimited extends Base<'rate_limited'> {
  readonly until: EpochMs;
}
/** What became of one create we sent. */
export interface OrderCreated extends Base<'create_outcome'> {
  readonly clientOrderId: string;
  readonly outcome: CreateOutcome;
}
/** What became of one change of an order that we sent. */
export interface OrderChanged extends Base<'change_outcome'> {
  readonly clientOrderId: string;
  readonly change: 'cancel' | 'amend' | 'decrease';
  readonly outcome: ChangeOutcome;
}
/** The exchange's own record of an order of the account, from the private stream or from REST. */
export interface OwnOrderSeen extends Base<'own_order'> {
  readonly order: OwnOrder;
  readonly source: 'stream' | 'rest';
  /** Over REST: as for a listing. */
  readonly askedAt?: EpochMs;
  readonly asOf?: EpochMs;
}
/** A complete listing of resting orders (all pages), asked at `askedAt`. Never emitted for a partial answer. */
export interface OrdersListed extends Base<'orders_listed'> {
  readonly askedAt: EpochMs;
  /** Up to when the account's data was complete, told before (read-lag.ts); absent: not told. */
  readonly asOf?: EpochMs;
  /** Absent: the whole account. */
  readonly ticker?: string;
  readonly orders: readonly OwnOrder[];
}
/** An execution of ours. `tradeId` is the key (`fill_id` over REST); the same one twice changes nothing. */
export interface FillSeen extends Base<'fill'> {
  readonly tradeId: string;
  readonly orderId: string;
  readonly clientOrderId?: string;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly isTaker: boolean;
  /** Net fee as charged, rounding included. */
  readonly fee: Microdollars;
  /** Shard whose cash paid for it; absent in records older than August 2026. */
  readonly shard?: number;
  readonly exchangeAt?: EpochMs;
}
/** Cash per shard as the exchange states it. */
export interface BalanceSeen extends Base<'balance'> {
  readonly askedAt: EpochMs;
  readonly asOf?: EpochMs;
  readonly shards: readonly { readonly shard: number; readonly cash: Microdollars }[];
}
/** A complete listing of open positions; a market not in it is flat. */
export interface PositionsSeen extends Base<'positions'> {
  readonly askedAt: EpochMs;
  readonly asOf?: EpochMs;
  readonly positions: readonly { readonly ticker: string; readonly position: Centicontracts }[];
}
/** Contracts that fill before each of our resting orders. */
export interface QueuePlaces extends Base<'queue_places'> {
  readonly askedAt: EpochMs;
  readonly places: readonly { readonly orderId: string; readonly ahead: Centicontracts }[];
}
/** From now on every size that a level of this market's book has counts as one it had while the exchange was asked. */
export interface BookAuditBegan extends Base<'book_audit_began'> {
  readonly ticker: string;
}
/** The exchange's own book over REST, best levels first, up to `depth` a side: compared with what ours was since. */
export interface BookAudited extends Base<'book_audited'> {
  readonly ticker: string;
  readonly depth: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}
/** The audit of this market is over. */
export interface BookAuditEnded extends Base<'book_audit_ended'> {
  readonly ticker: string;
}
/** A position was paid. Key: (ticker, settledAt). */
export interface SettlementSeen extends Base<'settlement'> {
  readonly ticker: string;
  readonly settledAt: EpochMs;
  /** What one YES contract paid, 0…10000. */
  readonly value: Centicents;
  readonly result: 'yes' | 'no' | 'scalar' | 'void';
  readonly shard?: number;
}
/** State carried over from the journal of earlier sessions on this account, booked before anything else. */
export interface LedgerRestored extends Base<'ledger_restored'> {
  readonly fills: readonly FillSeen[];
  readonly settlements: readonly SettlementSeen[];
  readonly openingCash: readonly { readonly shard: number; readonly cash: Microdollars }[];
  /** Absent on tapes from before there were any. */
  readonly moves?: readonly CashMoved[];
  /** As `moves`. */
  readonly entries?: readonly CashEntered[];
  /** Absent on tapes from before fees were compared. */
  readonly fees?: FeesRestored;
  /** What earlier processes noted for the limits on money and on what is sent. */
  readonly marks?: readonly RiskMark[];
}
/** What earlier sessions found when they compared fees: all in all, and each difference of the last day. */
export interface FeesRestored {
  /** All that was charged less all that was predicted. */
  readonly drift: Microdollars;
  readonly differences: readonly FeeCheck[];
}
/** Cash of ours went from one shard to another. `transferId` is the key; the same one twice changes nothing. */
export interface CashMoved extends Base<'cash_moved'> {
  readonly transferId: string;
  readonly from: number;
  readonly to: number;
  readonly amount: Microdollars;
  readonly exchangeAt?: EpochMs;
}
/** Cash came or went for a reason outside trading. `entryId` is the key; the same one twice changes nothing. */
export interface CashEntered extends Base<'cash_entered'> {
  /** The exchange's id where there is one. */
  readonly entryId: string;
  readonly kind: CashEntryKind;
  readonly shard: number;
  /** Signed: what it did to cash. Zero for what the opening cash holds already. */
  readonly amount: Microdollars;
  /** For people: where it came from, who booked it. */
  readonly label: string;
  readonly exchangeAt?: EpochMs;
}
/** A halt raised or cleared from outside the engine (operator, supervisor, journal). */
export interface HaltChanged extends Base<'halt_changed'> {
  readonly halt: Halt;
  readonly isOn: boolean;
}
/** What the operator asked for. `stop` cancels all and ends; `kill` latches KILLED. */
export interface Control extends Base<'control'> {
  readonly verb: 'pause' | 'resume' | 'stop' | 'kill' | 'clear';
  readonly ticker?: string;
  readonly halt?: HaltName;
  readonly by: string;
}
/**
 * The operator has changed the configuration while it runs. Carries all that is in force from now on; what is read at the
 * start of an engine alone is as it was then (app/config/reload-rules.ts says which may differ). Every market is decided by it
 * within a second, and one with news in the next turn.
 */
export interface ParametersChanged extends Base<'parameters_changed'> {
  readonly parameters: Parameters;
  readonly by: string;
}
/** A person asks for an order, or for a change of one; decided in the next turn, answered by `takeAnswers`. */
export interface HandAsked extends Base<'hand_asked'> {
  readonly ask: HandAsk;
  readonly by: string;
}
/** A person wants out of a position, or calls that off; begun in the next turn, told of by `flattens`. */
export interface FlattenAsked extends Base<'flatten_asked'> {
  readonly ask: FlattenAsk;
  /** Ends what is under way in that market, and begins nothing. */
  readonly isOff?: boolean;
  readonly by: string;
}
/** Everything that has arrived is applied: decide. Carries the time; comes at least once a second. */
export interface Turn extends Base<'turn'> {
  readonly turn: number;
}

export type EngineEvent =
  | FeedStarted
  | FeedPassed
  | FeedBroken
  | BookSnapshot
  | BookDelta
  | Trade
  | Ticker
  | ReferencePrice
  | ForecastMade
  | StandingsTold
  | IndexEvent
  | MarketDefined
  | MarketStatusChanged
  | MarketsSelected
  | ConnectionChanged
  | FeedSilence
  | ExchangeStatusChanged
  | RateLimited
  | OrderCreated
  | OrderChanged
  | OwnOrderSeen
  | OrdersListed
  | FillSeen
  | BalanceSeen
  | PositionsSeen
  | QueuePlaces
  | BookAuditBegan
  | BookAudited
  | BookAuditEnded
  | SettlementSeen
  | LedgerRestored
  | CashMoved
  | CashEntered
  | HaltChanged
  | Control
  | ParametersChanged
  | HandAsked
  | FlattenAsked
  | Turn;
