/**
 * Gives every WebSocket frame its meaning, or says that it has none: the same bytes in the same context always mean the
 * same thing. Never throws. Only here is a NO bid at p a YES ask at 1 − p, on connections without `use_yes_price`.
 *
 * A frame with a sequence number moves its subscription on, whether or not we use what it says.
 */
import type { FeedBroken, FeedStarted } from '../../core/events.ts';
import { centicents, centicontracts, epochMs } from '../../core/units.ts';
import { cleanText } from './clean-text.ts';
import { readCommunication, readFill, readOrderGroup, readPosition, readUserOrder } from './frame-account.ts';
import type { FrameContext, FrameFacts, FrameNotice, MalformedFrame } from './frame-facts.ts';
import {
  deltaEvent,
  readDelta,
  readEventFees,
  readEventLifecycle,
  readLifecycle,
  readSnapshot,
  readTicker,
  readTrade,
} from './frame-market.ts';
import { passed, type Reader, reader, reasonOf } from './frame-reader.ts';
import { readIndexTick, readIndexTick5Hz, readPythTick } from './frame-reference.ts';
import { present } from './present.ts';
import { DeltaScan, NO_TIME, scanDelta } from './scan.ts';
import { envelope, failure, subscribed } from './ws-schema.ts';

export type { FrameContext, FrameFacts, FrameNotice, MalformedFrame } from './frame-facts.ts';

/** `frame`: one text frame as received. A malformed one still has an event to apply: the break of its subscription. */
export function translateFrame(frame: Buffer, context: FrameContext): FrameFacts | MalformedFrame {
  if (!scanDelta(frame, SCRATCH)) return translateText(frame, context);
  const event = scannedDelta(context);
  return event.sentAt === undefined
    ? { events: [event], notices: NOTHING }
    : { events: [event], notices: NOTHING, sentAt: event.sentAt };
}

/** What almost every frame has to say to the session. */
const NOTHING: readonly FrameNotice[] = [];

/** Written and read within one call; of one frame nothing reaches the next but the text of its ticker. */
const SCRATCH = new DeltaScan();

function scannedDelta(context: FrameContext) {
  const { sid, seq, ticker, isNo, price, delta, tsMs, sendingTsMs, clientOrderId } = SCRATCH;
  const stamp = tsMs === NO_TIME ? sendingTsMs : tsMs;
  return deltaEvent(
    context,
    { conn: context.conn, sid, seq },
    ticker,
    isNo,
    centicents(price),
    centicontracts(delta),
    stamp === NO_TIME ? undefined : epochMs(stamp),
    sendingTsMs === NO_TIME ? undefined : epochMs(sendingTsMs),
    clientOrderId,
  );
}

function translateText(frame: Buffer, context: FrameContext): FrameFacts | MalformedFrame {
  let json: unknown;
  try {
    json = JSON.parse(frame.toString());
  } catch {
    return malformed('not JSON', undefined, context);
  }
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return malformed(reasonOf('frame', parsed.error), undefined, context);
  const meaning = (READERS.get(parsed.data.type) ?? readUnknown)(parsed.data, context);
  if (typeof meaning === 'string') return malformed(meaning, parsed.data.sid, context);
  const { sending_ts_ms: sentAt } = parsed.data;
  return sentAt === undefined ? meaning : { ...meaning, sentAt };
}

function malformed(reason: string, sid: number | undefined, { conn, at }: FrameContext): MalformedFrame {
  const broken: FeedBroken = present({ type: 'feed_broken' as const, at, conn, sid, reason });
  return { events: [broken], notices: [], malformed: reason };
}

const readSubscribed = reader(subscribed, ({ sid, channel }, { id }, { at, conn }) => {
  const started: FeedStarted = { type: 'feed_started', at, conn, sid, channel };
  return { events: [started], notices: [present({ kind: 'reply' as const, type: 'subscribed' as const, id, sid })] };
});

const readReply: Reader = (frame, context) => {
  const type: 'ok' | 'unsubscribed' = frame.type === 'ok' ? 'ok' : 'unsubscribed';
  const notice = present({ kind: 'reply' as const, type, id: frame.id, sid: frame.sid });
  return { events: passed(frame, context), notices: [notice] };
};

/** These end the subscription (kalshi/api.md 7.5); without a sid it cannot be told which. */
const CHANNEL_ERROR = 10;
const BUFFER_OVERFLOW = 25;

const readError = reader(failure, (message, frame, context) => {
  const { code } = message;
  const { id, sid } = frame;
  const tickers = message.market_tickers ?? (message.market_ticker === undefined ? [] : [message.market_ticker]);
  const notice = present({ kind: 'error' as const, code, message: message.msg, id, sid, tickers });
  if (code !== CHANNEL_ERROR && code !== BUFFER_OVERFLOW) return { events: passed(frame, context), notices: [notice] };
  const reason = `error ${code}: ${message.msg}`;
  const broken: FeedBroken = present({ type: 'feed_broken' as const, at: context.at, conn: context.conn, sid, reason });
  return { events: [broken], notices: [notice] };
});

const readUnused: Reader = (frame, context) => ({
  events: passed(frame, context),
  notices: [{ kind: 'unused', type: frame.type }],
});

const readUnknown: Reader = (frame, context) => ({
  events: passed(frame, context),
  notices: [{ kind: 'unknown', type: cleanText(frame.type) }],
});

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['subscribed', readSubscribed],
  ['ok', readReply],
  ['unsubscribed', readReply],
  ['error', readError],
  ['orderbook_snapshot', readSnapshot],
  ['orderbook_delta', readDelta],
  ['ticker', readTicker],
  ['trade', readTrade],
  ['fill', readFill],
  ['user_order', readUserOrder],
  ['order_group_updates', readOrderGroup],
  ['market_lifecycle_v2', readLifecycle],
  ['event_fee_update', readEventFees],
  ['cfbenchmarks_value', readIndexTick],
  ['cfbenchmarks_value_5hz', readIndexTick5Hz],
  ['market_position', readPosition],
  ['event_lifecycle', readEventLifecycle],
  ['multivariate_market_lifecycle', readLifecycle],
  ['pyth_value', readPythTick],
  ['rfq_created', readCommunication],
  ['rfq_deleted', readCommunication],
  ['quote_created', readCommunication],
  ['quote_accepted', readCommunication],
  ['quote_executed', readCommunication],
  // Answers to questions that we do not ask.
  ['cfbenchmarks_value_indexlist', readUnused],
  ['cfbenchmarks_value_5hz_indexlist', readUnused],
  ['pyth_value_underlying_list', readUnused],
]);
