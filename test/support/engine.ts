/**
 * A story told to a real engine: facts in, intents out. Time moves only when the story says so.
 *
 * A new story has a connected engine with $1,000 and one selected market. On a book of 44 / 56 ¢ it shows 48 / 52 ¢,
 * 10 contracts a side. Prices are in centicents, sizes in centicontracts.
 */
import { Engine, type EngineConfig } from '../../src/lib/core/engine.ts';
import { viewOf } from '../../src/lib/core/engine-view.ts';
import type { EngineEvent, FillSeen } from '../../src/lib/core/events.ts';
import { LINEAR_CENT } from '../../src/lib/core/grid.ts';
import type { AmendIntent, CreateIntent, Intent } from '../../src/lib/core/intents.ts';
import type { Market } from '../../src/lib/core/market.ts';
import { type Order, remainingOf } from '../../src/lib/core/orders/order.ts';
import type { ChangeOutcome, CreateOutcome } from '../../src/lib/core/orders/order-types.ts';
import type { InventoryRules, Parameters, QuotingRules, RiskLimits } from '../../src/lib/core/parameters.ts';
import {
  type BasisPoints,
  centicents,
  centicontracts,
  type EpochMs,
  epochMs,
  microdollars,
  type Side,
} from '../../src/lib/core/units.ts';
import type { TraderView } from '../../src/lib/core/view.ts';
import { levels, type Pair } from './feed.ts';
import { T0, TICKER } from './orders.ts';
import { PARAMETERS as QUOTER } from './quoter.ts';

export const MINUTE_MS = 60_000;
const SID = 2;

export const MARKET: Market = {
  ticker: TICKER,
  eventTicker: 'KXTEST-26NOV20',
  seriesTicker: 'KXTEST',
  shard: 0,
  status: 'active',
  openAt: epochMs(T0 - MINUTE_MS),
  closeAt: epochMs(T0 + 15 * MINUTE_MS),
  title: 'Will the test pass?',
  grid: LINEAR_CENT,
  fees: { type: 'quadratic', multiplier: { numerator: 1, denominator: 1 } },
  isMutuallyExclusive: false,
};

export const QUOTING: QuotingRules = {
  orderSize: centicontracts(1_000),
  hysteresis: centicents(200),
  debounceMs: 250,
  leaseMs: 180_000,
  freezeMs: MINUTE_MS,
  messageAgeMsMax: 3_000,
  silenceMsMax: 5_000,
  minimumEdgeDollars: 0,
  cleanMs: 3_000,
};

export const RISK: RiskLimits = {
  marketLoss: dollars(50),
  strikeShare: 10_000 as BasisPoints,
  eventLoss: dollars(100),
  groupLoss: dollars(300),
  groups: [],
  totalLoss: dollars(300),
  position: centicontracts(10_000),
  groupImbalance: centicontracts(100_000),
  totalImbalance: centicontracts(100_000),
  orderSize: centicontracts(2_500),
  orderValue: dollars(25),
  handPrice: centicents(9_900),
  ordersPerMinute: 600,
  sentMinute: centicontracts(10_000_000),
  sentDay: centicontracts(100_000_000),
  dayLoss: dollars(50),
  dayLossShare: 10_000 as BasisPoints,
  weekLoss: dollars(1_000),
  weekLossShare: 10_000 as BasisPoints,
  drawdownShare: 10_000 as BasisPoints,
  coolOffLosses: 1_000,
  coolOffMs: 0,
  exitCost: dollars(5),
};

/** Out of the way of a story that is about something else. */
export const INVENTORY: InventoryRules = {
  skewed: centicontracts(1_000_000),
  oneSided: centicontracts(1_000_000),
  exit: centicontracts(1_000_000),
  exitTo: centicontracts(0),
  skewPerTen: centicents(0),
  finalMs: 0,
  finalShare: 0 as BasisPoints,
  finalPosition: centicontracts(0),
};

export interface StoryOptions extends Partial<Omit<Parameters, 'quoting' | 'risk' | 'inventory'>> {
  readonly quoting?: Partial<QuotingRules>;
  readonly risk?: Partial<RiskLimits>;
  readonly inventory?: Partial<InventoryRules>;
  readonly cash?: number;
}

