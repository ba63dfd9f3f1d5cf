/**
 * The database's version 6: what the gates of promotion look at. Looks at the data behind quotes by session and hour, what was
 * at risk in each event at times to close that were fixed beforehand, and what each kill proved.
 */
export const EVIDENCE_TABLES = `
  CREATE TABLE data_ages (
    session INTEGER NOT NULL REFERENCES sessions,
    hour INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('any', 'book', 'reference', 'forecast', 'parameters')),
    looks INTEGER NOT NULL,
    old INTEGER NOT NULL,
    age_ms_max INTEGER NOT NULL,
    PRIMARY KEY (session, hour, kind)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE event_tails (
    account TEXT NOT NULL,
    event_ticker TEXT NOT NULL,
    horizon_s INTEGER NOT NULL,
    at INTEGER NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('pmf', 'worst')),
    value_at_risk INTEGER NOT NULL,
    shortfall INTEGER NOT NULL,
    worst INTEGER NOT NULL,
    if_no INTEGER NOT NULL,
    positions TEXT NOT NULL,
    PRIMARY KEY (account, event_ticker, horizon_s)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX event_tails_by_time ON event_tails (account, at);

  CREATE TABLE kills (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('account', 'own')),
    covers TEXT NOT NULL,
    orders INTEGER NOT NULL,
    first_cancel_ms INTEGER NOT NULL,
    confirmed_ms INTEGER,
    is_exchange_gone INTEGER NOT NULL
  ) STRICT;
`;
