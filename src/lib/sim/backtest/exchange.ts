/**
 * The exchange of a backtest: the embedded one's rules for orders, fees, collateral, leases, pauses and settlement, over
 * books that a recording moves. Recorded changes go straight into the books; only what concerns orders of ours is told.
 */
import type { BacktestJob } from '../../core/backtest/job.ts';
import type { FillCause } from '../../core/backtest/result.ts';
import { maintenanceWindow } from '../../core/clock/maintenance.ts';
import type { Intent } from '../../core/intents.ts';
import { type Centicontracts, type EpochMs, epochMs, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import { openAccount } from '../exchange/account.ts';
import { type Amended, amendOrder, cancelOrder, decreaseOrder } from '../exchange/change.ts';
import { createOrder } from '../exchange/create.ts';
import { isMatching } from '../exchange/gate.ts';
import { listMarket, openMarket, scheduleClose } from '../exchange/lifecycle.ts';
import { fillStanding } from '../exchange/match.ts';
import { venueOrder } from '../exchange/order.ts';
import { pauseShard } from '../exchange/pause.ts';
import type { Account, Listing, Order, Outcome } from '../exchange/records.ts';
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
  readonly markets: readonly Listed[];
  readonly account: Account;
  /** By trade id, from the fill until it is collected. */
  readonly contexts = new Map<string, FillContext>();
  /** By record: its change of what is on show, where that is not the recorded one. */
  readonly shown = new Map<number, number>();
  readonly #records: Records;

  constructor(job: BacktestJob, markets: readonly BacktestMarket[], records: Records) {
    const first = records.at[0] ?? 0;
    const last = records.at[records.length - 1] ?? first;
    const rules = { balanceStep: job.parameters.balanceStep, hasWeeklyPause: false };
    this.state = openExchange({ startAt: epochMs(Math.floor(first)), seed: job.seed, rules });
    this.#records = records;
    const cash = SHARDS.map((shard) => ({ shard, cash: job.cash }));
    this.account = openAccount(this.state, ACCOUNT, cash, { isTold: true });
    this.markets = markets.map((market, index) => this.#list(market, index, job));
    this.#schedulePauses(first, last);
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
    return this.state.facts.isEmpty;
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
        openMarket(this.state, listing);
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

  #list({ market, result, value }: BacktestMarket, index: number, job: BacktestJob): Listed {
    const { eventTicker, seriesTicker, shard, isMutuallyExclusive, title } = market;
    const book = new QueueBook(job.fill, () => this.now);
    const event = { eventTicker, seriesTicker, title, shard, isMutuallyExclusive };
    const paid = value ?? (result === 'yes' ? PRICE_ONE : PRICE_ZERO);
    const outcome: Outcome | undefined = result && { result, value: paid };
    const listing = listMarket(this.state, {
      ...{ market, event, book, isRecorded: true },
      settlementTimerSeconds: seriesFacts(market.ticker).settlementTimerSeconds,
      ...(outcome !== undefined && { outcomeAt: () => outcome }),
    });
    scheduleClose(this.state, listing);
    return { index, listing, book };
  }

  /** The weekly pause (kalshi/api.md 6.5), as often as it falls into what was recorded. */
  #schedulePauses(first: number, last: number): void {
    for (let from = first; ; ) {
      const { startsAt, endsAt } = maintenanceWindow(epochMs(Math.floor(from)));
      if (startsAt > last) return;
      this.state.schedule.add(startsAt, () => {
        for (const shard of SHARDS) pauseShard(this.state, shard, 'trading', endsAt);
      });
      from = endsAt;
    }
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
