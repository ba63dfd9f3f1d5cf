/**
 * Trades of an underlying (a CSV with `exchange_ts` and `price`) as the prints of an index, one a second: the last price
 * before it. In the last minute before each quarter of an hour it carries the mean of that minute's prints so far, as the
 * exchange's index does. One exchange's trades are a constituent of an index, not the index.
 */
import { epochMs } from '../../core/units.ts';
import { RECORD } from '../../sim/backtest/data.ts';
import { type Row, rowOf } from '../../sim/backtest/rows.ts';
import { KmmError } from '../errors/errors.ts';
import { linesOf } from '../recording/recorded-lines.ts';

const SECOND_MS = 1_000;
const QUARTER_MS = 900_000;
const WINDOW_MS = 60_000;
/** Without a trade for so long there is no print: the recorder was off. */
const QUIET_MS_MAX = 10_000;

export interface ReferenceRows {
  readonly rows: readonly Row[];
  readonly trades: number;
  readonly notes: readonly string[];
}

/** Throws KMM_RECORDING_BAD where it is no such file. */
export async function readReference(file: string, index: string): Promise<ReferenceRows> {
  const series = new Series(index);
  let columns: { readonly time: number; readonly price: number } | undefined;
  let [bad, trades] = [0, 0];
  let firstBad = '';
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      if ('damage' in line) {
        bad += 1;
        firstBad ||= `line ${line.number}: ${line.damage}`;
        continue;
      }
      const cells = line.bytes.toString().split(',');
      if (columns === undefined) {
        columns = { time: cells.indexOf('exchange_ts'), price: cells.indexOf('price') };
        if (columns.time >= 0 && columns.price >= 0) continue;
        throw new KmmError('KMM_RECORDING_BAD', `${file}: its first line names no columns exchange_ts and price`);
      }
      const at = Date.parse(cells[columns.time] ?? '');
      const price = Number(cells[columns.price]);
      if (Number.isNaN(at) || !(price > 0)) {
        bad += 1;
        firstBad ||= `line ${line.number}: no time or no price`;
        continue;
      }
      trades += 1;
      series.trade(at, price);
    }
  }
  const notes = bad > 0 ? [`${file}: ${bad} lines could not be read, the first: ${firstBad}`] : [];
  return { rows: series.rows, trades, notes };
}

class Series {
  readonly rows: Row[] = [];
  readonly #index: string;
  #second = 0;
  #lastAt = 0;
  #price = 0;
  #sum = 0;
  #count = 0;

  constructor(index: string) {
    this.#index = index;
  }

  trade(at: number, price: number): void {
    const second = Math.floor(at / SECOND_MS);
    if (second > this.#second) {
      if (this.#price > 0) this.#printUpTo(second);
      this.#second = second;
    }
    if (at < this.#lastAt) return;
    this.#lastAt = at;
    this.#price = price;
  }

  /** A print at every second that has begun since, of the price before it. */
  #printUpTo(second: number): void {
    const last = Math.min(second, Math.floor((this.#lastAt + QUIET_MS_MAX) / SECOND_MS));
    for (let print = this.#second + 1; print <= last; print += 1) this.#print(print * SECOND_MS);
  }

  #print(at: number): void {
    const endsAt = Math.ceil(at / QUARTER_MS) * QUARTER_MS;
    const isInside = at > endsAt - WINDOW_MS;
    this.#sum = isInside ? this.#sum + this.#price : 0;
    this.#count = isInside ? this.#count + 1 : 0;
    const mean = { value: this.#sum / this.#count, count: this.#count, endsAt: epochMs(endsAt) };
    const reference = { index: this.#index, value: this.#price, ...(isInside && { window: mean }) };
    this.rows.push(rowOf(RECORD.reference, at, 0, { reference }));
  }
}
