/** How far models are believed by what the journal of an environment has of them: as its next session would tell its engine. */
import { existsSync } from 'node:fs';
import { counted, judgedModels, keyOf, type ModelRows } from '../../core/honesty/judged.ts';
import type { Standing, StandingRules } from '../../core/honesty/standing.ts';
import { type ToldModel, toldModel } from '../../core/honesty/verdict.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Configuration } from '../config/config.ts';
import { type HonestySettings, standingRules } from '../config/honesty.ts';
import { accountOf, presentOf, withSources } from '../report/report-account.ts';
import { estimateRowOf, filledRowOf } from './rows.ts';

type Place = Pick<Configuration, 'home'> & { readonly honesty: HonestySettings };

/** Of the account whose session was the last. Throws KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export async function knownStandings(place: Place, now: EpochMs): Promise<readonly Standing[]> {
  const known = await knownRows(place, now);
  return known === undefined ? [] : judgedModels(known.rows, known.rules).map(({ standing }) => standing);
}

/** The same for people: since when, and on how much, by model and series. Throws as `knownStandings`. */
export async function knownModels(place: Place, wall: number): Promise<readonly ToldModel[]> {
  const known = await knownRows(place, await presentOf(place.home, wall));
  if (known === undefined) return [];
  const { rows, rules } = known;
  const [said, bets] = [Map.groupBy(rows.estimates, keyOf), Map.groupBy(rows.filled, keyOf)];
  return [...new Set([...said.keys(), ...bets.keys()])].sort().flatMap((key) => {
    const own = counted({ estimates: said.get(key) ?? [], filled: bets.get(key) ?? [] }, rules);
    return toldModel(own, rules) ?? [];
  });
}

/** Undefined: no session has run here. */
async function knownRows({ home, honesty }: Place, now: EpochMs) {
  if (!existsSync(home.database)) return undefined;
  return withSources(home, ({ rows }): { readonly rows: ModelRows; readonly rules: StandingRules } | undefined => {
    const sessions = rows.sessions();
    if (sessions.length === 0) return undefined;
    const account = accountOf(sessions, {});
    const rules = standingRules(honesty, now);
    const span = { from: epochMs(rules.from), to: epochMs(now + 1) };
    return {
      rows: {
        estimates: rows.settledEstimates(account, span).flatMap((row) => estimateRowOf(row) ?? []),
        filled: rows.filledEstimates(account, span).flatMap((row) => filledRowOf(row) ?? []),
      },
      rules,
    };
  });
}
