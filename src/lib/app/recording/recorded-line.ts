/**
 * One line of a recording: a raw Kalshi frame, or one in a recorder's wrapper (`event` or `frame` as object, `raw` as
 * text), with the time at which it was received (`recv_ns`, `recv_ts_ns`, `recv_ms`) and its connection, or a `note`.
 *
 * The frame's bytes are those of the line where they stand in it as they are. Nanoseconds since 1970 do not fit a number,
 * so times are read from the text of the line.
 */
import { type EpochMs, epochMs } from '../../core/units.ts';

/** When a line was received. */
export interface RecordedTime {
  readonly at: EpochMs;
  /** Nanoseconds past `at`, 0…999,999. */
  readonly nanos: number;
}

export type RecordedLine =
  | {
      readonly kind: 'frame' | 'note';
      readonly data: Buffer;
      readonly received: RecordedTime | undefined;
      /** The exchange's own time, in frames that carry one. */
      readonly sentAt: EpochMs | undefined;
      readonly conn: number | undefined;
    }
  | { readonly kind: 'bad'; readonly reason: string };

/** Bad lines are values; nothing is thrown. */
export function readRecordedLine(bytes: Buffer): RecordedLine {
  let line: unknown;
  try {
    line = JSON.parse(bytes.toString());
  } catch {
    return bad('not JSON, or cut off');
  }
  if (!isObject(line)) return bad('not a JSON object');
  const { conn = undefined } = line;
  if (conn !== undefined && !isCount(conn)) return bad('conn is not a whole number');
  const spans = spansOf(bytes);
  const received = receivedAt(bytes, spans);
  if (received === 'unreadable') return bad('its time is not a whole number of nanoseconds or milliseconds since 1970');
  const found = frameIn(line, bytes, spans);
  if (found !== undefined) return { kind: 'frame', data: found.data, received, sentAt: sentAt(found.frame), conn };
  if ('note' in line) return { kind: 'note', data: bytes, received, sentAt: undefined, conn };
  return bad('neither a frame nor a wrapped frame');
}

type JsonObject = Readonly<Record<string, unknown>>;

function bad(reason: string): RecordedLine {
  return { kind: 'bad', reason };
}

function frameIn(line: JsonObject, bytes: Buffer, spans: Spans): { data: Buffer; frame: JsonObject } | undefined {
  for (const key of ['event', 'frame']) {
    const frame = line[key];
    if (isObject(frame)) return { data: cut(bytes, spans.get(key)) ?? Buffer.from(JSON.stringify(frame)), frame };
  }
  if (typeof line.raw === 'string') return { data: Buffer.from(line.raw.trim()), frame: {} };
  return typeof line.type === 'string' ? { data: bytes, frame: line } : undefined;
}

/** Per name: nanoseconds or milliseconds. */
const TIME_KEYS = [
  ['recv_ns', 6],
  ['recv_ts_ns', 6],
  ['recv_ms', 0],
] as const;

function receivedAt(bytes: Buffer, spans: Spans): RecordedTime | 'unreadable' | undefined {
  for (const [key, digitsBelowMs] of TIME_KEYS) {
    const text = cut(bytes, spans.get(key))?.toString();
    if (text === undefined || text === 'null') continue;
    const [, digits] = /^"?(\d{1,19})(?:\.\d+)?"?$/.exec(text) ?? [];
    if (digits === undefined || digits.length <= digitsBelowMs) return 'unreadable';
    const border = digits.length - digitsBelowMs;
    const ms = Number(digits.slice(0, border));
    return Number.isSafeInteger(ms) ? { at: epochMs(ms), nanos: Number(digits.slice(border)) } : 'unreadable';
  }
  return undefined;
}

function sentAt(frame: JsonObject): EpochMs | undefined {
  const { msg, sending_ts_ms: sending } = frame;
  const own = isObject(msg) ? msg.ts_ms : undefined;
  const stamp = isCount(own) ? own : sending;
  return isCount(stamp) && stamp > 0 ? epochMs(stamp) : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

interface Span {
  readonly start: number;
  readonly end: number;
}
type Spans = ReadonlyMap<string, Span>;

function cut(bytes: Buffer, span: Span | undefined): Buffer | undefined {
  return span === undefined ? undefined : bytes.subarray(span.start, span.end);
}

/** Where the values of the object's own members stand. The bytes are known to be a JSON object. */
function spansOf(bytes: Buffer): Spans {
  const spans = new Map<string, Span>();
  let depth = 0;
  let key = '';
  let textStart = 0;
  let valueStart = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      textStart = at + 1;
      at = endOfText(bytes, textStart);
      if (depth === 1 && valueStart === 0) key = bytes.toString('latin1', textStart, at);
    } else if (byte === COLON && depth === 1) {
      valueStart = at + 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === COMMA) {
      if (depth === 1 && valueStart !== 0) spans.set(key, trimmed(bytes, valueStart, at));
      if (depth === 1) valueStart = 0;
      if (byte !== COMMA) depth -= 1;
    }
  }
  return spans;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;

/** The place of the closing quote. */
function endOfText(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function trimmed(bytes: Buffer, start: number, end: number): Span {
  let [first, last] = [start, end];
  while ((bytes[first] as number) <= SPACE) first += 1;
  while ((bytes[last - 1] as number) <= SPACE) last -= 1;
  return { start: first, end: last };
}
