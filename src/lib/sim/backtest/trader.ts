/**
 * The engine of a backtest and what it is told: recorded market data with a sequence of its own for each market, changes of
 * the book by our own orders among it as live, answers, fills and results. It decides when everything that has arrived is applied.
 */
import type { BacktestJob, TimedCalibration } from '../../core/backtest/job.ts';
import { Engine } from '../../core/engine.ts';
import type { EngineEvent, MarketsSelected } from '../../core/events.ts';
import type { Intent } from '../../core/intents.ts';
import type { Centicents, Centicontracts, EpochMs, Side } from '../../core/units.ts';
import { SHARDS } from '../exchange/state.ts';
import { type BacktestData, type BacktestMarket, RECORD, type RecordedReference, type Records } from './data.ts';

/** The one connection there is. */
const CONN = 1;

interface Feed {
  seq: number;
  isMet: boolean;
  isBroken: boolean;
}

export class Trader {
  readonly engine: Engine;
  turns = 0;
  intents = 0;
  readonly #markets: readonly BacktestMarket[];
  readonly #isHeard: boolean;
  readonly #feeds: Feed[];
  readonly #records: Records;
  /** Yet to be told, in order of time. */
  readonly #calibrations: TimedCalibration[];
  readonly #selected = new Set<string>();
  /** What was chosen while it was recorded; undefined: every market that has a book. */
  #chosen: MarketsSelected | undefined;
  #isSelectionNew = false;

  constructor(job: BacktestJob, { markets, records, calibrations = [], heard }: BacktestData, startAt: EpochMs) {
    this.engine = new Engine({ idPrefix: 'kmm-backtest-1', parameters: job.parameters });
    this.#markets = markets;
    this.#records = records;
    // Then the records tell when a market is met, and how it is defined.
    this.#isHeard = heard !== undefined;
    this.#feeds = this.#isHeard ? [] : markets.map(() => newFeed());
    // What a session was told stands before what is found today.
    const isTold = ({ index, product }: TimedCalibration) =>
      calibrations.some((one) => one.index === index && one.product === product);
    const found = (job.calibrations ?? []).filter((one) => !isTold(one));
    this.#calibrations = [...calibrations, ...found].sort((a, b) => a.from - b.from);
    const openingCash = SHARDS.map((shard) => ({ shard, cash: job.cash }));
    this.engine.apply({ type: 'connection_changed', at: startAt, isUp: true, conn: CONN });
    this.engine.apply({ type: 'ledger_restored', at: startAt, openingCash, fills: [], settlements: [] });
  }

  /** The next market. */
  list(): void {
    this.#feeds.push(newFeed());
  }

  apply(event: EngineEvent): void {
    this.engine.apply(event);
  }