export function dollars(amount: number) {
  return microdollars(Math.round(amount * 1_000_000));
}

export function parametersOf({ quoting, risk, inventory, cash: _, ...over }: StoryOptions = {}): Parameters {
  return {
    strategy: 'cara',
    fair: { kind: 'mid' },
    quoter: QUOTER,
    quoting: { ...QUOTING, ...quoting },
    risk: { ...RISK, ...risk },
    inventory: { ...INVENTORY, ...inventory },
    externalSkewCents: {},
    balanceStep: microdollars(100),
    ...over,
  };
}

/** "create bid 4800 × 1000" */
export function lineOf({ kind, side, price, size }: Intent): string {
  return `${kind} ${side} ${price} × ${size}`;
}

type WithoutTime<Event> = Event extends EngineEvent ? Omit<Event, 'at'> : never;
/** An event that happens now. */
export type Happening = WithoutTime<Exclude<EngineEvent, { type: 'turn' }>>;

export class Story {
  readonly engine: Engine;
  /** Everything the engine was told, in order. */
  readonly told: EngineEvent[] = [];
  /** Everything it asked for, in order. */
  readonly asked: Intent[] = [];
  at = T0;
  conn = 1;
  #seq = 0;
  #turn = 0;
  #fills = 0;
  readonly #tickers: string[] = [];

  constructor(config: EngineConfig) {
    this.engine = new Engine(config);
  }

  tell(...happenings: readonly Happening[]): this {
    for (const happening of happenings) this.#apply({ ...happening, at: this.at } as EngineEvent);
    return this;
  }

  wait(ms: number): this {
    this.at = epochMs(this.at + ms);
    return this;
  }

