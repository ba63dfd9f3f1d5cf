/**
 * Series of prices recorded elsewhere, as CSV with the columns `exchange_ts,recv_ns,price,trade_id`: when it was made there (ISO
 * 8601), when it was received (nanoseconds since 1970), the price, and the trade. Each row is a `reference` record.
 */
import { type EpochMs, epochMs } from '../../core/units.ts';
import { linesOf } from './recorded-lines.ts';
import type { RecordingRecord } from './recording.ts';
import type { ReferenceValue } from './reference-record.ts';

const HEAD = /^exchange_ts,recv_ns,price(,trade_id)?$/;

/** False for any other file, also one that cannot be read. */
export async function isReferenceCsv(path: string): Promise<boolean> {
  for await (const [first] of linesOf(path)) {
    if (first !== undefined) return 'bytes' in first && HEAD.test(first.bytes.toString());
  }
  return false;
}

/** Rows in the order of the file. Throws KMM_RECORDING_BAD when it cannot be opened. */
export async function* readReferenceCsv(file: string, index: string): AsyncGenerator<RecordingRecord> {
  let last = { at: epochMs(0), nanos: 0 };
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      const place = { conn: 0, file, line: line.number };
      if ('damage' in line) {
        yield { kind: 'bad', ...last, ...place, data: Buffer.alloc(0), reason: line.damage };
        continue;
      }
      const text = line.bytes.toString();
      if (line.number === 1 && HEAD.test(text)) continue;
      const row = rowOf(text, index);
      if (row === undefined) {
        yield { kind: 'bad', ...last, ...place, data: line.bytes, reason: 'no row of exchange_ts, recv_ns, price' };
        continue;
      }
      last = { at: row.at, nanos: row.nanos };
      yield { kind: 'reference', ...last, ...place, data: Buffer.from(JSON.stringify(row.value)) };
    }
  }
}

interface Row {
  readonly at: EpochMs;
  readonly nanos: number;
  readonly value: ReferenceValue;
}

const NANOS_DIGITS = 6;

function rowOf(text: string, index: string): Row | undefined {
  const [exchange = '', received = '', price = '', id] = text.split(',');
  const exchangeAt = Date.parse(exchange);
  const value = Number(price);
  if (!/^\d{13,19}$/.test(received) || Number.isNaN(exchangeAt) || price.trim() === '' || !Number.isFinite(value)) {
    return undefined;
  }
  const border = received.length - NANOS_DIGITS;
  return {
    at: epochMs(Number(received.slice(0, border))),
    nanos: Number(received.slice(border)),
    value: { index, value, exchangeAt: epochMs(exchangeAt), ...(id !== undefined && id !== '' && { id }) },
  };
}

/** Several series as one, by the time at which each record was received; those that are equal in the order of the series. */
export async function* mergedByTime(
  series: readonly AsyncGenerator<RecordingRecord>[],
): AsyncGenerator<RecordingRecord> {
  const heads = await Promise.all(series.map((one) => one.next()));
  for (;;) {
    let first: { readonly place: number; readonly record: RecordingRecord } | undefined;
    for (const [place, head] of heads.entries()) {
      if (head.done !== true && (first === undefined || isBefore(head.value, first.record))) {
        first = { place, record: head.value };
      }
    }
    if (first === undefined) return;
    yield first.record;
    heads[first.place] = (await series[first.place]?.next()) ?? { done: true, value: undefined };
  }
}

function isBefore(a: RecordingRecord, b: RecordingRecord): boolean {
  return a.at < b.at || (a.at === b.at && a.nanos < b.nanos);
}
