/** What our own journal says may still rest at the exchange. */
import { existsSync } from 'node:fs';
import { openJournal } from '../adapters/store/journal.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import { epochMs } from '../core/units.ts';
import type { Access } from './config/access.ts';

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
