/** A fill model for people: each figure with how many it is of and its interval, what it was wrong by, and what is not known. */
import type { Glyphs } from '../../format.ts';
import type { FillCurve, FillModel } from '../../lib/core/fill-model/model.ts';
import type { Span } from '../../lib/core/fill-model/types.ts';
import { reliabilityTable } from '../report/reliability-table.ts';
import { type TextColumn, type TextLayout, textTable } from '../text-table.ts';
import { adverseSection, intensitySection, quoteSection, takerSection } from './fill-model-sections.ts';
import { closeText, figure, oddsText, paragraph, sharesText, spanText } from './model-figures.ts';

export function fillModelLines(model: FillModel, layout: TextLayout): readonly string[] {
  const { signs, width } = layout;
  const sections = [
    headSection(model, width),
    cancelSection(model, layout),
    oddsSection(model, layout),
    adverseSection(model, layout),
    intensitySection(model, layout),
    quoteSection(model, layout),
    takerSection(model, layout),
    model.notLearned
      .map(({ what, why }) => `not learned ${signs.separator} ${what}: ${why}`)
      .flatMap((text) => paragraph(text, width)),
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines, n) => (n === 0 ? lines : ['', ...lines]));
}

/** The file has them all. */
const ASSUMPTIONS_SHOWN = 2;

function headSection({ series, markets, assumptions, fittedAt, code }: FillModel, width: number): readonly string[] {
  const train = markets.filter(({ use }) => use === 'train').length;
  const hours = markets.reduce((sum, { seconds }) => sum + seconds, 0) / 3_600;
  const prints = markets.reduce((sum, one) => sum + one.prints, 0);
  const kinds = [...new Set(markets.map(({ printsAre }) => printsAre))].join(' and ');
  const of = `${markets.length} markets, ${figure(hours, 2)} h of books with two sides, ${prints} prints (${kinds})`;
  return [
    `fill model of ${series.join(', ')}, fitted ${fittedAt} by kmm ${code}`,
    ...paragraph(
      `${of}; errors are of the last ${markets.length - train}, by a fit on the ${train} before them`,
      width,
    ),
    ...assumptions.slice(0, ASSUMPTIONS_SHOWN).flatMap((text) => paragraph(`  taken for granted: ${text}`, width)),
    ...(assumptions.length > ASSUMPTIONS_SHOWN
      ? [`  and ${assumptions.length - ASSUMPTIONS_SHOWN} more in the file`]
      : []),
  ];
}

const SOURCES = {
  own_queue: 'from where the exchange said that our own orders stood',
  matched_cancels: 'from cancels whose size names the one order that they were',
  band: 'not learned: the middle of the band',
} as const;

function cancelSection({ cancelAhead }: FillModel, layout: TextLayout): readonly string[] {
  const { source, overall, situations, coverage, queueError, falseFills, trackedOrders, queueErrorTrained } =
    cancelAhead;
  const rows = [
    { name: 'all', ...overall },
    ...situations.map((one) => ({ name: `${one.place}, ${closeText(one.close)}`, ...one })),
  ];
  const columns: readonly TextColumn<(typeof rows)[number]>[] = [
    { title: 'WHERE', align: 'left', leaves: 0, cell: (row) => row.name },
    { title: 'SHARE', align: 'right', leaves: 0, cell: (row) => figure(row.share, 2) },
    { title: '95 %', align: 'left', leaves: 1, cell: (row) => spanText(row, 2, layout.signs) },
    { title: 'CANCELS', align: 'right', leaves: 2, cell: (row) => String(row.cancels) },
    { title: 'MARKETS', align: 'right', leaves: 3, cell: (row) => String(row.markets) },
  ];
  return [
    'WHOSE SIZE IS CANCELLED  share of the pro-rata guess taken from ahead: 0 pessimistic, 1 pro rata',
    ...paragraph(
      `  ${SOURCES[source]}; the place of ${sharesText(coverage)} of the contracts cancelled was known`,
      layout.width,
    ),
    ...textTable(columns, rows, layout),
    ...(queueError === null
      ? []
      : paragraph(
          `  place in the queue wrong by (rms, of the level, unseen markets): ${bandsText(queueError, layout.signs)}`,
          layout.width,
        )),
    ...(queueErrorTrained === null
      ? []
      : paragraph(`  and in the markets fitted on: ${bandsText(queueErrorTrained, layout.signs)}`, layout.width)),
    ...(falseFills === null
      ? []
      : paragraph(
          `  of ${trackedOrders} orders of others that were cancelled whole, so many would have been filled before: ${bandsText(falseFills, layout.signs)}`,
          layout.width,
        )),
  ];
}

