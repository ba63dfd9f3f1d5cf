import { describe, expect, it } from 'vitest';
import type { Access } from '../../../src/lib/app/config/access.ts';
import { prepareHome } from '../../../src/lib/app/config/home.ts';
import type { KillReport } from '../../../src/lib/app/kill/kill-report.ts';
import { tellKill } from '../../../src/lib/app/kill/tell-kill.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { begun, openedJournal, T0 } from '../../support/journal.ts';
import { placesIn } from '../../support/keys.ts';
import { tempDir } from '../../support/temp-dir.ts';

const REPORT: KillReport = {
  ...{ type: 'kill', schemaVersion: 1, env: 'sim', scope: 'account', covers: ['*'], isLatching: true, isLatched: true },
  ...{ latchedIn: 'database', isSwept: true, groupsTriggered: 0, orders: [] },
  ...{ cancelledById: 0, isConfirmed: true, isExchangeGone: false, resting: [], firstCancelMs: 1, confirmedMs: 9 },
  notes: [],
};

/** What is queued after these kills, oldest first. */
function queuedAfter(...reports: readonly KillReport[]): string[] {
  const access = placesIn(tempDir(), 'sim') as Access;
  prepareHome(access.home);
  begun(access.home.database).journal.close();
  for (const [second, report] of reports.entries()) tellKill(access, report, 'by hand', T0 + second);
  const journal = openedJournal(access.home.database, 'guest');
  const told = journal.toldAlerts(epochMs(0)).map(({ priority, change, key }) => `${priority} ${change} ${key}`);
  journal.close();
  return told;
}

describe('a kill (I14)', () => {
  it('is queued for the operator though no trader runs, once', () => {
    expect(queuedAfter(REPORT, REPORT)).toEqual(['critical raised halt KILLED *']);
  });

  it('that is not confirmed is told, and its end when a later one is', () => {
    expect(queuedAfter({ ...REPORT, isConfirmed: false, isLatched: false }, REPORT)).toEqual([
      'critical raised kill unconfirmed',
      'critical raised halt KILLED *',
      'critical cleared kill unconfirmed',
    ]);
  });
});
