/**
 * The exchange of a backtest: the embedded one's rules for orders, fees, collateral, leases, pauses and settlement, over
 * books that a recording moves. Recorded changes go straight into the books; only what concerns orders of ours is told.
 */
import type { BacktestJob } from '../../core/backtest/job.ts';
import type { FillCause } from '../../core/backtest/result.ts';
import { maintenanceWindow } from '../../core/clock/maintenance.ts';
import type { Intent } from '../../core/intents.ts';
import type { Market } from '../../core/market.ts';
import { type Centicontracts, type EpochMs, epochMs, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import { openAccount } from '../exchange/account.ts';
import { type Amended, amendOrder, cancelOrder, decreaseOrder } from '../exchange/change.ts';
import { createOrder } from '../exchange/create.ts';
import { isMatching } from '../exchange/gate.ts';
import { closeEarly, closeMarket, listMarket, moveClose, openMarket, scheduleClose } from '../exchange/lifecycle.ts';
import { fillStanding } from '../exchange/match.ts';
import { venueOrder } from '../exchange/order.ts';
import { pauseShard } from '../exchange/pause.ts';
import type { Account, Listing, Order, Outcome } from '../exchange/records.ts';
import { amendResult, determineMarket } from '../exchange/settlement.ts';
import { type ExchangeState, openExchange, SHARDS } from '../exchange/state.ts';
import { seriesFacts } from '../series.ts';
import type { VenueFact, VenueOrder, VenueRefusal } from '../venue.ts';
import type { BacktestMarket, Records } from './data.ts';
import { RECORD } from './data.ts';
import { QueueBook } from './queue-book.ts';
import type { Reached, Standing } from './queue-side.ts';

/** A market on the exchange of a backtest. */
export interface Listed {
  readonly index: number;
  readonly listing: Listing;
  readonly book: QueueBook;
}

/** What the exchange answers a command with; the order as it is then, where there is one. */
export interface Answer {
  readonly result:
    | { readonly kind: 'done'; readonly filled: Centicontracts; readonly reducedBy: Centicontracts }
    | VenueRefusal;
  readonly order: VenueOrder | undefined;
}

/** Beside a fill, what only the book knew of it. */
export interface FillContext {
  readonly cause: FillCause;
  readonly standing: Standing;
  readonly midDoubled: number | undefined;
}

const ACCOUNT = 'backtest';

export class BacktestExchange {
  readonly state: ExchangeState;
  readonly markets: Listed[];
  readonly account: Account;
  /** By trade id, from the fill until it is collected. */
  readonly contexts = new Map<string, FillContext>();
  /** By record: its change of what is on show, where that is not the recorded one. */
  readonly shown = new Map<number, number>();
  readonly #job: BacktestJob;
  readonly #isHeard: boolean;
  /** Opened by the clock since somebody asked. */
  #opened: number[] = [];
  readonly #records: Records;

  /** @param isHeard markets come one after the other, by `list`, and nobody knows when the recording ends */
  constructor(job: BacktestJob, markets: readonly BacktestMarket[], records: Records, isHeard = false) {
    const first = records.at[0] ?? 0;
    const last = records.at[records.length - 1] ?? first;
    const rules = { balanceStep: job.parameters.balanceStep, hasWeeklyPause: false };
    this.state = openExchange({ startAt: epochMs(Math.floor(first)), seed: job.seed, rules });
    this.#job = job;
    this.#isHeard = isHeard;
    this.#records = records;
    const cash = SHARDS.map((shard) => ({ shard, cash: job.cash }));
    this.account = openAccount(this.state, ACCOUNT, cash, { isTold: true });
    this.markets = [];
    if (!isHeard) for (const market of markets) this.list(market);
    this.#schedulePause(first, isHeard ? Infinity : last);
    this.state.facts.drain();
  }

  get now(): EpochMs {
    return this.state.schedule.now;
  }

  /** When something happens by itself; Infinity: nothing will. */
  get nextAt(): number {
    return this.state.schedule.nextAt() ?? Infinity;
  }

  /** Leases, closes, results, payments up to there. */
  runTo(at: number): void {
    if (at > this.now) this.state.schedule.runTo(at as EpochMs);
  }

  /** Nothing is to be drained. */
  get isQuiet(): boolean {
    return this.state.facts.isEmpty && this.#opened.length === 0;
  }

  /** Markets that have opened since the last call although no book came. */
  takeOpened(): readonly number[] {
    const opened = this.#opened;
    this.#opened = [];
    return opened;
  }

  /** What has happened to us since the last call. */
  drain(): readonly VenueFact[] {
    return this.state.facts.drain();
  }

  /** Plays one record. False: its market has closed, so the exchange says nothing of it. */
  play(index: number): boolean {
    const { kind, market, price, size, traded, side, at } = this.#records;
    const listed = this.markets[market[index] as number] as Listed;
    const { listing, book } = listed;
    if (listing.book === undefined) return false;
    switch (kind[index]) {
      case RECORD.delta: {
        const own = (side[index] === 0 ? book.bids : book.asks) as QueueBook['bids'];
        const delta = size[index] as number;
        const shown = own.change(price[index] as number, delta, traded[index] as number);
        if (shown !== delta) this.shown.set(index, shown);
        const facing = side[index] === 0 ? book.asks : book.bids;
        if (shown > 0 && facing.standing.length > 0) {
          this.#fill(listed, facing.meet(price[index] as number, shown), at[index] as number);
        }
        return true;
      }
      case RECORD.print: {
        const makers = side[index] === 0 ? book.asks : book.bids;
        if (makers.standing.length > 0 && book.isKnown) {
          this.#fill(listed, makers.print(price[index] as number, size[index] as number), at[index] as number);
        }
        return true;
      }
      case RECORD.snapshot: {
        this.runTo(at[index] as number);
        if (listing.market.openAt <= this.now || !this.#isHeard) openMarket(this.state, listing);
        const { bids, asks } = this.#records.snapshots[size[index] as number] as Records['snapshots'][number];
        this.#fill(listed, book.replace(bids, asks), at[index] as number);
        return true;
      }
      case RECORD.lost:
        book.isKnown = false;
        return true;
      default:
        return true;
    }
  }

  /** Call just before the first so many records go. */
  dropping(count: number): void {
    const kept = [...this.shown].flatMap(([index, change]) =>
      index < count ? [] : [[index - count, change] as const],
    );
    this.shown.clear();
    for (const [index, change] of kept) this.shown.set(index, change);
  }

  submit(intent: Intent): Answer {
    const { account, state } = this;
    switch (intent.kind) {
      case 'create': {
        const { ticker, side, price, size, clientOrderId, shard } = intent;
        const isTaking = intent.takes !== undefined;
        const created = createOrder(state, account, {
          ...{ ticker, side, price, size, clientOrderId, shard, selfTradePrevention: 'taker_at_cross' },
          ...{ cancelOnPause: true, isPostOnly: !isTaking, timeInForce: intent.takes ?? 'good_till_canceled' },
          ...(intent.expiresAt !== undefined && { expiresAtSeconds: intent.expiresAt / 1_000 }),
        });
        if (created.kind === 'refused') return { result: created, order: undefined };
        return this.#done(created.order, created.order.filled);
      }
      case 'cancel': {
        const cancelled = cancelOrder(state, account, intent.orderId);
        if (cancelled.kind === 'refused') return this.#refused(cancelled, intent.orderId);
        return this.#done(cancelled.order, 0 as Centicontracts, cancelled.reducedBy);
      }
      case 'amend': {
        const { ticker, side, price, filled, size, expiresAt } = intent;
        const count = (filled + size) as Centicontracts;
        const change = { ticker, side, price, count, expiresAtSeconds: expiresAt / 1_000 };
        return this.#amended(amendOrder(state, account, intent.orderId, change), intent.orderId);
      }
      case 'decrease':
        return this.#amended(decreaseOrder(state, account, intent.orderId, { by: intent.reduceBy }), intent.orderId);
      default:
        return intent satisfies never;
    }
  }

  /** The next market; it opens with its first book. */
  list({ market, result, value }: Omit<BacktestMarket, 'printsAre'>): Listed {
    const { eventTicker, seriesTicker, shard, isMutuallyExclusive, title } = market;
    const book = new QueueBook(this.#job.fill, () => this.now);
    const event = { eventTicker, seriesTicker, title, shard, isMutuallyExclusive };
    const paid = value ?? (result === 'yes' ? PRICE_ONE : PRICE_ZERO);
    const outcome: Outcome | undefined = result && { result, value: paid };
    const listing = listMarket(this.state, {
      ...{ market, event, book, isRecorded: true },
      settlementTimerSeconds: seriesFacts(market.ticker).settlementTimerSeconds,
      ...(outcome !== undefined && { outcomeAt: () => outcome }),
    });
    scheduleClose(this.state, listing);
    const listed = { index: this.markets.length, listing, book };
    if (this.#isHeard && market.openAt > this.now) this.#scheduleOpen(listed);
    this.markets.push(listed);
    return listed;
  }

  /** Books of markets that have not opened yet are heard, too. */
  #scheduleOpen({ index, listing, book }: Listed): void {
    const { openAt } = listing.market;
    this.state.schedule.add(openAt, () => {
      if (listing.market.openAt !== openAt || listing.book === undefined || !book.isKnown) return;
      openMarket(this.state, listing);
      this.#opened.push(index);
    });
  }

  /** It is defined anew: a strike that has come to be known, another grid, another close. */
  define(number: number, market: Market): void {
    const { listing } = this.markets[number] as Listed;
    if (listing.book === undefined) return;
    const { closeAt, openAt, status } = listing.market;
    listing.market = { ...market, closeAt, status };
    if (market.openAt !== openAt && market.openAt > this.now) this.#scheduleOpen(this.markets[number] as Listed);
    if (market.closeAt === closeAt) return;
    if (moveClose(this.state, listing, market.closeAt) !== undefined) closeEarly(this.state, listing);
  }

  /** The result is told; again where it is another one. A market that has one trades no more. */
  determine(number: number, outcome: Outcome): void {
    const { listing } = this.markets[number] as Listed;
    closeMarket(this.state, listing);
    const { outcome: known } = listing;
    if (known === undefined) determineMarket(this.state, listing, outcome);
    else if (known.value !== outcome.value) amendResult(this.state, listing, outcome);
  }

  /** The weekly pause (kalshi/api.md 6.5), as often as it falls into what was recorded. */
  #schedulePause(from: number, last: number): void {
    const { startsAt, endsAt } = maintenanceWindow(epochMs(Math.floor(from)));
    if (startsAt > last) return;
    this.state.schedule.add(startsAt, () => {
      for (const shard of SHARDS) pauseShard(this.state, shard, 'trading', endsAt);
      this.#schedulePause(endsAt, last);
    });
  }

  #fill({ listing, book }: Listed, reached: readonly Reached[], at: number): void {
    if (reached.length === 0 || !book.isKnown) return;
    this.runTo(at);
    if (!isMatching(this.state, listing)) return;
    const midDoubled = book.midDoubled();
    for (const { standing, size, cause } of reached) {
      const { order } = standing;
      if (order.status !== 'resting') continue;
      const before = this.state.tradeCount;
      standing.filled += size;
      fillStanding(this.state, order, Math.min(size, order.remaining) as Centicontracts);
      if (this.state.tradeCount === before) {
        standing.filled -= size;
        continue;
      }
      const tradeId = this.account.fills.last?.tradeId;
      if (tradeId !== undefined) this.contexts.set(tradeId, { cause, standing, midDoubled });
    }
  }

  #done(order: Order, filled: Centicontracts, reducedBy = 0 as Centicontracts): Answer {
    return { result: { kind: 'done', filled, reducedBy }, order: venueOrder(this.state, order) };
  }

  #amended(amended: Amended, id: string): Answer {
    return amended.kind === 'refused' ? this.#refused(amended, id) : this.#done(amended.order, amended.filled);
  }

  #refused(refusal: VenueRefusal, id: string): Answer {
    const order = this.account.orders.get(id);
    return { result: refusal, order: order && venueOrder(this.state, order) };
  }
}