function bandsText(
  bands: { readonly pessimistic: number; readonly calibrated: number; readonly optimistic: number },
  signs: Glyphs,
) {
  const { pessimistic, calibrated, optimistic } = bands;
  return [
    `pessimistic ${sharesText(pessimistic)}`,
    `calibrated ${sharesText(calibrated)}`,
    `optimistic ${sharesText(optimistic)}`,
  ].join(` ${signs.separator} `);
}

function oddsSection({ fills }: FillModel, layout: TextLayout): readonly string[] {
  if (fills === null) return [];
  const { hazard, curves, error, virtualOrders } = fills;
  const { shape, frailty, intercept, perCent, perLog, close } = hazard;
  const chance = frailty === 0 ? '1 - exp(-H)' : `1 - (1 + ${figure(frailty, 2)} H)^(-1/${figure(frailty, 2)})`;
  const formula = `chance = ${chance}, H = (t e^n)^${figure(shape, 3)}, n = ${figure(intercept, 3)} ${signed(perCent)} per cent from the mid ${signed(perLog)} ln(contracts ahead + ours)`;
  const near = `${signed(close['60_to_300s'])} at 60 to 300 s to close, ${signed(close.under_60s)} under 60 s`;
  return [
    `ODDS OF A FILL  ${virtualOrders} orders that were never sent, of 1, 10 and 50 contracts; t in seconds`,
    ...paragraph(`  ${formula} ${near}`, layout.width),
    ...curveTable(curves, layout),
    ...errorLines(error, layout),
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'} ${figure(Math.abs(value), 3)}`;
}

const SHOWN_SECONDS = [5, 30, 120] as const;

function curveTable(curves: readonly FillCurve[], layout: TextLayout): readonly string[] {
  const at = (curve: FillCurve, seconds: number) => curve.points.find((point) => point.seconds === seconds);
  const chance = (seconds: number): TextColumn<FillCurve> => ({
    title: `${seconds} s`,
    align: 'left',
    leaves: seconds === 30 ? 0 : 2,
    cell: (curve) => {
      const point = at(curve, seconds);
      return point === undefined
        ? layout.signs.dash
        : `${oddsText(point.calibrated)} ${spanText(point as Span, 2, layout.signs)}`;
    },
  });
  const band: TextColumn<FillCurve> = {
    title: 'BAND AT 30 s',
    align: 'left',
    leaves: 3,
    cell: (curve) => {
      const point = at(curve, 30);
      return point === undefined ? '' : `${oddsText(point.pessimistic)}..${oddsText(point.optimistic)}`;
    },
  };
  const columns: readonly TextColumn<FillCurve>[] = [
    { title: 'OFFSET', align: 'left', leaves: 0, cell: ({ offset }) => offset },
    { title: 'TO CLOSE', align: 'left', leaves: 0, cell: ({ close }) => closeText(close) },
    { title: 'ORDERS', align: 'right', leaves: 4, cell: ({ orders }) => String(orders) },
    ...SHOWN_SECONDS.map(chance),
    band,
  ];
  return textTable(columns, curves, layout);
}

function errorLines(error: NonNullable<FillModel['fills']>['error'], layout: TextLayout): readonly string[] {
  const { score, testMarkets, forecasts } = error;
  if (score === null) return [];
  const { brier, brierCurves, brierNaive, skill, skillSpan, reliability, trained } = score;
  const skillText = `${sharesText(skill)} better than one number per horizon${skillSpan === null ? '' : ` ${spanText(skillSpan, 2, layout.signs)}`}`;
  const text = `unseen markets: ${testMarkets}, ${forecasts} forecasts; Brier ${figure(brier, 4)} (table of curves ${figure(brierCurves, 4)}, naive ${figure(brierNaive, 4)}), ${skillText}`;
  const fitted = `the markets fitted on: ${trained.forecasts} forecasts; Brier ${figure(trained.brier, 4)} (naive ${figure(trained.brierNaive, 4)})`;
  return [
    ...paragraph(`  ${text}`, layout.width),
    ...paragraph(`  ${fitted}`, layout.width),
    ...reliabilityTable(reliability, layout),
  ];
}
