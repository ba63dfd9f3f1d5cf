/** What `kmm db check` has found, a line each. */
import type { Glyphs } from '../../format.ts';
import type { DatabaseReport } from '../../lib/app/db/check-database.ts';

export function databaseLines(report: DatabaseReport, { cross }: Glyphs): readonly string[] {
  const { file, fault, version, newest, bytes, sessions, turns, tapesMissing } = report;
  const migration = version < newest ? `; kmm run brings it to ${newest}, and keeps a copy` : '';
  return [
    `${file}: version ${version}${migration}, ${bytes} bytes, ${sessions} sessions`,
    fault === null ? 'pages, indexes and references are whole' : `${cross} ${fault}`,
    ...(turns === null ? [] : [`the chain of ${turns} turns is whole`]),
    ...(tapesMissing.length === 0 ? [] : [`! ${tapesMissing.length} tapes are gone, the last ${tapesMissing.at(-1)}`]),
  ];
}
