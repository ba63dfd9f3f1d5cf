/** What markets decided: never in a turn's commit, with the next flush, small, and kept for a week. */
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { JournalHistory } from '../../../src/lib/adapters/store/journal-history.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { begun, commit, create, databasePath, openedJournal, START, T0 } from '../../support/journal.ts';

const DAY_MS = 86_400_000;
const row = (turn: number, ticker = 'KX-1', at = T0 + turn) => ({
  ticker,
  turn,
  at: epochMs(at),
  decision: `[${turn}]`,
});

function historyIn(path: string): JournalHistory {
  const history = JournalHistory.open(path, 'sim');
  if (history instanceof StoreProblem) throw history;
  return history;
}

describe('decisions', () => {
  it('wait for a flush of their own: the commit that an order waits for does not carry them', () => {
    const path = databasePath();
    const { journal } = begun(path);
    const history = historyIn(path);
    journal.recordDecision(row(1));
    commit(journal, 2, create(1));
    expect(history.decisionAt(1, 'KX-1', epochMs(T0 + 5))).toBeUndefined();
    journal.flushDecisions();
    expect(history.decisionAt(1, 'KX-1', epochMs(T0 + 5))).toEqual(row(1));
    for (let turn = 10; turn < 10 + 512; turn++) journal.recordDecision(row(turn));
    expect(history.decisionAt(1, 'KX-1', epochMs(T0 + 1_000))?.turn).toBe(521);
    journal.recordDecision(row(600));
    journal.endSession(epochMs(T0 + 700));
    expect(history.markets(1)).toEqual([{ ticker: 'KX-1', firstAt: T0 + 1, lastAt: T0 + 600 }]);
    history.close();
    journal.close();
  });

  it('are found by market and moment, the last turn of a moment first', () => {
    const path = databasePath();
    const { journal } = begun(path);
    for (const one of [row(1), row(2, 'KX-1', T0 + 1), row(3, 'KX-2'), row(4)]) journal.recordDecision(one);
    journal.flushDecisions();
    const history = historyIn(path);
    const turnAt = (ticker: string, ms: number) => history.decisionAt(1, ticker, epochMs(T0 + ms))?.turn;
    expect([turnAt('KX-1', 0), turnAt('KX-1', 1), turnAt('KX-1', 3), turnAt('KX-1', 9)]).toEqual([undefined, 2, 2, 4]);
    expect([turnAt('KX-2', 9), turnAt('KX-3', 9)]).toEqual([3, undefined]);
    expect(history.markets(1).map(({ ticker }) => ticker)).toEqual(['KX-1', 'KX-2']);
    history.close();
    journal.close();
  });

  it('of one market and one flush are one row that is a fraction of its text, and each is found in it', () => {
    const path = databasePath();
    const { journal } = begun(path);
    const decision = (turn: number) =>
      JSON.stringify([
        1,
        'quote',
        0,
        0,
        turn,
        [6700 + turn, 9900, 7200, 400],
        ['kept', `kept: 0.${turn} ¢ < 1.2 ¢`, 1],
      ]);
    for (let turn = 1; turn < 20; turn++) journal.recordDecision({ ...row(turn), decision: decision(turn) });
    journal.flushDecisions();
    const history = historyIn(path);
    for (let turn = 1; turn < 20; turn++) {
      expect(history.decisionAt(1, 'KX-1', epochMs(T0 + turn))).toEqual({ ...row(turn), decision: decision(turn) });
    }
    const database = new Database(path, { readonly: true });
    const rows = database.prepare<[], number>('SELECT length(decision) FROM decisions').pluck().all();
    database.close();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toBeLessThan((19 * decision(1).length) / 4);
    history.close();
    journal.close();
  });

  it('of a session that runs for longer than a week are taken away market by market, and that is said', () => {
    const path = databasePath();
    const { journal } = begun(path);
    for (const ticker of ['KX-1', 'KX-2']) {
      for (const day of [0, 3]) {
        journal.recordDecision(row(day + 1, ticker, T0 + day * DAY_MS));
        journal.flushDecisions();
      }
    }
    const history = historyIn(path);
    const firsts = () => history.markets(1).map(({ firstAt }) => (firstAt - T0) / DAY_MS);
    const seen = [1, 2, 3, 4].map(() => {
      journal.pruneDecisions(epochMs(T0 + 8 * DAY_MS));
      return firsts();
    });
    // The third time round it finds that there is no market more, the fourth begins anew.
    expect(seen).toEqual([
      [3, 0],
      [3, 3],
      [3, 3],
      [3, 3],
    ]);
    expect(history.prunedUntil()).toBe(T0 + DAY_MS);
    history.close();
    journal.close();
  });

  it('of sessions that were over a week ago are taken away at the next start, and that is said', () => {
    const path = databasePath();
    const days = [0, 2, 8.5, 9.5];
    for (const [index, day] of days.entries()) {
      const journal = openedJournal(path);
      journal.beginSession({ ...START, startedAt: epochMs(T0 + day * DAY_MS) });
      journal.recordDecision(row(index, 'KX-1', T0 + day * DAY_MS));
      journal.flushDecisions();
      journal.close();
    }
    const history = historyIn(path);
    // The second began two days in, and went on until the third began: it was not over a week before the last start.
    expect(days.map((_, index) => history.markets(index + 1).length)).toEqual([0, 1, 1, 1]);
    expect(history.prunedTo()).toBe(1);
    history.close();
  });
});
