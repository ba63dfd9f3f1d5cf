/** Kept runs, a line each, and as a record. */
import { dateTimeText, dollarsText, type Glyphs, type Zone } from '../../format.ts';
import type { ListedRun } from '../../lib/app/backtest/read-runs.ts';
import { type EpochMs, formatMoney } from '../../lib/core/units.ts';
import type { TextColumn } from '../text-table.ts';

export function runColumns(zone: Zone, signs: Glyphs): readonly TextColumn<ListedRun>[] {
  const right = { align: 'right' } as const;
  const left = { align: 'left' } as const;
  const first = (run: ListedRun) => (run.kind === 'run' ? run.results[0] : undefined);
  return [
    { title: 'RUN', ...left, leaves: 0, cell: ({ id }) => id },
    { title: 'KEPT', ...left, leaves: 3, cell: ({ keptAt }) => dateTimeText(Math.floor(keptAt) as EpochMs, zone) },
    { title: 'STRATEGY', ...left, leaves: 0, cell: (run) => first(run)?.job.parameters.strategy ?? signs.dash },
    { title: 'MARKETS', ...right, leaves: 2, cell: (run) => String(first(run)?.markets.length ?? signs.dash) },
    {
      ...{ title: 'NET $', ...left, leaves: 0, shrinks: { good: 30, least: 12 } },
      cell: (run) =>
        run.kind === 'unreadable'
          ? run.problem
          : run.results
              .map(
                ({ job, totals, isPartial }) =>
                  `${job.fill.mode.slice(0, 4)} ${dollarsText(totals.net)}${isPartial ? ' (partial)' : ''}`,
              )
              .join(', '),
    },
  ];
}

export function listRecord(folder: string, runs: readonly ListedRun[]) {
  return {
    ...{ type: 'backtests' as const, folder },
    runs: runs.map((run) =>
      run.kind === 'unreadable'
        ? { run: run.id, keptAt: timeOf(run.keptAt), problem: run.problem, strategy: null, bands: [] }
        : {
            ...{ run: run.id, keptAt: timeOf(run.keptAt), problem: null },
            strategy: run.results[0]?.job.parameters.strategy ?? null,
            bands: run.results.map(({ runId, job, totals, isPartial, markets }) => ({
              ...{ runId, mode: job.fill.mode, netDollars: formatMoney(totals.net), fills: totals.fills, isPartial },
              markets: markets.length,
            })),
          },
    ),
  };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
