/**
 * What one file holds of each market, in rows of exchange time. Frames have the exchange's own stamp; where one has none, the
 * time of receipt counts, less what the recorder's clock is off in this file (the median of receipt less stamp).
 */
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import type { TimedCalibration } from '../../core/backtest/job.ts';
import type { EngineEvent, FeedPosition } from '../../core/events.ts';
import type { Market } from '../../core/market.ts';
import type { EpochMs } from '../../core/units.ts';
import { RECORD } from '../../sim/backtest/data.ts';
import type { Totals } from '../../sim/backtest/infer-prints.ts';
import { type Row, rowOf } from '../../sim/backtest/rows.ts';
import { noteWatched } from '../sim/background.ts';
import type { MarketOutcome } from '../sim/outcomes.ts';
import { OwnOrders } from './own-orders.ts';

/** Of one market in one file. */
export interface MarketRows {
  readonly ticker: string;
  readonly file: string;
  readonly rows: Row[];
  readonly tickers: Totals[];
  hasPrints: boolean;
  /** Books of single moments: between them nothing is known, which is no gap. */
  readonly isCaptured?: boolean;
}

export interface FileRows {
  readonly markets: ReadonlyMap<string, MarketRows>;
  /** Reference prices that were heard on the stream. */
  readonly references: readonly Row[];
  readonly definitions: ReadonlyMap<string, Market>;
  readonly outcomes: ReadonlyMap<string, MarketOutcome>;
  /** Parameters of indices that a session was told. */
  readonly calibrations?: readonly TimedCalibration[];
  readonly frames: number;
  readonly notes: readonly string[];
  readonly assumptions: readonly string[];
  /** Sequence numbers were missing, and what that was taken for. */
  readonly gaps: readonly { readonly ticker: string; readonly at: number; readonly reason: string }[];
}

/** A row whose time is known when the file is through. */
interface Timed {
  readonly row: Row;
  readonly recvAt: number;
  readonly isStamped: boolean;
}

type MarketIntake = MarketRows & { readonly timed: Timed[]; conn: number };

/** A file with more holes than this kept some markets of a subscription: its holes say nothing. */
const HOLES_SHARE_MAX = 0.01;
/** A stamp further back than this is a clock that went back. */
const BACK_MS_MAX = 1_000;

