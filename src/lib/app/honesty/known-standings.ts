/** How far models are believed by what the journal of an environment has of them: as its next session would tell its engine. */
import { existsSync } from 'node:fs';
import { judgedModels } from '../../core/honesty/judged.ts';
import type { Standing } from '../../core/honesty/standing.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Configuration } from '../config/config.ts';
import { standingRules } from '../config/honesty.ts';
import { accountOf, withSources } from '../report/report-account.ts';
import { estimateRowOf, filledRowOf } from './rows.ts';

/** Of the account whose session was the last. Throws KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export async function knownStandings(
  { home, honesty }: Pick<Configuration, 'home' | 'honesty'>,
  now: EpochMs,
): Promise<readonly Standing[]> {
  if (!existsSync(home.database)) return [];
  return withSources(home, ({ rows }) => {
    const sessions = rows.sessions();
    if (sessions.length === 0) return [];
    const account = accountOf(sessions, {});
    const rules = standingRules(honesty, now);
    const span = { from: epochMs(rules.from), to: epochMs(now + 1) };
    const judged = judgedModels(
      {
        estimates: rows.settledEstimates(account, span).flatMap((row) => estimateRowOf(row) ?? []),
        filled: rows.filledEstimates(account, span).flatMap((row) => filledRowOf(row) ?? []),
      },
      rules,
    );
    return judged.map(({ standing }) => standing);
  });
}
