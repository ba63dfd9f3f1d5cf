/** What our own journal says may still rest at the exchange. */
import { existsSync } from 'node:fs';
import { openJournal } from '../adapters/store/journal.ts';
import type { OpenOrder } from '../adapters/store/journal-queries.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import { epochMs } from '../core/units.ts';
import type { Access } from './config/access.ts';

/** What may rest by the journal, now; none where it cannot be read. */
export function openOrdersOf({ env, home }: Pick<Access, 'env' | 'home'>): readonly OpenOrder[] {
  if (!existsSync(home.database)) return [];
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) return [];
  try {
    return journal.openOrders(epochMs(Date.now()));
  } catch {
    return [];
  } finally {
    journal.close();
  }
}

/** False only when the journal proves it. */
export function mayRest({ env, home }: Pick<Access, 'env' | 'home'>): boolean {
  if (!existsSync(home.database)) return false;
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  // A database that cannot be read proves nothing.
  if (journal instanceof StoreProblem) return true;
  try {
    return journal.openOrders(epochMs(Date.now())).length > 0;
  } catch {
    return true;
  } finally {
    journal.close();
  }
}