export class FileIntake {
  readonly #file: string;
  readonly #markets = new Map<string, MarketIntake>();
  readonly #references: Timed[] = [];
  readonly #calibrations: TimedCalibration[] = [];
  readonly #definitions = new Map<string, Market>();
  readonly #watched = new Map<string, MarketOutcome>();
  readonly #results = new Map<string, 'yes' | 'no'>();
  readonly #lags: number[] = [];
  readonly #lastSeq = new Map<string, number>();
  /** After these rows something is missing; believed only when there are few. */
  readonly #holes: { readonly timed: Timed[]; readonly after: Timed }[] = [];
  #holeCount = 0;
  #frames = 0;
  #sequenced = 0;
  #malformed = 0;
  #firstMalformed = '';
  #own = 0;
  readonly #ownOrders = new OwnOrders();
  #bad = 0;
  #firstBad = '';
  readonly #notes: string[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  frame(data: Buffer, at: EpochMs, conn: number, yesPrice: boolean): void {
    this.#frames += 1;
    const facts = translateFrame(data, { at, conn, yesPrice });
    if ('malformed' in facts) {
      this.#malformed += 1;
      this.#firstMalformed ||= String((facts as { malformed: unknown }).malformed);
    }
    for (const event of facts.events) {
      if (event.type === 'ticker') this.#ticker(event, data);
      else this.event(event, conn);
    }
  }

  /** Also the events of a session's own tape. */
  event(event: EngineEvent, conn: number): void {
    switch (event.type) {
      case 'book_snapshot': {
        const { bids, asks } = event;
        this.#ownOrders.forget(event.ticker);
        this.#add(event, conn, rowOf(RECORD.snapshot, 0, 0, { snapshot: { bids, asks } }));
        return;
      }
      case 'book_delta': {
        if (event.clientOrderId !== undefined) this.#own += 1;
        // An order of the session that recorded it: not one of the others, unless a snapshot counted it among them.
        const delta = event.clientOrderId === undefined ? event.delta : this.#ownOrders.beyond(event);
        if (delta === 0) return;
        this.#add(event, conn, {
          ...rowOf(RECORD.delta, 0, 0, { price: event.price, size: delta }),
          side: event.side === 'bid' ? 0 : 1,
        });
        return;
      }
      case 'trade':
        this.#marketOf(event.ticker, conn).hasPrints = true;
        this.#add(event, conn, {
          ...rowOf(RECORD.print, 0, 0, { price: event.price, size: event.size }),
          side: event.takerSide === 'bid' ? 0 : 1,
        });
        return;
      case 'reference_price': {
        const { index, value, window } = event;
        const reference = { index, value, ...(window !== undefined && { window }) };
        const at = event.exchangeAt ?? event.at;
        const row = rowOf(RECORD.reference, at, 0, { reference });
        this.#references.push({ row, recvAt: event.at, isStamped: event.exchangeAt !== undefined });
        return;
      }
      case 'reference_lost': {
        const { index, reason: lost, at } = event;
        const row = rowOf(RECORD.reference, at, 0, { reference: { index, value: Number.NaN, lost } });
        this.#references.push({ row, recvAt: at, isStamped: false });
        return;
      }
      case 'index_calibrated': {
        const { index, product, says, at: from } = event;
        this.#calibrations.push({ index, product, says, from });
        return;
      }
      case 'market_defined':
        this.#definitions.set(event.market.ticker, event.market);
        return;
      case 'market_status_changed':
        if (event.result === 'yes' || event.result === 'no') this.#results.set(event.ticker, event.result);
        return;
      case 'settlement':
        if (event.result === 'yes' || event.result === 'no') this.#results.set(event.ticker, event.result);
        return;
      case 'ticker':
        this.#ticker(event, undefined);
        return;
      case 'feed_passed':
        this.#sequence(event.feed);
        return;
      default:
        return;
    }
  }

  note(line: Buffer): void {
    noteWatched(line, this.#watched);
  }

  /** Something could not be read. */
  bad(where: string, reason: string): void {
    this.#bad += 1;
    this.#firstBad ||= `${where}: ${reason}`;
  }

  /** Records are missing here, of every market that the file speaks of. */
  lost(reason: string): void {
    this.#notes.push(`${this.#file}: ${reason}`);
    for (const market of this.#markets.values()) this.#lose(market);
  }

  finish(): FileRows {
    this.#forgetUnmet();
    const offset = median(this.#lags);
    const isShared = this.#holeCount > this.#sequenced * HOLES_SHARE_MAX;
    if (!isShared) for (const { timed, after } of this.#holes) insertLost(timed, after);
    let back = 0;
    for (const market of this.#markets.values()) back += settle(market, offset);
    for (const timed of this.#references) if (!timed.isStamped) timed.row.at = timed.recvAt - offset;
    const gaps = [...this.#markets.values()].flatMap(({ ticker, rows }) =>
      rows.filter(({ kind }) => kind === RECORD.lost).map(({ at }) => ({ ticker, at, reason: 'frames are missing' })),
    );
    return {
      ...{ markets: this.#markets, references: this.#references.map(({ row }) => row), frames: this.#frames, gaps },
      calibrations: this.#calibrations,
      ...{ definitions: this.#definitions, outcomes: this.#outcomes(), notes: this.#allNotes(back) },
      assumptions: this.#assumptions(offset, isShared),
    };
  }

  /** Changes of a book that was never told say nothing of it. */
  #forgetUnmet(): void {
    for (const [ticker, { timed }] of this.#markets) {
      if (timed.some(({ row }) => row.snapshot !== undefined)) continue;
      this.#markets.delete(ticker);
      this.#notes.push(
        `${this.#file}: ${timed.length} records of ${ticker} are left out: no snapshot of its book is there`,
      );
    }
  }

  #ticker(event: Extract<EngineEvent, { type: 'ticker' }>, data: Buffer | undefined): void {
    const { ticker, lastPrice, volume, exchangeAt, at } = event;
    const market = this.#markets.get(ticker);
    if (exchangeAt !== undefined) this.#lags.push(at - exchangeAt);
    const lastSize = data && lastTradeSize(data);
    market?.tickers.push({ at: exchangeAt ?? at, lastPrice, volume, ...(lastSize !== undefined && { lastSize }) });
  }

  #add(
    event: {
      readonly ticker: string;
      readonly at: EpochMs;
      readonly exchangeAt?: EpochMs;
      readonly feed?: FeedPosition;
    },
    conn: number,
    row: Row,
  ): void {
    const market = this.#marketOf(event.ticker, conn);
    if (row.kind === RECORD.snapshot && market.conn !== conn) this.#lose(market);
    market.conn = conn;
    const { exchangeAt, at } = event;
    if (exchangeAt !== undefined && row.kind === RECORD.delta) this.#lags.push(at - exchangeAt);
    row.at = exchangeAt ?? at;
    if (event.feed !== undefined) this.#sequence(event.feed, row.kind === RECORD.snapshot);
    market.timed.push({ row, recvAt: at, isStamped: exchangeAt !== undefined });
  }

  #sequence({ conn, sid, seq }: FeedPosition, isSnapshot = false): void {
    const key = `${conn} ${sid}`;
    const last = this.#lastSeq.get(key);
    this.#lastSeq.set(key, seq);
    this.#sequenced += 1;
    if (last === undefined || seq <= last + 1 || isSnapshot) return;
    this.#holeCount += 1;
    for (const { timed, conn: own } of this.#markets.values()) {
      const after = timed.at(-1);
      if (own === conn && after !== undefined) this.#holes.push({ timed, after });
    }
  }

  #marketOf(ticker: string, conn: number): MarketIntake {
    const known = this.#markets.get(ticker);
    if (known !== undefined) return known;
    const market: MarketIntake = { ticker, file: this.#file, rows: [], tickers: [], hasPrints: false, timed: [], conn };
    this.#markets.set(ticker, market);
    return market;
  }

  /** The connection ended after its last row. */
  #lose(market: { readonly timed: Timed[] }): void {
    const last = market.timed.at(-1);
    if (last === undefined || last.row.kind === RECORD.lost) return;
    market.timed.push({ ...last, row: rowOf(RECORD.lost, last.row.at, 0) });
  }

  #outcomes(): Map<string, MarketOutcome> {
    const outcomes = new Map(this.#watched);
    for (const [ticker, result] of this.#results) {
      const closeAt = outcomes.get(ticker)?.closeAt ?? this.#definitions.get(ticker)?.closeAt;
      if (closeAt !== undefined) outcomes.set(ticker, { closeAt, ...outcomes.get(ticker), result });
    }
    return outcomes;
  }

  #allNotes(back: number): readonly string[] {
    const file = this.#file;
    return [
      ...this.#notes,
      ...(this.#bad > 0 ? [`${file}: ${this.#bad} lines could not be read, the first: ${this.#firstBad}`] : []),
      ...(this.#malformed > 0 ? [`${file}: ${this.#malformed} frames made no sense (${this.#firstMalformed})`] : []),
      ...(back > 0
        ? [`${file}: ${back} times its clock went back; such rows count as no earlier than the one before`]
        : []),
    ];
  }

  #assumptions(offset: number, isShared: boolean): readonly string[] {
    return [
      ...(isShared
        ? [`${this.#file} kept some markets of a subscription, so what is missing in it cannot be told`]
        : []),
      ...(Math.abs(offset) > 50
        ? [
            `the recorder's clock of ${this.#file} is ${Math.round(offset)} ms off the exchange's; the exchange's is used`,
          ]
        : []),
      ...(this.#own > 0
        ? [`${this.#own} changes by orders of the session that recorded ${this.#file} are left out`]
        : []),
    ];
  }
}

/** Times that are known only now, and in order: answers how often the clock went back. */
function settle(market: MarketRows & { readonly timed: readonly Timed[] }, offset: number): number {
  let [last, back] = [-Infinity, 0];
  const first = market.timed.find(({ isStamped }) => isStamped)?.row.at;
  for (const { row, recvAt, isStamped } of market.timed) {
    // A first snapshot has no stamp, and is no later than the change that follows it.
    if (!isStamped) row.at = Math.min(recvAt - offset, last === -Infinity ? (first ?? Infinity) : Infinity);
    if (row.at < last - BACK_MS_MAX) back += 1;
    row.at = Math.max(row.at, last);
    last = row.at;
    market.rows.push(row);
  }
  return back;
}

function insertLost(timed: Timed[], after: Timed): void {
  timed.splice(timed.indexOf(after) + 1, 0, { ...after, row: rowOf(RECORD.lost, after.row.at, 0) });
}

/** Of a ticker frame; the engine has no use for it. */
function lastTradeSize(data: Buffer): number | undefined {
  const [, whole, fraction] = /"last_trade_size_fp":\s*"(\d{1,9})\.(\d\d)"/.exec(data.toString('latin1')) ?? [];
  return whole === undefined ? undefined : Number(whole) * 100 + Number(fraction);
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}
