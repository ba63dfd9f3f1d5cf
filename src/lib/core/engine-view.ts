/** What the engine shows of itself, as plain data: for the screen, `--json` and the supervisor. Changes nothing. */
import { nextThings } from './clock/countdown.ts';
import { freezeAt, phaseAt } from './clock/market-clock.ts';
import type { Engine } from './engine.ts';
import { riskViewOf } from './engine-risk.ts';
import type { Market } from './market.ts';
import type { MarketState } from './market-state.ts';
import { hasEnded, type Order, remainingOf } from './orders/order.ts';
import type { Decision } from './quoting/decide.ts';
import { limitUses } from './risk/limit-uses.ts';
import { LIMITS, type LimitUse } from './risk/limits.ts';
import type { LimitBar } from './risk/risk-view.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  formatSize,
  type Microdollars,
  microdollars,
  type Side,
} from './units.ts';
import type {
  LadderView,
  LimitBarView,
  LimitView,
  LogLine,
  MarketView,
  MoneyView,
  SideView,
  SourceView,
  TraderView,
} from './view.ts';

/** Levels per side that a ladder carries. */
const LADDER_LEVELS = 24;

export interface ViewInput {
  readonly at: EpochMs;
  readonly env: string;
  readonly account: string;
  readonly isStarting: boolean;
  readonly isStopped: boolean;
  /** When anything at all was last heard on the wire. */
  readonly heardAt: EpochMs;
  readonly log: readonly LogLine[];
  readonly writeTokens?: number;
  readonly armedUntil?: EpochMs;
  readonly clockOffsetMs?: number;
  readonly sources?: readonly SourceView[];
  /** The market whose ladder is wanted. */
  readonly selected?: string;
}

export function viewOf(engine: Engine, input: ViewInput): TraderView {
  const { at, env, account, heardAt, log, selected, writeTokens, clockOffsetMs, sources, armedUntil } = input;
  const live = [...engine.orders.live()].filter(({ origin }) => origin !== 'external');
  const ladder = selected === undefined ? undefined : ladderOf(engine, selected);
  const leases = live.filter(({ takerFee }) => takerFee === undefined).map(({ expiresAt }) => expiresAt);
  const unknown = live.filter((order) => order.state === 'unknown').map(({ sentAt }) => sentAt);
  const uses = limitUses(engine, at);
  return {
    at,
    env,
    account,
    state: stateOf(engine, input),
    isConnected: engine.isConnected,
    heardAt,
    turn: engine.turn,
    markets: [...engine.markets()].filter(isShown(engine)).map((state) => marketView(engine, state, at)),
    ...(ladder !== undefined && { ladder }),
    halts: engine.halts.all(),
    limits: limitsOf(engine),
    uses,
    bars: barsOf(engine, at, uses),
    cash: engine.ledger.totalCash(),
    money: moneyOf(engine),
    realized: engine.ledger.realized,
    unrealized: engine.portfolio.unrealized(),
    fees: engine.ledger.fees,
    feeDrift: engine.fees.drift,
    fills: engine.ledger.fillCount,
    restingOrders: live.length,
    unknownOrders: unknown.length,
    ...(unknown.length > 0 && { unknownSince: Math.min(...unknown) as EpochMs }),
    ...(leases.length > 0 && {
      ...{ leaseFrom: Math.min(...leases) as EpochMs, leaseUntil: Math.max(...leases) as EpochMs },
    }),
    coming: nextThings(selectedMarkets(engine), engine.config.parameters, at),
    ...(armedUntil !== undefined && { armedUntil }),
    ...(writeTokens !== undefined && { writeTokens }),
    ...(sources !== undefined && { sources }),
    ...(clockOffsetMs !== undefined && { clockOffsetMs }),
    log,
  };
}

function moneyOf({ money, ledger }: Engine): MoneyView {
  const { capital, drawdown } = money.uses();
  const { paidIn, incentives, adjustments } = ledger;
  const since = { day: money.dayProfit(), week: money.weekProfit(), drawdown: drawdown.lost };
  return { ...since, capital, paidIn, incentives, adjustments };
}

function selectedMarkets(engine: Engine): readonly Market[] {
  return [...engine.markets()].flatMap(({ isSelected, market }) => (isSelected ? [market] : []));
}

/** What fills a limit is counted market by market, four times a second: beyond so many it is left out. */
const PARTS_MARKETS_MAX = 100;
/** Of groups, events and markets. */
const BARS_MAX = 40;

function barsOf(engine: Engine, at: EpochMs, uses: readonly LimitUse[]): readonly LimitBarView[] {
  const atStake = [...engine.markets()].filter((state) => state.isAtStake).length;
  const bars: readonly LimitBar[] = atStake <= PARTS_MARKETS_MAX ? riskViewOf(engine, at, uses).bars : uses;
  const part = ({ used = 0, allowed }: LimitBar) => (allowed > 0 ? used / allowed : used);
  const others = bars.filter(({ subject, used }) => subject !== undefined && used !== undefined && used > 0);
  const fullest = others.sort((a, b) => part(b) - part(a)).slice(0, BARS_MAX);
  const whole = bars.filter(({ subject }) => subject === undefined);
  return [...whole, ...fullest].map((bar) => ({ ...bar, unit: LIMITS[bar.limit].unit }));
}

function stateOf(engine: Engine, { isStarting, isStopped }: ViewInput): TraderView['state'] {
  if (isStopped) return 'stopped';
  if (isStarting) return 'starting';
  const everywhere = engine.halts.all().filter((halt) => halt.scope === '*' && halt.name !== 'LIMITED');
  if (everywhere.some((halt) => halt.name === 'STOPPING')) return 'stopping';
  if (everywhere.some((halt) => halt.name !== 'PAUSED')) return 'halted';
  return everywhere.length > 0 ? 'paused' : 'quoting';
}

