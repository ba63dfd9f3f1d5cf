/** E-4, A-FR2.5: what models said and what came, in the database for good. */
import { describe, expect, it } from 'vitest';
import type { EstimateNote } from '../../../src/lib/adapters/store/estimate-rows.ts';
import type { JournalFile } from '../../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import type { MarketStatusChanged } from '../../../src/lib/core/events.ts';
import { centicents, epochMs } from '../../../src/lib/core/units.ts';
import { begun, databasePath, START, T0 } from '../../support/journal.ts';

const ACCOUNT = START.account;
const ever = (journal: JournalFile) => journal.money.estimates.settled(ACCOUNT, epochMs(0));

function note(more: Partial<EstimateNote> = {}): EstimateNote {
  return {
    ...{ ticker: 'KXE-1', event: 'KXE', series: 'KX', closeAt: epochMs(T0 + 60_000), model: 'micro', horizonS: 60 },
    ...{ at: T0, probability: 0.42, standardError: 0.01, midDoubled: 8_300, ...more },
  };
}

function heard(more: Partial<MarketStatusChanged>): MarketStatusChanged {
  return { type: 'market_status_changed', at: epochMs(T0 + 70_000), ticker: 'KXE-1', status: 'determined', ...more };
}

function opened(notes: readonly EstimateNote[] = [note()]) {
  const { journal } = begun(databasePath());
  expect(journal.money.estimates.note(ACCOUNT, notes)).toBeUndefined();
  const hear = (event: MarketStatusChanged) => {
    journal.recordEvent(event);
    journal.flush();
  };
  return { journal, rows: journal.money.estimates, hear };
}

describe('estimates', () => {
  it('are one a market, model and time to close: what was said first stands', () => {
    const { journal, rows, hear } = opened();
    rows.note(ACCOUNT, [
      note({ probability: 0.99 }),
      note({ model: 'average', probability: 0.5 }),
      note({ horizonS: 30 }),
    ]);
    expect(ever(journal)).toEqual([]);
    hear(heard({ result: 'yes' }));
    const found = ever(journal).map(({ model, horizonS, probability, value }) => [model, horizonS, probability, value]);
    expect(found).toEqual([
      ['average', 60, 0.5, 10_000],
      ['micro', 30, 0.42, 10_000],
      ['micro', 60, 0.42, 10_000],
    ]);
  });

  it('wait for a result, which a status without one is not; what is said of other markets is nothing to them', () => {
    const { journal, rows, hear } = opened();
    hear(heard({ status: 'inactive' }));
    hear(heard({ ticker: 'KXOTHER-1', result: 'no' }));
    expect(rows.awaited(ACCOUNT)).toEqual([{ ticker: 'KXE-1', closeAt: T0 + 60_000 }]);
    expect(rows.awaited('another')).toEqual([]);
    hear(heard({ result: 'no' }));
    expect(rows.awaited(ACCOUNT)).toEqual([]);
    expect(ever(journal)).toMatchObject([{ value: 0, settledAt: T0 + 70_000 }]);
  });

  it('take a result that was amended later, and none that is older', () => {
    const { journal, hear } = opened();
    hear(heard({ result: 'no' }));
    hear(heard({ result: 'yes', at: epochMs(T0 + 90_000) }));
    hear(heard({ result: 'no', at: epochMs(T0 + 80_000) }));
    expect(ever(journal)).toMatchObject([{ value: 10_000, settledAt: T0 + 90_000 }]);
  });

  it('keep what a scalar paid, and that a void market paid nothing that can be told', () => {
    const { journal, hear } = opened([note(), note({ ticker: 'KXE-2' })]);
    hear(heard({ result: 'scalar', settlementValue: centicents(3_100) }));
    hear(heard({ result: 'void', ticker: 'KXE-2' }));
    expect(ever(journal)).toMatchObject([{ value: 3_100 }, { value: null }]);
  });

  it('follow a close that is moved', () => {
    const { rows } = opened();
    rows.note(ACCOUNT, [note({ horizonS: 30, closeAt: epochMs(T0 + 90_000) })]);
    expect(rows.awaited(ACCOUNT)).toEqual([{ ticker: 'KXE-1', closeAt: T0 + 90_000 }]);
  });

  it('that are no chance are refused whole, and nothing of them is kept', () => {
    const { rows } = opened([]);
    for (const bad of [{ probability: 1.2 }, { probability: Number.NaN }, { standardError: -1 }]) {
      const problem = rows.note(ACCOUNT, [note({ ticker: 'KXE-9' }), note(bad)]);
      expect(problem).toBeInstanceOf(StoreProblem);
    }
    expect(rows.awaited(ACCOUNT)).toEqual([]);
  });
});