  /** A record as it arrives; `change` of a delta: of what is on show. */
  hear(index: number, at: EpochMs, change: number): void {
    const { kind, market, price, side, at: sentAt, size, snapshots, references, heard } = this.#records;
    const number = market[index] as number;
    switch (kind[index]) {
      case RECORD.delta:
        this.#delta(
          number,
          at,
          side[index] === 0 ? 'bid' : 'ask',
          price[index] as Centicents,
          change as Centicontracts,
          sentAt[index] as EpochMs,
        );
        return;
      case RECORD.snapshot: {
        const { bids, asks } = snapshots[size[index] as number] as Records['snapshots'][number];
        this.snapshot(number, at, bids, asks, sentAt[index] as EpochMs);
        return;
      }
      case RECORD.print: {
        // What was inferred was not heard.
        const { printsAre, market: definition } = this.#markets[number] as BacktestMarket;
        if (printsAre !== 'recorded') return;
        this.engine.apply({
          ...{ type: 'trade', at, ticker: definition.ticker, tradeId: `recorded-${index}` },
          ...{ price: price[index] as Centicents, size: size[index] as Centicontracts },
          ...{ takerSide: side[index] === 0 ? 'bid' : 'ask', exchangeAt: sentAt[index] as EpochMs },
        });
        return;
      }
      case RECORD.lost: {
        const feed = this.#feeds[number] as Feed;
        if (!feed.isMet || feed.isBroken) return;
        feed.isBroken = true;
        this.engine.apply({ type: 'feed_broken', at, conn: CONN, sid: number + 1, reason: 'the recording has a gap' });
        return;
      }
      case RECORD.reference: {
        const { index: name, value, window, lost } = references[size[index] as number] as RecordedReference;
        if (lost !== undefined) {
          this.engine.apply({ type: 'reference_lost', at, index: name, reason: lost });
          return;
        }
        const exchangeAt = sentAt[index] as EpochMs;
        const seen = window === undefined ? {} : { window };
        this.engine.apply({ type: 'reference_price', at, index: name, value, exchangeAt, ...seen });
        return;
      }
      case RECORD.heard: {
        const told = heard[size[index] as number] as Records['heard'][number];
        if (told.kind === 'event' && told.event.type === 'markets_selected') this.#choose(told.event);
        else if (told.kind === 'event') this.engine.apply({ ...told.event, at });
        else if (told.kind === 'market') this.engine.apply({ type: 'market_defined', at, market: told.market });
        return;
      }
    }
  }

  /** What an order of ours has changed. */
  level(
    number: number,
    at: EpochMs,
    change: {
      readonly side: Side;
      readonly price: Centicents;
      readonly delta: Centicontracts;
      readonly exchangeAt: EpochMs;
      readonly clientOrderId?: string;
    },
  ): void {
    const { side, price, delta, exchangeAt, clientOrderId } = change;
    this.#delta(number, at, side, price, delta, exchangeAt, clientOrderId);
  }

  #delta(
    number: number,
    at: EpochMs,
    side: Side,
    price: Centicents,
    delta: Centicontracts,
    exchangeAt: EpochMs,
    clientOrderId?: string,
  ): void {
    const known = this.#feeds[number] as Feed;
    if (!known.isMet) return;
    known.seq += 1;
    const { ticker } = (this.#markets[number] as BacktestMarket).market;
    const feed = { conn: CONN, sid: number + 1, seq: known.seq };
    // Written out: a window brings a hundred thousand of them.
    const event = { type: 'book_delta', at, feed, ticker, side, price, delta, exchangeAt } as const;
    this.engine.apply(clientOrderId === undefined ? event : { ...event, clientOrderId });
  }

  snapshot(
    number: number,
    at: EpochMs,
    bids: Records['snapshots'][number]['bids'],
    asks: Records['snapshots'][number]['asks'],
    exchangeAt: EpochMs,
  ): void {
    const feed = this.#feeds[number] as Feed;
    const { market } = this.#markets[number] as BacktestMarket;
    if (!feed.isMet) this.#meet(number, at);
    if (feed.isBroken) {
      feed.isBroken = false;
      feed.seq = 0;
      this.engine.apply({ type: 'feed_started', at, conn: CONN, sid: number + 1, channel: 'orderbook_delta' });
    }
    feed.seq += 1;
    const position = { conn: CONN, sid: number + 1, seq: feed.seq };
    this.engine.apply({
      type: 'book_snapshot',
      at,
      feed: position,
      ticker: market.ticker,
      bids,
      asks,
      exchangeAt,
    });
  }

  /** It is over: from the next decision on no longer among those to quote, and forgotten once it is flat. */
  leave(ticker: string): void {
    if (this.#selected.delete(ticker)) this.#isSelectionNew = true;
  }

  turn(at: EpochMs): readonly Intent[] {
    this.turns += 1;
    this.#calibrate(at);
    if (this.#isSelectionNew) {
      this.#isSelectionNew = false;
      this.engine.apply({ type: 'markets_selected', at, ...this.#selection() });
    }
    const intents = this.engine.apply({ type: 'turn', at, turn: this.turns });
    this.intents += intents.length;
    this.engine.takeLog();
    this.engine.takeInvalid();
    this.engine.markouts.take();
    return intents;
  }

  #choose(chosen: MarketsSelected): void {
    this.#chosen = chosen;
    this.#isSelectionNew = true;
  }

  /** Of a choice what has been met and is not over: the engine knows no other market. */
  #selection(): Pick<MarketsSelected, 'tickers' | 'leaving'> {
    const { tickers = [...this.#selected], leaving = [] } = this.#chosen ?? {};
    const known = (of: readonly string[]) => of.filter((ticker) => this.#selected.has(ticker));
    return { tickers: known(tickers), ...(leaving.length > 0 && { leaving: known(leaving) }) };
  }

  #calibrate(at: EpochMs): void {
    for (let next = this.#calibrations[0]; next !== undefined && next.from <= at; next = this.#calibrations[0]) {
      const { index, product, says } = next;
      this.engine.apply({ type: 'index_calibrated', at, index, product, says });
      this.#calibrations.shift();
    }
  }

  #meet(number: number, at: EpochMs): void {
    (this.#feeds[number] as Feed).isMet = true;
    const { market } = this.#markets[number] as BacktestMarket;
    this.#selected.add(market.ticker);
    this.#isSelectionNew = true;
    if (this.#isHeard) return;
    this.engine.apply({ type: 'market_defined', at, market: { ...market, status: 'active' } });
  }
}

function newFeed(): Feed {
  return { seq: 0, isMet: false, isBroken: false };
}
