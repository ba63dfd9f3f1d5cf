/**
 * Every metric of kmm by name, once: what the exporter may write, what docs/metrics.md lists, and what a panel or a rule may
 * ask for. Base units, as Prometheus wants them; no order ids, and tickers of the active set alone.
 *
 * A metric whose value is not known is not written. A zero always means that it was counted, and found to be none.
 */

export type MetricKind = 'gauge' | 'counter' | 'histogram';

export interface Metric {
  readonly group: 'safety' | 'money' | 'quotes' | 'feed' | 'api and host';
  readonly kind: MetricKind;
  readonly help: string;
  readonly labels: readonly string[];
  /** The supervisor's own: written also while no trader lives. */
  readonly isHouse?: true;
}

const metric = (group: Metric['group'], kind: MetricKind, help: string, labels: readonly string[] = []): Metric => ({
  ...{ group, kind, help, labels },
});
const house = (kind: MetricKind, help: string, labels: readonly string[] = []): Metric => ({
  ...metric('safety', kind, help, labels),
  isHouse: true,
});

export const METRICS = {
  kmm_up: house('gauge', '1 while a trader lives and has told its numbers within 10 s, else 0'),
  kmm_build_info: house('gauge', 'Always 1; the labels say which kmm runs where', ['version', 'env']),
  kmm_restarts_total: house('counter', 'Times that the supervisor has started the trader again'),
  kmm_heartbeat_timestamp_seconds: house('gauge', 'Unix time at which the trader last showed a new turn'),
  kmm_armed: metric('safety', 'gauge', '1 while production is armed, else 0; production alone has it'),
  kmm_halt: metric('safety', 'gauge', '1 for each halt that is on; none is written for one that is off', [
    'name',
    'scope',
  ]),
  kmm_orders_unknown: metric('safety', 'gauge', 'Orders of unknown fate'),
  kmm_exposure_dollars: metric('safety', 'gauge', 'What fills the limit of this scope, at its worst', ['scope']),
  kmm_limit_dollars: metric('safety', 'gauge', 'The limit of this scope', ['scope']),
  kmm_reconcile_difference_dollars: metric(
    'safety',
    'gauge',
    'Cash by the last statement of the exchange that may be compared, less cash by the ledger',
  ),
  kmm_lease_remaining_seconds: metric(
    'safety',
    'gauge',
    'Until the last order of ours expires by itself; absent while nothing rests',
  ),
  kmm_pnl_realized_dollars: metric('money', 'gauge', 'Realized profit of the ledger, before fees'),
  kmm_pnl_unrealized_dollars: metric('money', 'gauge', 'Unrealized profit at the exit mark'),
  kmm_fees_dollars_total: metric('money', 'counter', 'Fees charged, of the ledger'),
  kmm_position_contracts: metric('money', 'gauge', 'Contracts held: + YES, - NO', ['ticker']),
  kmm_fill_markout_dollars: metric('money', 'gauge', 'Mean markout a contract at 1, 10 and 60 s after our fills', [
    'horizon',
  ]),
  kmm_fee_drift_dollars: metric('money', 'gauge', 'Fees charged less fees predicted, of all sessions'),
  kmm_orders_total: metric('quotes', 'counter', 'Answers to what was asked of orders, of this session', [
    'action',
    'outcome',
  ]),
  kmm_fills_total: metric('quotes', 'counter', 'Fills of this session', ['side']),
  kmm_quote_uptime_ratio: metric(
    'quotes',
    'gauge',
    'Share of the last minute in which the open markets that are followed were quoted on both sides',
  ),
  kmm_quote_age_seconds: metric(
    'quotes',
    'gauge',
    'Since the price or size of any quote in this market was last changed; absent where none rests',
    ['ticker'],
  ),
  kmm_spread_cents: metric('quotes', 'gauge', 'Our ask less our bid, where both rest', ['ticker']),
  kmm_fair_value_probability: metric('quotes', 'gauge', 'Fair value of YES, 0 to 1', ['ticker']),
  kmm_model_age_seconds: metric(
    'quotes',
    'gauge',
    'Age of the newest data that the forecasts of this source stand on; absent while it says nothing',
    ['model'],
  ),
  kmm_brier: metric(
    'quotes',
    'gauge',
    'Brier score of all that this model said in this series at times to close fixed beforehand, of the last honesty.history_days at most; absent until markets have settled',
    ['model', 'series'],
  ),
  kmm_book_age_seconds: metric('feed', 'gauge', 'Since the last message about this book', ['ticker']),
  kmm_ws_gaps_total: metric('feed', 'counter', 'Times that a book lost its continuity'),
  kmm_ws_reconnects_total: metric('feed', 'counter', 'Connections of the stream after the first'),
  kmm_tape_dropped_total: metric('feed', 'counter', 'Records that the tape has lost'),
  kmm_reference_age_seconds: metric('feed', 'gauge', 'Since the last value of this index', ['feed']),
  kmm_request_duration_seconds: metric(
    'api and host',
    'histogram',
    'From a request to its answer, or to our giving up; by method and path without ids',
    ['endpoint', 'outcome'],
  ),
  kmm_tokens: metric('api and host', 'gauge', 'What is left of a token bucket, 0 to 1', ['bucket']),
  kmm_read_lag_seconds: metric('api and host', 'gauge', 'How old the last statement of the exchange said that it was'),
  kmm_clock_offset_seconds: metric('api and host', 'gauge', "The exchange's clock less ours"),
  kmm_loop_lag_seconds: metric('api and host', 'gauge', 'Longest wait of the event loop since the last report'),
  kmm_turn_duration_seconds: metric('api and host', 'histogram', 'Work of one turn, its commit included'),
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;

/** Tickers that a metric is written for. */
export const TICKERS_MAX = 200;
