/** Tells a person that a report is there: one alert of low priority, delivered like any other (operator.md section 6). */
import { openJournal } from '../../adapters/store/journal.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { scrub } from '../keys/secret.ts';

/** Once per key. A sentence where it could not be queued: the report is there all the same. */
export function queueReportAlert(
  { database, env }: Home,
  { key, text, at }: { readonly key: string; readonly text: string; readonly at: EpochMs },
): string | undefined {
  const journal = openJournal({ path: database, env, access: 'guest', scrub });
  if (journal instanceof StoreProblem) return journal.message;
  try {
    return journal.queueAlerts([{ key, priority: 'low', change: 'raised', stage: '', text, at }])?.message;
  } finally {
    journal.close();
  }
}
