/** Scores of forecasters as text: a table a horizon, and in words what may be concluded. */

import type { RecordedScore, SimulatedScore } from '../../lib/app/model/score.ts';
import type { HorizonScore } from '../../lib/app/model/score-average.ts';
import type { BlendModel } from '../../lib/core/honesty/blend-model.ts';
import type { Pit } from '../../lib/core/honesty/pit.ts';
import type { Estimate, RivalScore } from '../../lib/core/honesty/rivals.ts';
import type { SettledCheck } from '../../lib/core/honesty/settled-windows.ts';
import { type TextLayout, textTable } from '../text-table.ts';
import { figure, paragraph, spanText } from './model-figures.ts';

export function recordedScoreLines(score: RecordedScore, layout: TextLayout): readonly string[] {
  const { blend, series, markets } = score;
  const weight = figure(blend.weight, 3);
  const how =
    blend.how === 'named'
      ? `blend: the fitted weight ${weight}`
      : `blend: the weight is learned from the markets that had closed before each was asked about; ${weight} at the end`;
  return [
    ...paragraph(
      `${series}: ${markets} markets with strike and result; intervals are 95 %, a market is one observation`,
      layout.width,
    ),
    ...paragraph(how, layout.width),
    ...score.horizons.flatMap((one) => ['', ...horizonLines(one, layout)]),
    ...['', ...settledLines(score.settled, layout)],
  ];
}

export function simulatedScoreLines(
  { windows, seed, horizons }: SimulatedScore,
  layout: TextLayout,
): readonly string[] {
  return [
    ...paragraph(
      `${windows} windows of the simulated reference price, seed ${seed}; the volatility is learned from it`,
      layout.width,
    ),
    ...horizons.flatMap(({ seconds, rivals }) => ['', `T-${seconds} s`, ...rivalLines(rivals, layout)]),
  ];
}

function horizonLines(one: HorizonScore, layout: TextLayout): readonly string[] {
  const { seconds, markets, withBook, withSpot, scored, refusals, rivals, pit } = one;
  const head = seconds === null ? 'ALL HORIZONS' : `T-${seconds} s`;
  const why = Object.entries(refusals).map(([code, count]) => `${code} ${count}`);
  const few = rivals[0]?.isVerdict === false ? '; fewer than 30: no verdict' : '';
  const counts = `${head}: fresh book ${withBook}, fresh spot ${withSpot}, both ${scored} of ${markets} markets${few}`;
  return [
    ...paragraph(counts, layout.width),
    ...(why.length > 0 ? paragraph(`  model refused: ${why.join(', ')}`, layout.width) : []),
    ...(rivals.length > 0 ? rivalLines(rivals, layout) : ['  nothing to score']),
    ...(pit === null ? [] : paragraph(`  settlements in the model's forecast: ${pitText(pit)}`, layout.width)),
  ];
}

/** One line a forecaster; the last columns are what it is worse (+) or better (−) than the baseline. */
export function rivalLines(rivals: readonly RivalScore[], layout: TextLayout): readonly string[] {
  const { signs } = layout;
  const mean = (one: Estimate | null) => (one === null ? signs.dash : figure(one.mean, 4));
  const span = (one: Estimate | null) => (one === null ? signs.dash : spanText(one, 4, signs));
  return textTable<RivalScore>(
    [
      { title: '', align: 'left', leaves: 0, cell: ({ name }) => `  ${name}` },
      { title: 'BRIER', align: 'right', leaves: 0, cell: ({ brier }) => mean(brier) },
      { title: 'LOG-LOSS', align: 'right', leaves: 0, cell: ({ logLoss }) => mean(logLoss) },
      { title: '95 %', align: 'left', leaves: 4, cell: ({ logLoss }) => span(logLoss) },
      { title: 'BRIER BEYOND', align: 'right', leaves: 1, cell: ({ brierBeyond }) => mean(brierBeyond) },
      { title: '95 %', align: 'left', leaves: 3, cell: ({ brierBeyond }) => span(brierBeyond) },
      { title: 'LOSS BEYOND', align: 'right', leaves: 1, cell: ({ logLossBeyond }) => mean(logLossBeyond) },
      { title: '95 %', align: 'left', leaves: 2, cell: ({ logLossBeyond }) => span(logLossBeyond) },
    ],
    rivals,
    layout,
  );
}

export function settledLines(settled: SettledCheck, layout: TextLayout): readonly string[] {
  const { windows, chain, rule, volatility } = settled;
  const broken = (some: readonly string[]) => (some.length === 0 ? 'none broken' : `broken: ${some.join(', ')}`);
  const lines = [
    `SETTLED WINDOWS: ${windows}`,
    `  strike is the value of the window before: ${chain.pairs} pairs, ${broken(chain.broken)}`,
    `  "at least the strike" is yes: ${rule.checked} checked, ${rule.ties} ties, ${broken(rule.broken)}`,
  ];
  if (volatility === null) {
    lines.push('  volatility: too few windows with strike and value for a forecast that is tested on later ones');
  } else {
    const { halfLife, freedom, trained, pit, pitStudent, meanSquare, meanSquareError, meanFourth } = volatility;
    lines.push(
      `  volatility of windows before (half-life ${halfLife} windows, learned on ${trained}): squared moves over forecast ${figure(meanSquare, 3)} ± ${figure(meanSquareError, 3)}, fourth power ${figure(meanFourth, 2)} (normal: 3)`,
      `  normal moves: ${pitText(pit)}`,
      `  Student's t with ${freedom} degrees: ${pitText(pitStudent)}`,
    );
  }
  return lines.flatMap((line) => paragraph(line, layout.width));
}

export function pitText({ count, bins, pValue, isUniform }: Pit): string {
  const verdict =
    isUniform === null ? 'too few for a verdict' : isUniform ? 'calibrated at 5 %' : 'NOT calibrated at 5 %';
  return `tenths ${bins.join(' ')} of ${count}, p ${figure(pValue, 4)}: ${verdict}`;
}

export function blendModelLines(model: BlendModel, layout: TextLayout): readonly string[] {
  const { series, weight, unshrunk, error, train, test, assumptions, horizons } = model;
  return [
    ...paragraph(`blend of the book and the settlement average, ${series.join(', ')}`, layout.width),
    ...paragraph(
      `weight ${figure(weight, 3)} ± ${figure(error, 3)} in log-odds, from ${train.markets} markets (the data alone: ${figure(unshrunk, 3)}), asked ${horizons.join(', ')} s before the close`,
      layout.width,
    ),
    ...paragraph(`scored on ${test.markets} later markets, ${test.from ?? ''} to ${test.to ?? ''}`, layout.width),
    ...rivalLines(test.rivals, layout),
    ...assumptions.flatMap((one) => paragraph(one, layout.width)),
  ];
}