  market(over: Partial<Market> = {}): this {
    const market = { ...MARKET, ...over };
    if (!this.#tickers.includes(market.ticker)) this.#tickers.push(market.ticker);
    this.tell({ type: 'market_defined', market });
    return this.tell({ type: 'markets_selected', tickers: this.#tickers });
  }

  /** A snapshot. */
  book(bids: readonly Pair[] = [[4_400, 10_000]], asks: readonly Pair[] = [[5_600, 10_000]], ticker = TICKER): this {
    const feed = this.nextFeed();
    return this.tell({ type: 'book_snapshot', feed, ticker, bids: levels(bids), asks: levels(asks) });
  }

  level(side: Side, price: number, change: number, ticker = TICKER): this {
    const delta = centicontracts(change);
    return this.tell({ type: 'book_delta', feed: this.nextFeed(), ticker, side, price: centicents(price), delta });
  }

  /** Every level of the others moves by so much: best bid and ask of the stories' book. */
  moveTo(bid: number, ask: number, ticker = TICKER): this {
    return this.book([[bid, 10_000]], [[ask, 10_000]], ticker);
  }

  nextFeed() {
    this.#seq += 1;
    return { conn: this.conn, sid: SID, seq: this.#seq };
  }

  /** A frame goes missing. */
  gap(): this {
    this.#seq += 1;
    return this;
  }

  disconnect(): this {
    return this.tell({ type: 'connection_changed', isUp: false, conn: this.conn });
  }

  connect(): this {
    this.conn += 1;
    this.#seq = 0;
    this.tell({ type: 'connection_changed', isUp: true, conn: this.conn });
    return this.tell({ type: 'feed_started', conn: this.conn, sid: SID, channel: 'orderbook_delta' });
  }

  /** Everything that happened is decided upon. */
  turn(): readonly Intent[] {
    this.#turn += 1;
    const intents = this.#apply({ type: 'turn', at: this.at, turn: this.#turn });
    this.asked.push(...intents);
    return intents;
  }

  /** What one turn asks for, as lines. */
  lines(): string[] {
    return this.turn().map(lineOf);
  }

  /** One turn, and the exchange does all that it asks for. */
  quote(): readonly Intent[] {
    const intents = this.turn();
    for (const intent of intents) this.accept(intent);
    return intents;
  }

  accept(intent: Intent): this {
    if (intent.kind === 'create') return this.created(intent, accepted(intent));
    const outcome: ChangeOutcome =
      intent.kind === 'amend' ? { kind: 'amended' } : { kind: 'cancelled', reducedBy: intent.size };
    return this.changed(intent, outcome);
  }

  created({ clientOrderId }: Intent, outcome: CreateOutcome): this {
    return this.tell({ type: 'create_outcome', clientOrderId, outcome });
  }

  changed({ kind, clientOrderId }: Intent, outcome: ChangeOutcome): this {
    return this.tell({ type: 'change_outcome', clientOrderId, change: kind === 'amend' ? 'amend' : 'cancel', outcome });
  }

  /** Part of our order on this side is taken. Answers the event, so that it can be told again. */
  fill(side: Side, size: number, over: Partial<FillSeen> = {}): FillSeen {
    this.#fills += 1;
    const order = this.order(side, over.ticker ?? TICKER);
    const fill: FillSeen = {
      type: 'fill',
      at: this.at,
      tradeId: `trade-${this.#fills}`,
      orderId: order.orderId ?? orderIdOf(order.clientOrderId),
      clientOrderId: order.clientOrderId,
      ticker: order.ticker,
      side,
      price: order.price,
      size: centicontracts(size),
      isTaker: false,
      fee: microdollars(0),
      ...over,
    };
    this.tell(fill);
    return fill;
  }

  /** The live order of ours on this side. */
  order(side: Side, ticker = TICKER): Order {
    for (const order of this.engine.orders.liveIn(ticker))
      if (order.side === side && order.origin === 'quoter') return order;
    throw new Error(`nothing of ours rests on the ${side} side of ${ticker}`);
  }

  /** "bid 4800 × 1000 working", of everything that may rest. */
  resting(ticker = TICKER): string[] {
    const text = (order: Order) => `${order.side} ${order.price} × ${remainingOf(order)} ${order.state}`;
    return Array.from(this.engine.orders.liveIn(ticker), text);
  }

  /** The name of the gate that says no, if one does. */
  gate(ticker = TICKER): string | undefined {
    return this.engine.market(ticker)?.decision?.gate?.name;
  }

  reason(side: Side, ticker = TICKER): string | undefined {
    return this.engine.market(ticker)?.decision?.[side].reason;
  }

  halts(): string[] {
    return this.engine.halts.all().map(({ name, scope }) => `${name} ${scope}`);
  }

  view(selected?: string): TraderView {
    return viewOf(this.engine, {
      at: this.at,
      env: 'sim',
      account: 'test',
      isStarting: false,
      isStopped: false,
      heardAt: this.at,
      log: [],
      ...(selected !== undefined && { selected }),
    });
  }

  #apply(event: EngineEvent): readonly Intent[] {
    this.told.push(event);
    return this.engine.apply(event);
  }
}

export function story(options: StoryOptions = {}): Story {
  return emptyStory(options).market();
}

/** Connected and funded, without a market. */
export function emptyStory(options: StoryOptions = {}): Story {
  const teller = new Story({ idPrefix: 'kmm-a-1', parameters: parametersOf(options) });
  const openingCash = [{ shard: 0, cash: dollars(options.cash ?? 1_000) }];
  return teller
    .tell({ type: 'ledger_restored', openingCash, fills: [], settlements: [] })
    .tell({ type: 'connection_changed', isUp: true, conn: 1 })
    .tell({ type: 'feed_started', conn: 1, sid: SID, channel: 'orderbook_delta' });
}

/** Both sides rest at 48 / 52 ¢, 10 contracts each. */
export function quotingStory(options: StoryOptions = {}): Story {
  const teller = story(options).book();
  teller.quote();
  teller.turn();
  return teller;
}

function accepted(intent: CreateIntent | AmendIntent): CreateOutcome {
  const orderId = orderIdOf(intent.clientOrderId);
  return { kind: 'accepted', orderId, filled: centicontracts(0), remaining: intent.size };
}

export function refusal(message: string, status = 400): CreateOutcome {
  return { kind: 'refused', status, code: 'invalid_order', message };
}

export const LOST = { kind: 'unknown', reason: 'timeout' } as const;

/** The exchange's id of an order of ours. */
export function orderIdOf(clientOrderId: string): string {
  return `x-${clientOrderId}`;
}

export function seconds(at: EpochMs): number {
  return (at - T0) / 1_000;
}
