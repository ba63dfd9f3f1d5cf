/** Clears the halts that outlive processes; what `kmm resume` does. */
import { existsSync } from 'node:fs';
import { openJournal } from '../adapters/store/journal.ts';
import type { Latch } from '../adapters/store/latches.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import { epochMs } from '../core/units.ts';
import type { Access } from './config/access.ts';
import { KmmError, kmmError } from './errors/errors.ts';
import { operatorName } from './operator.ts';

/** Gives what was cleared. Throws KMM_USAGE for a halt that is not on, KMM_DB_*, KMM_JOURNAL. */
export function clearLatches({ env, home }: Access, name: string | undefined): readonly Latch[] {
  if (!existsSync(home.database)) return [];
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  try {
    const latched = journal.latches();
    const wanted = latched.filter((latch) => name === undefined || latch.name === name);
    if (name !== undefined && wanted.length === 0) {
      const present = latched.map((latch) => latch.name).join(', ') || 'none';
      throw new KmmError('KMM_USAGE', `no halt ${name} is latched in ${env}; there are: ${present}`);
    }
    for (const latch of wanted) {
      const problem = journal.clearLatch(latch.name, latch.scope, operatorName(), epochMs(Date.now()));
      if (problem !== undefined) throw kmmError(problem);
    }
    return wanted;
  } finally {
    journal.close();
  }
}
