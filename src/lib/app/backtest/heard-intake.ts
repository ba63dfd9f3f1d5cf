/**
 * A tape of kmm as rows in the order in which it was received, at the times at which it was: what a trader of that moment could
 * know, and when. The same records make the same rows, whether they are read from the tape or taken while they are recorded
 * (docs/adr/0045).
 *
 * Only the exchange side is told something a moment before it was heard: a trade is in the book as well, as a decrease of the
 * makers' level with the same stamp, and whichever of the two comes first waits for the other, so that it counts once. The
 * engine hears of each when it came.
 */
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import type { DataGap } from '../../core/backtest/result.ts';
import { Books, type FeedEvent } from '../../core/book/books.ts';
import type { EngineEvent, MarketStatusChanged, Trade } from '../../core/events.ts';
import type { Market } from '../../core/market.ts';
import { type EpochMs, epochMs, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import { type BacktestMarket, type Heard, RECORD } from '../../sim/backtest/data.ts';
import { type Row, rowOf } from '../../sim/backtest/rows.ts';
import { isFeedEvent } from '../recording/feed-event.ts';
import { OwnOrders } from './own-orders.ts';
import { HELD_MS, PrintPairs } from './print-pairs.ts';

/** Our clock follows the exchange's, and may step back by as much without anything coming too late. */
const CLOCK_STEP_MS = 100;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface HeardMarket extends Mutable<BacktestMarket> {
  readonly number: number;
  /** What is known of its book is not to be believed, since then. */
  gap: Mutable<DataGap> | undefined;
}

export interface HeardIntakeOptions {
  /** In notes. */
  readonly name: string;
  /** Tickers, or beginnings of tickers; empty: every market. */
  readonly wanted: readonly string[];
  /** Which markets are quoted was chosen while it was recorded, and is on the tape; else all that have a book are. */
  readonly isChosen: boolean;
  readonly take: (row: Row) => void;
}

export class HeardIntake {
  readonly gaps: DataGap[] = [];
  frames = 0;
  /** Of the newest record, whatever it was. */
  endsAt = 0;
  readonly #options: HeardIntakeOptions;
  readonly #books = new Books({ allowGaps: false });
  readonly #definitions = new Map<string, Market>();
  readonly #met = new Map<string, HeardMarket>();
  readonly #markets: HeardMarket[] = [];
  readonly #ownOrders = new OwnOrders();
  readonly #pairs = new PrintPairs();
  #held: Row[] = [];
  #settled = -1;
  #malformed = 0;
  #own = 0;
  #undefined = 0;
  readonly #said: string[] = [];

  constructor(options: HeardIntakeOptions) {
    this.#options = options;
  }

  /** In order of appearance; the same array throughout. */
  get markets(): readonly BacktestMarket[] {
    return this.#markets;
  }

  frame(data: Buffer, at: EpochMs, conn: number, yesPrice: boolean): void {
    this.frames += 1;
    const meaning = translateFrame(data, { at, conn, yesPrice });
    if ('malformed' in meaning) this.#malformed += 1;
    for (const event of meaning.events) this.event(event);
    this.passed(at);
  }

  /** What no frame said. */
  event(event: EngineEvent): void {
    this.passed(event.at);
    if (isFeedEvent(event)) {
      this.#feed(event);
      return;
    }
    switch (event.type) {
      case 'market_defined':
        this.#defined(event.market);
        return;
      case 'market_status_changed':
        this.#status(event);
        return;
      case 'connection_changed':
        if (!event.isUp) for (const market of this.#markets) this.#lose(market, event.reason ?? 'disconnected');
        return;
      case 'markets_selected':
        if (this.#options.isChosen) this.#hear(0, { kind: 'event', event });
        return;
      case 'forecast':
      case 'reference_lost':
      case 'index_calibrated':
        this.#hear(0, { kind: 'event', event });
        return;
      default:
        return;
    }
  }

  /** Records are missing here. */
  lost(reason: string): void {
    this.#said.push(`${this.#options.name}: ${reason}`);
    for (const market of this.#markets) this.#lose(market, reason);
  }

  /** A record of that time was there, and says nothing to us. */
  passed(at: EpochMs): void {
    this.endsAt = Math.max(this.endsAt, at);
  }

  /** Hands over what nothing that comes from now on will change: all up to the moment that is answered, and nothing later. */
  settle(now: number): number {
    const until = Math.max(this.#settled, Math.max(now, this.endsAt) - HELD_MS - CLOCK_STEP_MS);
    this.#settled = until;
    const next = this.#held.findIndex(({ at }) => at > until);
    for (const row of this.#held.splice(0, next < 0 ? this.#held.length : next)) this.#options.take(row);
    return until;
  }

  /** Nothing more will come. */
  end(): void {
    for (const row of this.#held) this.#options.take(row);
    this.#held = [];
  }

  get notes(): readonly string[] {
    const { name } = this.#options;
    return [
      ...this.#said,
      ...(this.#malformed > 0 ? [`${name}: ${this.#malformed} frames made no sense`] : []),
      ...(this.#undefined > 0
        ? [`${name}: ${this.#undefined} books of markets that it does not define are left out`]
        : []),
      ...this.#markets.flatMap(({ market: { ticker }, result }) =>
        result === undefined
          ? [`${ticker} has no recorded result: its positions are valued at what leaving would have brought`]
          : [],
      ),
    ];
  }

  get assumptions(): readonly string[] {
    const { name } = this.#options;
    return [
      'the tape is taken as it was received, at the times of receipt: what the feed takes is in it',
      ...(this.#own > 0 ? [`${this.#own} changes by orders of the account that recorded ${name} are left out`] : []),
    ];
  }

  #feed(event: FeedEvent): void {
    const { isApplied, invalidated } = this.#books.apply(event);
    for (const { ticker, fault } of invalidated) {
      const market = this.#met.get(ticker);
      if (market !== undefined) this.#lose(market, fault === 'restarted' ? 'connected anew' : 'frames are missing');
    }
    switch (event.type) {
      case 'book_snapshot': {
        this.#ownOrders.forget(event.ticker);
        const market = isApplied ? this.#meet(event.ticker) : undefined;
        if (market === undefined) return;
        if (market.gap !== undefined) market.gap.to = epochMs(this.endsAt);
        market.gap = undefined;
        const { bids, asks } = event;
        this.#hold(rowOf(RECORD.snapshot, 0, market.number, { snapshot: { bids, asks } }));
        return;
      }
      case 'book_delta': {
        if (event.clientOrderId !== undefined) this.#own += 1;
        const market = this.#met.get(event.ticker);
        const { side, price, exchangeAt } = event;
        const size = event.clientOrderId === undefined ? event.delta : this.#ownOrders.beyond(event);
        if (market === undefined || !isApplied || size === 0) return;
        const row = { ...rowOf(RECORD.delta, 0, market.number, { price, size }), side: sideOf(side) };
        this.#hold(row);
        this.#pairs.decrease(row, exchangeAt);
        return;
      }
      case 'trade':
        this.#trade(event);
        return;
      case 'reference_price': {
        const { feed: _, ...told } = event;
        this.#hear(0, { kind: 'event', event: told });
        return;
      }
      default:
        return;
    }
  }

  #trade(event: Trade): void {
    const market = this.#met.get(event.ticker);
    if (market === undefined) return;
    const { feed: _, ...told } = event;
    const { price, size, takerSide, exchangeAt } = event;
    const row = { ...rowOf(RECORD.print, 0, market.number, { price, size }), side: sideOf(takerSide) };
    const decrease = this.#pairs.print({ ...row, at: this.endsAt }, exchangeAt);
    const place = decrease === undefined ? -1 : this.#held.lastIndexOf(decrease);
    if (decrease === undefined || place < 0) this.#hold(row);
    else {
      row.at = decrease.at;
      this.#held.splice(place, 0, row);
    }
    this.#hear(market.number, { kind: 'event', event: told });
  }

  #defined(market: Market): void {
    this.#definitions.set(market.ticker, market);
    const met = this.#met.get(market.ticker);
    if (met === undefined) return;
    met.market = market;
    this.#hear(met.number, { kind: 'market', market });
  }

  /** With its first book. Undefined: it is none that is wanted, or nobody said what it is. */
  #meet(ticker: string): HeardMarket | undefined {
    const { wanted } = this.#options;
    const known = this.#met.get(ticker);
    if (known !== undefined) return known;
    const market = this.#definitions.get(ticker);
    if (market === undefined) this.#undefined += 1;
    const isWanted = wanted.length === 0 || wanted.some((name) => ticker.startsWith(name));
    if (market === undefined || !isWanted) return undefined;
    const met: HeardMarket = { market, printsAre: 'recorded', number: this.#markets.length, gap: undefined };
    this.#markets.push(met);
    this.#met.set(ticker, met);
    this.#hear(met.number, { kind: 'market', market });
    return met;
  }

  #status({ ticker, status, result, settlementValue, ...event }: MarketStatusChanged): void {
    const market = this.#met.get(ticker);
    if (market === undefined) return;
    if (result === 'yes' || result === 'no') {
      const value = settlementValue ?? (result === 'yes' ? PRICE_ONE : PRICE_ZERO);
      const isNews = market.result !== result || market.value !== value;
      Object.assign(market, { result, value });
      if (isNews) this.#hear(market.number, { kind: 'result', result, value });
    } else if (result !== undefined) {
      this.#said.push(`${ticker} ended as ${result}: its positions are valued at what leaving would have brought`);
    }
    // How a market ends is told by the exchange that our orders are on.
    if (status === 'determined' || status === 'finalized') return;
    this.#hear(market.number, { kind: 'event', event: { ...event, ticker, status } });
  }

  #lose(market: HeardMarket, reason: string): void {
    if (market.gap !== undefined || market.market.closeAt <= this.endsAt) return;
    market.gap = { ticker: market.market.ticker, from: epochMs(this.endsAt), reason };
    this.gaps.push(market.gap);
    this.#hold(rowOf(RECORD.lost, 0, market.number));
  }

  #hear(number: number, heard: Heard): void {
    this.#hold(rowOf(RECORD.heard, 0, number, { heard }));
  }

  /** Received now. A clock that goes back does not take rows with it. */
  #hold(row: Row): void {
    row.at = Math.max(this.endsAt, this.#settled + 1);
    this.#held.push(row);
  }
}

function sideOf(side: 'bid' | 'ask'): 0 | 1 {
  return side === 'bid' ? 0 : 1;
}
