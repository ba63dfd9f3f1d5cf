/** Results that are told otherwise while a session runs: what is held of models afterwards is what a new start would find. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { StandingWatch } from '../../../src/lib/app/honesty/standing-watch.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import type { Standing } from '../../../src/lib/core/honesty/standing.ts';
import { centicents, epochMs } from '../../../src/lib/core/units.ts';
import { compose } from '../../support/composed-account.ts';
import { databasePath, openedJournal, START, T0 } from '../../support/journal.ts';

const COUNT = 40;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const tickerOf = (n: number) => `KXE-${n}`;
const SETTINGS = { calibrationErrorMax: 0.05, historyMs: 90 * DAY_MS, since: {} };

/** Forty markets of which .55 was said and all came false, each filled once at 50 c and paid; or not paid yet. */
function bench(isPaid = true) {
  const path = databasePath();
  const closes = Array.from({ length: COUNT }, (_, n) => T0 - (COUNT - n) * 15 * MINUTE_MS);
  const { account } = START;
  compose(path, {
    markets: closes.map((close_at, n) => ({
      ...{ ticker: tickerOf(n), event_ticker: tickerOf(n), series_ticker: 'KXE', close_at },
    })),
    estimated_markets: closes.map((close_at, n) => ({
      ...{ account, ticker: tickerOf(n), event_ticker: tickerOf(n), series_ticker: 'KXE', close_at },
      ...{ result: 'no', value: 0, settled_at: close_at + MINUTE_MS },
    })),
    estimates: closes.map((close_at, n) => ({
      ...{ account, ticker: tickerOf(n), horizon_s: 60, at: close_at - MINUTE_MS, probability: 0.55 },
    })),
    fills: closes.map((close_at, n) => ({
      ...{ account, trade_id: `t-${n}`, ticker: tickerOf(n), price: 5_000, size: 1_000, at: close_at - MINUTE_MS },
    })),
    fill_marks: closes.map((_, n) => ({
      account,
      trade_id: `t-${n}`,
      horizon_ms: 0,
      mid_doubled: 10_400,
      fair: 5_500,
    })),
    settlements: isPaid
      ? closes.map((close_at, n) => ({
          ...{ account, ticker: tickerOf(n), value: 0, result: 'no', settled_at: close_at + MINUTE_MS },
        }))
      : [],
  });
  const journal = openedJournal(path);
  onTestFinished(() => journal.close());
  journal.beginSession(START);
  const told: Standing[] = [];
  let now = T0;
  const watchOf = (emit: (event: EngineEvent) => void) =>
    new StandingWatch({
      ...{ engine: undefined as never, clock: { now: () => now } as never, account, journal, settings: SETTINGS },
      ...{ results: { read: async () => [] }, hasReadsToSpare: () => false },
      emit,
      warn: (text) => expect.unreachable(text),
    });
  const watch = watchOf((event) => {
    if (event.type === 'standing') told.push(...event.standings);
  });
  watch.start();
  /** The journal hears it, and time passes. */
  const hear = (...events: EngineEvent[]) => {
    for (const event of events) journal.recordEvent(event);
    journal.flush();
    pass(10_000);
  };
  const pass = (ms: number) => {
    now = epochMs(now + ms);
    // One group a tick, after the look that finds it due.
    for (let n = 0; n < 3; n += 1) watch.tick(now);
  };
  const determined = (n: number, result: 'yes' | 'no' | 'void'): EngineEvent => ({
    ...{ type: 'market_status_changed', at: now, ticker: tickerOf(n), status: 'determined', result },
  });
  const paid = (n: number, result: 'yes' | 'no'): EngineEvent => ({
    ...{ type: 'settlement', at: now, ticker: tickerOf(n), settledAt: now, result },
    value: centicents(result === 'yes' ? 10_000 : 0),
  });
  const anew = () => {
    const fresh = watchOf(() => {});
    fresh.start();
    return fresh;
  };
  const newsOf = (event: EngineEvent) => {
    journal.recordEvent(event);
    journal.flush();
    return journal.money.estimates.results.takeTold();
  };
  return { told, watch, hear, pass, determined, paid, anew, newsOf };
}

const standings = (of: StandingWatch) => of.judged().map(({ standing }) => standing);

describe('a result that is amended while a session runs', () => {
  it('corrects what was counted of its market, in what was said and in what was filled, and counts once', () => {
    const { told, watch, hear, determined, paid, anew } = bench();
    expect(told).toMatchObject([{ events: COUNT, drift: 'down', benched: expect.stringContaining('drift') }]);
    const right = Array.from({ length: 22 }, (_, n) => ((n * 2) % COUNT) + (n >= 20 ? 1 : 0));
    hear(...right.map((n) => determined(n, 'yes')));
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({ events: COUNT, drift: 'none' });
    const [judged] = watch.judged();
    expect(judged?.brier).toBeCloseTo((22 * 0.45 ** 2 + 18 * 0.55 ** 2) / COUNT, 12);
    expect(standings(watch)).toEqual(standings(anew()));
    // Of what was filled the payment counts, which follows.
    const earned = told[1]?.bins;
    hear(...right.map((n) => paid(n, 'yes')));
    expect(told[2]?.bins).not.toEqual(earned);
    expect(told[2]?.bins).toMatchObject([{ from: 0.5, isOff: false, why: expect.stringContaining('fills earned') }]);
    expect(standings(watch)).toEqual(standings(anew()));
  });

  it('changes nothing where it is upheld', () => {
    const { told, hear, determined, paid } = bench();
    hear(determined(3, 'no'));
    hear(paid(3, 'no'));
    expect(told).toHaveLength(1);
  });

  it('is news once, however often its payment is listed', () => {
    const { newsOf, paid } = bench(false);
    const again = paid(3, 'no');
    expect([newsOf(again), newsOf(again), newsOf(paid(4, 'no'))]).toEqual([[tickerOf(3)], [], [tickerOf(4)]]);
  });

  it('takes out what is void in the end', () => {
    const { told, watch, hear, determined, anew } = bench(false);
    hear(determined(0, 'void'));
    expect(told.map(({ events }) => events)).toEqual([COUNT, COUNT - 1]);
    expect(standings(watch)).toEqual(standings(anew()));
  });
});

it('a model of which nothing counts any more is believed again, though nothing settles', () => {
  const { told, watch, pass } = bench();
  pass(80 * DAY_MS);
  expect(told).toHaveLength(1);
  pass(11 * DAY_MS);
  expect(told.at(-1)).toMatchObject({ events: 0, bins: [], drift: 'none', benched: null });
  expect(watch.judged()).toEqual([]);
});
