/** A first summary of a backtest: its bands side by side, and what they believe. */
import { dollarsText, type Glyphs } from '../format.ts';
import type { BacktestResult } from '../lib/core/backtest/result.ts';
import { type Centicontracts, formatSize, type Microdollars } from '../lib/core/units.ts';

export function backtestSummary(results: readonly BacktestResult[], signs: Glyphs): readonly string[] {
  const [first] = results;
  if (first === undefined) return [];
  const { totals, markets, assumptions, notes, gaps } = first;
  const rows: readonly (readonly [string, (result: BacktestResult) => string])[] = [
    ['net', ({ totals: { net } }) => dollarsText(net)],
    ['fees', ({ totals: { fees } }) => dollarsText(fees)],
    ['spread', ({ totals: { split } }) => halves(split.spread)],
    ['markout 10 s', ({ totals: { split } }) => halves(split.horizons[1]?.markout ?? 0)],
    ['residual', ({ totals: { split } }) => halves(split.horizons[1]?.residual ?? 0)],
    ['fills', ({ totals: { fills } }) => String(fills)],
    ['contracts', ({ totals: { contracts } }) => formatSize(contracts as Centicontracts)],
    ['drawdown', ({ totals: { drawdown } }) => dollarsText(drawdown)],
    ['run', ({ runId }) => runId],
  ];
  const cell = (text: string) => text.padStart(18);
  return [
    `${markets.length} markets, ${totals.frames} records, strategy ${first.job.parameters.strategy}`,
    `${''.padEnd(14)}${results.map(({ job }) => cell(job.fill.mode)).join('')}`,
    ...rows.map(([name, of]) => `${name.padEnd(14)}${results.map((result) => cell(of(result))).join('')}`),
    'believed, not known:',
    ...assumptions.map((text) => `  ${text}`),
    ...gaps.map(({ ticker, reason }) => `  ${ticker}: ${reason}`),
    ...notes.map((text) => `  ${text}`),
    ...results.flatMap(({ failure, job }) =>
      failure === undefined
        ? []
        : [
            `${job.fill.mode} ended early at turn ${failure.turn}, ${new Date(failure.at).toISOString()}: ${failure.message}`,
          ],
    ),
    ...(results.some(({ isPartial }) => isPartial) ? [`${signs.dash} partial results were kept`] : []),
  ];
}

function halves(half: number): string {
  return dollarsText(Math.round(half / 2) as Microdollars);
}
