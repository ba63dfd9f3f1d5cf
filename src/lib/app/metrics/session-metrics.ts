/**
 * What a session counts for its metrics, and its metrics as text. Counted beside the engine from what it was told; nothing
 * here is ever waited for, and nothing of it reaches a decision. The text is made when it is asked for, every two seconds.
 */
import type { Engine } from '../../core/engine.ts';
import type { BalanceSeen, EngineEvent } from '../../core/events.ts';
import { hasEnded } from '../../core/orders/order.ts';
import { completeUpTo } from '../../core/orders/read-lag.ts';
import { LIMITS } from '../../core/risk/limits.ts';
import type { EpochMs } from '../../core/units.ts';
import type { MarketView, SourceView, TraderView } from '../../core/view.ts';
import { Buckets } from './buckets.ts';
import { expositionOf, type Sample } from './exposition.ts';
import { MarkoutMeans } from './markout-means.ts';
import { type MetricName, TICKERS_MAX } from './names.ts';
import type { RequestTimes } from './request-times.ts';

export interface SessionMetricsOptions {
  readonly engine: Engine;
  readonly requests: RequestTimes;
  readonly view: () => TraderView;
  /** Sources of forecasts. */
  readonly models: () => readonly Pick<SourceView, 'name' | 'madeAt'>[];
  /** Of models by series, as far as markets have settled. */
  readonly briers: () => readonly { readonly model: string; readonly series: string; readonly brier: number }[];
  readonly tape: { readonly dropped: number };
  readonly tokens: (now: EpochMs) => readonly { readonly bucket: string; readonly left: number }[];
  /** Whether production is armed; absent elsewhere. */
  readonly isArmed?: () => boolean;
}

/** Uptime is that of so many seconds. */
const UPTIME_TICKS = 60;
const MICRODOLLARS = 1_000_000;
const CENTICONTRACTS = 100;
const CENTICENTS = 100;
/** Indexes that one account follows are few; a stream that invents names makes no more series than this. */
const FEEDS_MAX = 20;
/** Pairs of a model and a series. */
const BRIERS_MAX = 200;

export class SessionMetrics {
  readonly turns = new Buckets();
  readonly markouts = new MarkoutMeans();
  readonly #options: SessionMetricsOptions;
  readonly #orders = new Map<string, { readonly action: string; readonly outcome: string; count: number }>();
  readonly #fills = { bid: 0, ask: 0 };
  #fillCount = 0;
  #ups = 0;
  readonly #heardOf = new Map<string, EpochMs>();
  readonly #uptime: { readonly open: number; readonly quoted: number }[] = [];
  /** When cash or a position of ours last changed: a statement that may not hold this yet is not compared. */
  #movedAt = 0;
  #difference: number | undefined;
  #readLagMs: number | undefined;

  constructor(options: SessionMetricsOptions) {
    this.#options = options;
  }

