/**
 * Real immediate-or-cancel orders from a CSV, plain or gzip: what was seen before each was sent, and what became of it. Columns
 * are found by name; a row that cannot be read is refused with its line, for one that is passed over would change the answer.
 *
 * Left out, and counted: orders that the exchange refused, and exits whose stated limit lies beyond the best bid seen. Of
 * those the fills were at the best bid, below the limit (docs/models.md): the limit is a trigger and not what was sent.
 */
import type { TakerOrder } from '../../core/fill-model/taker.ts';
import { KmmError } from '../errors/errors.ts';
import { linesOf } from '../recording/recorded-lines.ts';

export interface TakerOrders {
  readonly orders: readonly TakerOrder[];
  readonly leftOut: readonly { readonly why: string; readonly orders: number; readonly found: number }[];
  /** Of every row, for latencies. */
  readonly times: readonly OrderTimes[];
}

export interface OrderTimes {
  readonly submitMs: number;
  readonly bookAgeMs: number;
  /** Absent where the source has none. */
  readonly feedAgeMs?: number;
}

const REFUSED = 'refused by the exchange';
const TRIGGER = 'exit whose limit lies beyond the best bid seen: not the price that was sent';

/** Throws KMM_MODEL_DATA with file and line. */
export async function readTakerOrders(file: string): Promise<TakerOrders> {
  const orders: TakerOrder[] = [];
  const times: OrderTimes[] = [];
  const leftOut = new Map([REFUSED, TRIGGER].map((why) => [why, { why, orders: 0, found: 0 }]));
  let columns: ReadonlyMap<string, number> | undefined;
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      const where = `${file}:${line.number}`;
      if ('damage' in line) throw bad(where, line.damage);
      const values = cells(line.bytes.toString());
      if (columns === undefined) {
        columns = columnsIn(values, where);
        continue;
      }
      const row = rowOf(values, columns, where);
      times.push(row.times);
      if (row.why === undefined) orders.push(row.order);
      else leave(leftOut.get(row.why) as { orders: number; found: number }, row.order);
    }
  }
  if (columns === undefined || times.length === 0) throw bad(file, 'there is no order in it');
  return { orders, leftOut: [...leftOut.values()].filter((one) => one.orders > 0), times };
}

function leave(group: { orders: number; found: number }, { found }: TakerOrder): void {
  group.orders += 1;
  if (found) group.found += 1;
}

const NEEDED = [
  'ts_utc',
  'market_ticker',
  'leg',
  'limit_cents',
  'target_qty',
  'book_top5_own_side',
  'book_age_ms',
  'submit_latency_ms',
  'exchange_status',
  'fill_count',
] as const;

function columnsIn(header: readonly string[], where: string): ReadonlyMap<string, number> {
  const columns = new Map(header.map((name, n) => [name, n]));
  const missing = NEEDED.filter((name) => !columns.has(name));
  if (missing.length > 0) throw bad(where, `the columns ${missing.join(', ')} are missing`);
  return columns;
}

function rowOf(values: readonly string[], columns: ReadonlyMap<string, number>, where: string) {
  const text = (name: string) => values[columns.get(name) ?? -1] ?? '';
  const number = (name: string) => {
    const value = text(name) === '' ? Number.NaN : Number(text(name));
    if (!Number.isFinite(value)) throw bad(where, `${name} "${text(name)}" is no number`);
    return value;
  };
  const at = Date.parse(text('ts_utc'));
  if (Number.isNaN(at)) throw bad(where, `ts_utc "${text('ts_utc')}" is no time`);
  const isExit = text('leg') === 'exit';
  const limit = number('limit_cents');
  const levels = levelsIn(text('book_top5_own_side'), where);
  const best = levels[0]?.price ?? limit;
  const reached = levels.filter(({ price }) => (isExit ? price >= limit : price <= limit));
  const displayed = reached.reduce((sum, { size }) => sum + size, 0);
  const slack = isExit ? best - limit : limit - best;
  const [submitMs, bookAgeMs] = [number('submit_latency_ms'), number('book_age_ms')];
  const order: TakerOrder = {
    market: text('market_ticker'),
    at,
    found: number('fill_count') > 0,
    ...{ bookAgeMs, submitMs, isExit, slackCents: Math.max(0, slack) },
    priceCents: best,
    cover: displayed / Math.max(1, number('target_qty')),
  };
  const feedAge = text('feed_age_ms');
  const times: OrderTimes = { submitMs, bookAgeMs, ...(feedAge !== '' && { feedAgeMs: number('feed_age_ms') }) };
  const why = text('exchange_status') === 'rejected' ? REFUSED : slack < 0 ? TRIGGER : undefined;
  return { order, times, why };
}

/** "[69:22.92, 70:1896.85]", best first. */
function levelsIn(text: string, where: string): readonly { readonly price: number; readonly size: number }[] {
  const inner = text.replace(/^\[|\]$/g, '').trim();
  if (inner === '') return [];
  return inner.split(',').map((level) => {
    const [price, size] = level.split(':').map(Number);
    if (!Number.isFinite(price) || !Number.isFinite(size)) throw bad(where, `"${level.trim()}" is no level of a book`);
    return { price: price as number, size: size as number };
  });
}

/** Cells in quotes may hold commas. */
function cells(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => (quoted ?? plain ?? '').trim());
}

function bad(where: string, what: string): KmmError {
  return new KmmError('KMM_MODEL_DATA', `${where}: ${what}`);
}
