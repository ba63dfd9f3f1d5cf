/**
 * The database's version 5: money beside fills. What else moved cash, what a fill was worth later, what models said and what
 * came of it, what was charged against what was to be, when ledger and exchange agreed, and who has been told of what.
 */
export const MONEY_TABLES = `
  CREATE INDEX orders_by_order_id ON orders (account, order_id) WHERE order_id IS NOT NULL;

  CREATE TABLE markets (
    ticker TEXT PRIMARY KEY,
    event_ticker TEXT NOT NULL,
    series_ticker TEXT NOT NULL,
    shard INTEGER NOT NULL,
    title TEXT NOT NULL,
    is_exclusive INTEGER NOT NULL,
    close_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE market_rules (
    ticker TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    series_ticker TEXT NOT NULL,
    rules TEXT,
    strike TEXT NOT NULL,
    reads TEXT,
    PRIMARY KEY (ticker, seen_at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rules_by_series ON market_rules (series_ticker, seen_at);

  CREATE INDEX fills_by_market ON fills (account, ticker);
  CREATE INDEX fills_by_time ON fills (account, at);

  CREATE TABLE cash_entries (
    account TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    session INTEGER REFERENCES sessions,
    kind TEXT NOT NULL CHECK (kind IN ('deposit', 'withdrawal', 'transfer', 'incentive', 'adjustment')),
    shard INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    label TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, entry_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE fee_checks (
    account TEXT NOT NULL,
    trade_id TEXT NOT NULL,
    ticker TEXT NOT NULL,
    series_ticker TEXT,
    size INTEGER NOT NULL,
    predicted INTEGER,
    charged INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('agreed', 'doubted', 'differs', 'unpredictable')),
    reason TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, trade_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX fee_checks_that_differ ON fee_checks (account, at) WHERE verdict = 'differs';

  CREATE TABLE fill_marks (
    account TEXT NOT NULL,
    trade_id TEXT NOT NULL,
    horizon_ms INTEGER NOT NULL,
    mid_doubled INTEGER NOT NULL,
    fair INTEGER,
    model TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, trade_id, horizon_ms)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE estimated_markets (
    account TEXT NOT NULL,
    ticker TEXT NOT NULL,
    event_ticker TEXT NOT NULL,
    series_ticker TEXT NOT NULL,
    close_at INTEGER NOT NULL,
    result TEXT CHECK (result IN ('yes', 'no', 'scalar', 'void')),
    value INTEGER,
    settled_at INTEGER,
    PRIMARY KEY (account, ticker)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX estimated_markets_without_result ON estimated_markets (account, close_at) WHERE result IS NULL;

  CREATE TABLE estimates (
    account TEXT NOT NULL,
    ticker TEXT NOT NULL,
    model TEXT NOT NULL,
    horizon_s INTEGER NOT NULL,
    at INTEGER NOT NULL,
    probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1),
    standard_error REAL NOT NULL CHECK (standard_error >= 0),
    mid_doubled INTEGER,
    PRIMARY KEY (account, ticker, model, horizon_s)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX estimates_by_time ON estimates (account, at);

  CREATE TABLE market_samples (
    session INTEGER NOT NULL REFERENCES sessions,
    ticker TEXT NOT NULL,
    at INTEGER NOT NULL,
    mid_doubled INTEGER,
    bid INTEGER,
    ask INTEGER,
    exit_bid INTEGER,
    exit_ask INTEGER,
    position INTEGER NOT NULL,
    unrealized INTEGER NOT NULL,
    realized INTEGER NOT NULL,
    fees INTEGER NOT NULL,
    latency_us INTEGER,
    PRIMARY KEY (ticker, at, session)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE reconciliations (
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    session INTEGER REFERENCES sessions,
    occasion TEXT NOT NULL CHECK (occasion IN ('running', 'end', 'asked')),
    cash TEXT NOT NULL,
    positions TEXT NOT NULL,
    differences TEXT NOT NULL,
    PRIMARY KEY (account, at)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE account_samples (
    session INTEGER NOT NULL REFERENCES sessions,
    at INTEGER NOT NULL,
    cash INTEGER NOT NULL,
    realized INTEGER NOT NULL,
    unrealized INTEGER NOT NULL,
    fees INTEGER NOT NULL,
    worst_loss INTEGER NOT NULL,
    resting INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    PRIMARY KEY (session, at)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE risk_marks (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE alert_deliveries (
    alert INTEGER NOT NULL,
    channel TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0,
    claimed_until INTEGER NOT NULL DEFAULT 0,
    delivered_at INTEGER,
    parked_at INTEGER,
    problem TEXT,
    PRIMARY KEY (alert, channel)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alert_deliveries_waiting ON alert_deliveries (channel, alert)
    WHERE delivered_at IS NULL AND parked_at IS NULL;
  CREATE INDEX alert_deliveries_sent ON alert_deliveries (channel, delivered_at);
`;