  /** Call for every event, after the engine has taken it in. */
  noteEvent(event: EngineEvent): void {
    switch (event.type) {
      case 'create_outcome':
        this.#answered('create', event.outcome.kind);
        return;
      case 'change_outcome':
        this.#answered(event.change, event.outcome.kind);
        return;
      case 'fill': {
        const { fillCount } = this.#options.engine.ledger;
        // The same fill told twice is one.
        if (fillCount > this.#fillCount) {
          this.#fills[event.side] += 1;
          this.markouts.filled(event);
        }
        this.#fillCount = fillCount;
        this.#movedAt = event.at;
        return;
      }
      case 'ledger_restored':
      case 'settlement':
      case 'cash_moved':
        this.#fillCount = this.#options.engine.ledger.fillCount;
        this.#movedAt = event.at;
        return;
      case 'connection_changed':
        if (event.isUp) this.#ups += 1;
        return;
      case 'reference_price':
        if (this.#heardOf.has(event.index) || this.#heardOf.size < FEEDS_MAX) this.#heardOf.set(event.index, event.at);
        return;
      case 'balance':
        this.#compare(event);
        return;
      default:
        return;
    }
  }

  /** Call about once a second: how many of the open markets are quoted on both sides. */
  tick(now: EpochMs): void {
    const { engine } = this.#options;
    let [open, quoted] = [0, 0];
    for (const { isSelected, market } of engine.markets()) {
      if (!isSelected || market.status !== 'active' || now >= market.closeAt) continue;
      open += 1;
      const sides = new Set<string>();
      for (const order of engine.orders.liveIn(market.ticker)) {
        if (order.origin === 'quoter' && order.state === 'working') sides.add(order.side);
      }
      if (sides.size === 2) quoted += 1;
    }
    this.#uptime.push({ open, quoted });
    if (this.#uptime.length > UPTIME_TICKS) this.#uptime.shift();
  }

  /** `view`: of a moment ago, where there is one; to make another costs as much as all the rest. */
  text(view: TraderView = this.#options.view()): string {
    return expositionOf(this.#samples(view));
  }

  #samples(view: TraderView): Sample[] {
    const { engine, models, briers, tape, tokens, requests, isArmed } = this.#options;
    const { at } = view;
    const one = (name: MetricName, value: number | undefined): Sample[] =>
      value === undefined ? [] : [{ name, value }];
    return [
      ...one('kmm_armed', isArmed === undefined ? undefined : Number(isArmed())),
      ...view.halts.map(({ name, scope }): Sample => ({ name: 'kmm_halt', labels: { name, scope }, value: 1 })),
      ...one('kmm_orders_unknown', view.unknownOrders),
      ...scopesOf(view).flatMap(([scope, { used, limit }]): Sample[] => [
        { name: 'kmm_exposure_dollars', labels: { scope }, value: used / MICRODOLLARS },
        { name: 'kmm_limit_dollars', labels: { scope }, value: limit / MICRODOLLARS },
      ]),
      ...models().flatMap(({ name: model, madeAt }): Sample[] =>
        madeAt === undefined
          ? []
          : [{ name: 'kmm_model_age_seconds', labels: { model }, value: Math.max(0, at - madeAt) / 1_000 }],
      ),
      ...one('kmm_reconcile_difference_dollars', this.#difference),
      ...one('kmm_lease_remaining_seconds', view.leaseUntil && Math.max(0, view.leaseUntil - at) / 1_000),
      ...one('kmm_pnl_realized_dollars', view.realized / MICRODOLLARS),
      ...one('kmm_pnl_unrealized_dollars', view.unrealized / MICRODOLLARS),
      ...one('kmm_fees_dollars_total', view.fees / MICRODOLLARS),
      ...this.markouts.samples(),
      ...one('kmm_fee_drift_dollars', view.feeDrift / MICRODOLLARS),
      ...[...this.#orders.values()].map(
        ({ action, outcome, count }): Sample => ({
          ...{ name: 'kmm_orders_total', labels: { action, outcome }, value: count },
        }),
      ),
      ...(['bid', 'ask'] as const).map(
        (side): Sample => ({ name: 'kmm_fills_total', labels: { side }, value: this.#fills[side] }),
      ),
      ...one('kmm_quote_uptime_ratio', this.#uptimeRatio()),
      ...view.markets.slice(0, TICKERS_MAX).flatMap((market) => this.#marketSamples(market, at)),
      ...briers()
        .slice(0, BRIERS_MAX)
        .map(({ model, series, brier }): Sample => ({ name: 'kmm_brier', labels: { model, series }, value: brier })),
      ...one('kmm_ws_gaps_total', engine.books.gaps),
      ...one('kmm_ws_reconnects_total', Math.max(0, this.#ups - 1)),
      ...one('kmm_tape_dropped_total', tape.dropped),
      ...[...this.#heardOf].map(
        ([feed, heardAt]): Sample => ({
          ...{ name: 'kmm_reference_age_seconds', labels: { feed }, value: age(heardAt, at) },
        }),
      ),
      ...requests.samples(),
      ...tokens(at).map(({ bucket, left }): Sample => ({ name: 'kmm_tokens', labels: { bucket }, value: left })),
      ...one('kmm_read_lag_seconds', this.#readLagMs && this.#readLagMs / 1_000),
      ...one('kmm_clock_offset_seconds', view.clockOffsetMs && view.clockOffsetMs / 1_000),
      { name: 'kmm_turn_duration_seconds', value: this.turns },
    ];
  }

  #marketSamples({ ticker, position, bid, ask, fair, bookAt }: MarketView, at: EpochMs): Sample[] {
    const labels = { ticker };
    const changedAt = this.#quoteChangedAt(ticker);
    return [
      { name: 'kmm_position_contracts', labels, value: position / CENTICONTRACTS },
      { name: 'kmm_quote_age_seconds', labels, value: age(changedAt, at) },
      {
        ...{ name: 'kmm_spread_cents', labels },
        value: bid && ask ? (ask.price - bid.price) / CENTICENTS : Number.NaN,
      },
      { name: 'kmm_fair_value_probability', labels, value: fair ?? Number.NaN },
      { name: 'kmm_book_age_seconds', labels, value: age(bookAt, at) },
    ];
  }

  /** The oldest quote says the most: a side that has stood for long is the one to look at. */
  #quoteChangedAt(ticker: string): EpochMs | undefined {
    let oldest: EpochMs | undefined;
    for (const order of this.#options.engine.orders.liveIn(ticker)) {
      if (order.origin !== 'quoter' || hasEnded(order)) continue;
      if (oldest === undefined || order.changedAt < oldest) oldest = order.changedAt;
    }
    return oldest;
  }

  #answered(action: string, outcome: string): void {
    const key = `${action} ${outcome}`;
    const entry = this.#orders.get(key);
    if (entry === undefined) this.#orders.set(key, { action, outcome, count: 1 });
    else entry.count += 1;
  }

  #compare(seen: BalanceSeen): void {
    if (seen.asOf !== undefined) this.#readLagMs = Math.max(0, seen.askedAt - seen.asOf);
    if (completeUpTo(seen) < this.#movedAt) return;
    const theirs = seen.shards.reduce((sum, { cash }) => sum + cash, 0);
    this.#difference = (theirs - this.#options.engine.ledger.totalCash()) / MICRODOLLARS;
  }

  /** Undefined: no market was open. */
  #uptimeRatio(): number | undefined {
    const open = this.#uptime.reduce((sum, tick) => sum + tick.open, 0);
    const quoted = this.#uptime.reduce((sum, tick) => sum + tick.quoted, 0);
    return open === 0 ? undefined : quoted / open;
  }
}

interface Fill {
  readonly used: number;
  readonly limit: number;
}

/** Every limit in dollars that something fills, by its name; of several markets, events or groups the fullest. */
function scopesOf({ limits, uses = [] }: TraderView): readonly (readonly [scope: string, fill: Fill])[] {
  const scopes = new Map<string, Fill>(limits.map(({ name, used, limit }) => [name, { used, limit }]));
  const own = new Set(scopes.keys());
  for (const { limit: name, used, allowed } of uses) {
    const scope = name.replace(/_loss$/, '');
    const known = scopes.get(scope);
    if (LIMITS[name].unit !== 'dollars' || own.has(scope)) continue;
    if (known === undefined || used * known.limit > known.used * allowed) scopes.set(scope, { used, limit: allowed });
  }
  return [...scopes];
}

/** Seconds; not a number where it never was. */
function age(since: EpochMs | undefined, at: EpochMs): number {
  return since === undefined ? Number.NaN : Math.max(0, at - since) / 1_000;
}