/** Markets we quote, and those that still hold something of ours. */
function isShown(engine: Engine): (state: MarketState) => boolean {
  return ({ isSelected, market }) =>
    isSelected || engine.ledger.holding(market.ticker).position !== 0 || engine.orders.liveIn(market.ticker).length > 0;
}

function marketView(engine: Engine, state: MarketState, at: EpochMs): MarketView {
  const { market, decision } = state;
  const { ticker } = market;
  const book = engine.books.get(ticker)?.book;
  const holding = engine.ledger.holding(ticker);
  const orders = engine.orders.liveIn(ticker);
  const bid = sideView(orders, 'bid');
  const ask = sideView(orders, 'ask');
  const why = whyNot(state, bid, ask);
  const mark = engine.portfolio.markOf(state);
  const isBookValid = book?.isValid ?? false;
  const isLate = (state.messageAgeMs ?? 0) > engine.config.parameters.quoting.messageAgeMsMax;
  return {
    ticker,
    status: market.status,
    state: stateWord(state, bid, ask, at),
    ...(why !== undefined && { why }),
    closeAt: market.closeAt,
    freezeAt: freezeAt(market, engine.config.parameters),
    phase: phaseAt(market, engine.config.parameters, at),
    ...(state.bookAt !== undefined && { bookAt: state.bookAt }),
    isBookValid,
    isStale: !isBookValid || !engine.isConnected || engine.isSilent || isLate,
    ...(book?.bestBid !== undefined && { bestBid: book.bestBid }),
    ...(book?.bestAsk !== undefined && { bestAsk: book.bestAsk }),
    ...(decision?.fair !== undefined && { fair: decision.fair.probability, fairError: decision.fair.standardError }),
    ...(decision?.quote !== undefined && { reservation: decision.quote.reservation }),
    ...(bid !== undefined && { bid }),
    ...(ask !== undefined && { ask }),
    position: holding.position,
    cost: holding.cost,
    ...(mark !== undefined && { mark }),
    realized: holding.realized,
    unrealized: engine.portfolio.unrealizedOf(state),
    fees: holding.fees,
    worst: engine.portfolio.marketLoss(state),
  };
}

function sideView(orders: Iterable<Order>, side: Side): SideView | undefined {
  for (const order of orders) {
    if (order.side !== side || order.origin !== 'quoter' || hasEnded(order)) continue;
    const state = order.pending === undefined ? order.state : `${order.pending.kind} sent`;
    const { price, expiresAt, ahead } = order;
    return { price, size: remainingOf(order), state, expiresAt, ...(ahead !== undefined && { ahead }) };
  }
  return undefined;
}

function stateWord(state: MarketState, bid: SideView | undefined, ask: SideView | undefined, at: EpochMs): string {
  if (at >= state.market.closeAt) return 'closed';
  const gate = state.decision?.gate;
  if (gate !== undefined) return gate.name === 'WINDOW' ? 'frozen' : gate.name.toLowerCase();
  if (bid !== undefined && ask !== undefined) return 'quoting';
  if (bid !== undefined || ask !== undefined) return 'one-sided';
  return state.bookAt === undefined ? 'waiting' : 'idle';
}

function whyNot({ decision }: MarketState, bid: SideView | undefined, ask: SideView | undefined): string | undefined {
  if (decision?.gate !== undefined) return decision.gate.reason;
  if (decision === undefined) return undefined;
  if (bid !== undefined && ask !== undefined) return clampText(decision);
  return bid === undefined ? `bid: ${decision.bid.reason}` : `ask: ${decision.ask.reason}`;
}

function clampText({ clamp }: Decision): string | undefined {
  return clamp === undefined
    ? undefined
    : `size clamped to ${formatSize(clamp.size)} of ${formatSize(clamp.of)}: ${clamp.why}`;
}

function ladderOf(engine: Engine, ticker: string): LadderView | undefined {
  const book = engine.books.get(ticker)?.book;
  if (book === undefined) return undefined;
  const own = new Map<string, number>();
  for (const order of engine.orders.liveIn(ticker)) {
    const key = `${order.side} ${order.price}`;
    own.set(key, (own.get(key) ?? 0) + remainingOf(order));
  }
  const side = (name: Side) =>
    book.levels(name, LADDER_LEVELS).map(({ price, size }: { price: Centicents; size: Centicontracts }) => ({
      price,
      size,
      own: (own.get(`${name} ${price}`) ?? 0) as Centicontracts,
    }));
  return { ticker, bids: side('bid'), asks: side('ask') };
}

function limitsOf(engine: Engine): LimitView[] {
  const { risk } = engine.config.parameters;
  const worstEvent = engine.portfolio.worstEvent();
  const { portfolio } = engine;
  const worstMarket = [...engine.markets()].reduce((worst, state) => Math.max(worst, portfolio.marketLoss(state)), 0);
  const dayLoss = Math.max(0, -engine.money.dayProfit());
  return [
    { name: 'total', used: engine.portfolio.totalLoss(), limit: risk.totalLoss },
    { name: 'event', used: worstEvent?.loss ?? (0 as Microdollars), limit: risk.eventLoss },
    { name: 'market', used: microdollars(worstMarket), limit: risk.marketLoss },
    { name: 'day', used: microdollars(dayLoss), limit: engine.money.uses().day.allowed },
  ];
}
