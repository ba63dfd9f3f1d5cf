/**
 * The hot path: reads an `orderbook_delta` frame straight from its bytes, without making a text or an object of it.
 *
 * It knows the members of that message (kalshi/api.md 7.4) in any order and takes only what can mean one thing: compact
 * JSON, each member once, printable ASCII without escapes, plain decimals. Whatever else it meets it refuses, and the
 * caller asks the schema (translate.ts). So it may say "I don't know", and never anything that the schema would not say.
 */
import { FrameBytes, Literal, startsWith } from './frame-bytes.ts';
import { scanInteger, scanPrice, scanSize } from './frame-numbers.ts';
import { TickerTable } from './ticker-table.ts';

/** Where a frame has no such stamp, or one of 0. */
export const NO_TIME = 0;

/** What `scanDelta` read last; used again by the next scan. */
export class DeltaScan {
  readonly frame = new FrameBytes();
  readonly tickers = new TickerTable();
  sid = 0;
  seq = 0;
  ticker = '';
  isNo = false;
  /** Centicents, on the scale of its own side, as the frame has it. */
  price = 0;
  /** Centicontracts, signed. */
  delta = 0;
  /** Epoch ms, or NO_TIME. */
  tsMs = NO_TIME;
  sendingTsMs = NO_TIME;
  clientOrderId: string | undefined;
  /** Members met so far, one bit each. */
  seen = 0;
}

/** True when `into` holds the whole delta. False: not a delta, not whole, or not in the plain form; `into` is then void. */
export function scanDelta(frame: Buffer, into: DeltaScan): boolean {
  into.seen = 0;
  into.tsMs = NO_TIME;
  into.sendingTsMs = NO_TIME;
  into.clientOrderId = undefined;
  if (!into.frame.load(frame) || into.frame.bytes[0] !== OPEN_BRACE) return false;
  const end = scanMembers(1, ENVELOPE, into);
  return end !== REFUSED && (into.seen & REQUIRED) === REQUIRED && isBlank(end, into.frame);
}

const REFUSED = -1;

const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const TYPE = 1;
const SID = 1 << 1;
const SEQ = 1 << 2;
const MSG = 1 << 3;
const SENDING_TS_MS = 1 << 4;
const MARKET_TICKER = 1 << 5;
const MARKET_ID = 1 << 6;
const PRICE = 1 << 7;
const DELTA = 1 << 8;
const SIDE = 1 << 9;
const TS = 1 << 10;
const TS_MS = 1 << 11;
const CLIENT_ORDER_ID = 1 << 12;
const SUBACCOUNT = 1 << 13;

const REQUIRED = TYPE | SID | SEQ | MSG | MARKET_TICKER | PRICE | DELTA | SIDE;

interface Member {
  readonly bit: number;
  /** `"name":` and its first four bytes. */
  readonly literal: Literal;
  readonly head: number;
}

/** In the order of the wire: the member behind the one just read is tried first. */
const ENVELOPE = [
  member('type', TYPE),
  member('sid', SID),
  member('seq', SEQ),
  member('msg', MSG),
  member('sending_ts_ms', SENDING_TS_MS),
];
const MESSAGE = [
  member('market_ticker', MARKET_TICKER),
  member('market_id', MARKET_ID),
  member('price_dollars', PRICE),
  member('delta_fp', DELTA),
  member('side', SIDE),
  member('ts', TS),
  member('ts_ms', TS_MS),
  member('client_order_id', CLIENT_ORDER_ID),
  member('subaccount', SUBACCOUNT),
];

const DELTA_TYPE = new Literal('"orderbook_delta"');
const YES = new Literal('"yes"');
const NO = new Literal('"no"');

function member(name: string, bit: number): Member {
  const literal = new Literal(`"${name}":`);
  return { bit, literal, head: literal.heads[0] as number };
}

/** From behind `{` to behind `}`. */
function scanMembers(start: number, members: readonly Member[], into: DeltaScan): number {
  const { bytes, words } = into.frame;
  let at = start;
  let next = 0;
  for (;;) {
    const head = words.getInt32(at, true);
    let found: Member | undefined;
    for (let tried = 0; tried < members.length; tried += 1) {
      const candidate = members[next] as Member;
      next = next + 1 === members.length ? 0 : next + 1;
      if (candidate.head === head && startsWith(words, at, candidate.literal)) {
        found = candidate;
        break;
      }
    }
    if (found === undefined || (into.seen & found.bit) !== 0) return REFUSED;
    into.seen |= found.bit;
    at = scanValue(at + found.literal.length, found.bit, into);
    if (at === REFUSED) return REFUSED;
    const delimiter = bytes[at];
    at += 1;
    if (delimiter === CLOSE_BRACE) return at;
    if (delimiter !== COMMA) return REFUSED;
  }
}

function scanValue(at: number, bit: number, into: DeltaScan): number {
  const { frame } = into;
  let end: number;
  switch (bit) {
    case TYPE:
      return startsWith(frame.words, at, DELTA_TYPE) ? at + DELTA_TYPE.length : REFUSED;
    case MSG:
      return frame.bytes[at] === OPEN_BRACE ? scanMembers(at + 1, MESSAGE, into) : REFUSED;
    case SID:
      end = scanInteger(at, frame);
      into.sid = frame.value;
      return end;
    case SEQ:
      end = scanInteger(at, frame);
      into.seq = frame.value;
      return end;
    case SENDING_TS_MS:
      end = scanInteger(at, frame);
      into.sendingTsMs = frame.value;
      return end;
    case TS_MS:
      end = scanInteger(at, frame);
      into.tsMs = frame.value;
      return end;
    case SUBACCOUNT:
      return scanInteger(at, frame);
    case MARKET_TICKER:
      return scanTicker(at, into);
    case PRICE:
      end = scanPrice(at, frame);
      into.price = frame.value;
      return end;
    case DELTA:
      end = scanSize(at, frame);
      into.delta = frame.value;
      return end;
    case SIDE:
      return scanSide(at, into);
    case CLIENT_ORDER_ID:
      return scanClientOrderId(at, into);
    default:
      return frame.afterText(at);
  }
}

function scanSide(start: number, into: DeltaScan): number {
  into.isNo = startsWith(into.frame.words, start, NO);
  if (into.isNo) return start + NO.length;
  return startsWith(into.frame.words, start, YES) ? start + YES.length : REFUSED;
}

function scanTicker(start: number, into: DeltaScan): number {
  const ticker = into.tickers.read(into.frame, start);
  if (ticker === undefined) return REFUSED;
  into.ticker = ticker;
  return start + ticker.length + 2;
}

function scanClientOrderId(start: number, into: DeltaScan): number {
  const end = into.frame.afterText(start);
  if (end === REFUSED) return REFUSED;
  const id = String.fromCharCode(...into.frame.bytes.subarray(start + 1, end - 1));
  if (!PLAIN_ID.test(id)) return REFUSED;
  into.clientOrderId = id;
  return end;
}

/** An id that cleaning (clean-text.ts) would leave as it is. */
const PLAIN_ID = /^[\w:+=/.-]{1,128}$/;

/** Recorders leave a line end behind the frame. */
function isBlank(start: number, { bytes, length }: FrameBytes): boolean {
  for (let at = start; at < length; at += 1) {
    if (!BLANKS.includes(bytes[at] as number)) return false;
  }
  return true;
}

/** What JSON takes for white space. */
const BLANKS = [0x20, 0x0a, 0x0d, 0x09];
