/** `kmm status --json`: one object an environment, with exact decimals and times in UTC. */
import { isoText } from '../../format.ts';
import { haltsOf, type StatusProblem } from '../../lib/app/status/problems.ts';
import type { StatusFacts } from '../../lib/app/status/status.ts';
import { type EpochMs, formatMoney, formatPrice, formatSize } from '../../lib/core/units.ts';
import type { MarketView, SideView, TraderView } from '../../lib/core/view.ts';

export function statusRecord(facts: StatusFacts, problems: readonly StatusProblem[], next: readonly string[]) {
  const { env, now, lock, trader, journal } = facts;
  const known = journal === undefined || 'trouble' in journal ? undefined : journal;
  const session = known?.session;
  return {
    ...{ env, at: isoText(now), pid: lock?.pid ?? null, since: isoOr(lock?.since) },
    trader: trader === undefined || 'silence' in trader ? null : traderRecord(trader.view),
    session:
      session === undefined
        ? null
        : {
            session: session.session,
            version: session.version,
            startedAt: isoText(session.startedAt),
            endedAt: isoOr(session.endedAt),
          },
    armedUntil: isoOr(known?.arming?.until),
    halts: haltsOf(facts).map(({ name, scope, since, until, reason, by }) => ({
      ...{ name, scope, since: isoText(since), until: isoOr(until), reason, by: by ?? null },
    })),
    /** By the journal. */
    openOrders: (known?.openOrders ?? []).map(
      ({ ticker, side, price, remaining, clientOrderId, orderId, expiresAt }) => ({
        ...{ ticker, side, price: formatPrice(price), size: formatSize(remaining) },
        ...{ clientOrderId, orderId: orderId ?? null, expiresAt: isoOr(expiresAt) },
      }),
    ),
    positions: (known?.positions ?? []).map(({ ticker, position }) => ({ ticker, position: formatSize(position) })),
    alerts: (known?.alerts ?? []).map(({ id, key, priority, change, text, at }) => ({
      ...{ id, key, priority, change, text, at: isoText(at) },
    })),
    problems: problems.map(({ name, text, next: steps }) => ({ name, text, next: steps })),
    next,
  };
}

function traderRecord(view: TraderView) {
  const { at, state, turn, isConnected, restingOrders, unknownOrders } = view;
  return {
    ...{ at: isoText(at), state, turn, isConnected, heardAt: isoOr(view.heardAt) },
    ...{ restingOrders, unknownOrders, unknownSince: isoOr(view.unknownSince) },
    ...{ leaseFrom: isoOr(view.leaseFrom), leaseUntil: isoOr(view.leaseUntil) },
    ...{ writeTokens: view.writeTokens ?? null, clockOffsetMs: view.clockOffsetMs ?? null },
    ...{ cashDollars: formatMoney(view.cash), realizedDollars: formatMoney(view.realized) },
    ...{ unrealizedDollars: formatMoney(view.unrealized), feesDollars: formatMoney(view.fees) },
    feeDriftDollars: formatMoney(view.feeDrift),
    money: moneyRecord(view.money),
    limits: view.limits.map(({ name, used, limit }) => ({
      ...{ name, usedDollars: formatMoney(used), limitDollars: formatMoney(limit) },
    })),
    armedUntil: isoOr(view.armedUntil),
    coming: (view.coming ?? []).map(({ kind, name, at: when }) => ({ kind, name, at: isoText(when) })),
    markets: view.markets.map(marketRecord),
  };
}

function marketRecord(market: MarketView) {
  const { ticker, state, why, position, closeAt, freezeAt, phase, bookAt, bid, ask, cost, mark } = market;
  const { realized, unrealized, fees } = market;
  return {
    ...{ ticker, state, why: why ?? null, position: formatSize(position) },
    ...{ costDollars: formatMoney(cost), mark: mark === undefined ? null : formatPrice(mark) },
    ...{ realizedDollars: formatMoney(realized), unrealizedDollars: formatMoney(unrealized) },
    feesDollars: formatMoney(fees),
    ...{ bid: sideRecord(bid), ask: sideRecord(ask), bookAt: isoOr(bookAt) },
    ...{ phase: phase?.phase ?? null, phaseUntil: isoOr(phase?.until) },
    ...{ freezeAt: isoOr(freezeAt), closeAt: isoText(closeAt) },
  };
}

function moneyRecord(money: TraderView['money']) {
  if (money === undefined) return null;
  const { day, week, drawdown, capital, paidIn, incentives, adjustments } = money;
  return {
    ...{ dayDollars: formatMoney(day), weekDollars: formatMoney(week), drawdownDollars: formatMoney(drawdown) },
    ...{ capitalDollars: formatMoney(capital), paidInDollars: formatMoney(paidIn) },
    ...{ incentivesDollars: formatMoney(incentives), adjustmentsDollars: formatMoney(adjustments) },
  };
}

function sideRecord(side: SideView | undefined) {
  if (side === undefined) return null;
  return {
    price: formatPrice(side.price),
    size: formatSize(side.size),
    state: side.state,
    expiresAt: isoText(side.expiresAt),
  };
}

function isoOr(at: EpochMs | undefined): string | null {
  return at === undefined ? null : isoText(at);
}
