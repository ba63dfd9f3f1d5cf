/** Calibration as a document and as an object: all decisions and what was filled, side by side (A-FR2.5, E-4). */
import { dateTimeText, isoText } from '../../format.ts';
import type { CalibrationGroup, CalibrationReport } from '../../lib/app/report/calibration-report.ts';
import type { JudgedModel } from '../../lib/core/honesty/judged.ts';
import { evSection, modelsSection, reliabilitySection, scoresSection } from './calibration-sections.ts';
import { counted, NOT_KNOWN, type ReportDocument, real } from './report-document.ts';

export function calibrationDocument(report: CalibrationReport): ReportDocument {
  const { env, account, from, until, groups, models, leftOut } = report;
  const all = groups[0];
  return {
    name: 'calibration',
    period: new Date(until).toISOString().slice(0, 10),
    title: `Calibration, ${env}`,
    subtitle: `Account ${account}, ${dateTimeText(from)} to ${dateTimeText(until)}. Left out: ${leftOutText(leftOut)}.`,
    warnings: [...warningsOf(all), ...models.flatMap(modelWarnings)],
    lead: [
      {
        ...{ name: 'calibration error, all decisions', unit: '' },
        value: known(all?.decided.calibrationError),
        note: `mean distance of what was said from what came, ${counted(all?.decided.markets ?? 0, 'market')}; chance alone makes up to ${textOf(all?.decided.errorByChance)}`,
      },
      {
        ...{ name: 'calibration error, filled', unit: '' },
        value: known(all?.filled.calibrationError),
        note: `at our fills, ${counted(all?.filled.markets ?? 0, 'market')}`,
      },
    ],
    sections: [modelsSection(models), scoresSection(groups), evSection(report.evBins), reliabilitySection(all)],
  };
}

function leftOutText({ fills, open, scalar }: CalibrationReport['leftOut']): string {
  return `${counted(fills, 'fill')} (by hand, without fair value or mid, or not settled), ${counted(open, 'estimate')} without a result yet, ${counted(scalar, 'estimate')} of markets that did not pay all or nothing`;
}

/** A-FR2.5: more is worth an alert. */
const ERROR_MAX = 0.05;

function warningsOf(all: CalibrationGroup | undefined): readonly string[] {
  if (all === undefined) return [];
  const { decided, filled } = all;
  const isVerdict = { decided: decided.scores.isVerdict, filled: filled.scores.isVerdict };
  const isAbove = (error: number | null) => error !== null && error > ERROR_MAX;
  return [
    ...(isVerdict.decided ? [] : ['Of all decisions there are fewer than 30 markets: no verdict.']),
    ...(isVerdict.filled ? [] : ['Of what was filled there are fewer than 30 markets: no verdict.']),
    ...(isVerdict.decided && isAbove(decided.calibrationError)
      ? [`The calibration error of all decisions is above 5 %${byChance(decided)}.`]
      : []),
    ...(isVerdict.filled && isAbove(filled.calibrationError)
      ? ['The calibration error of what was filled is above 5 %.']
      : []),
    ...(filled.isDrifting ? ['Drift: the fair values of what was filled are wrong in one direction.'] : []),
  ];
}

function byChance({ calibrationError, errorByChance }: CalibrationGroup['decided']): string {
  return (calibrationError ?? 0) > (errorByChance ?? 1) ? ' and above what chance makes' : '; chance alone may make it';
}

function modelWarnings({ standing: { model, series, drift, benched } }: JudgedModel): readonly string[] {
  return [
    ...(benched === null ? [] : [`${model} in ${series} is benched: ${benched}.`]),
    ...(drift === 'none' ? [] : [`${model} in ${series} drifts ${drift}.`]),
  ];
}

function known(value: number | null | undefined) {
  return value == null ? NOT_KNOWN : real(value, 4);
}

function textOf(value: number | null | undefined): string {
  return value == null ? NOT_KNOWN.text : value.toFixed(4);
}

export function calibrationRecord(report: CalibrationReport) {
  const { env, account, from, until, groups, models, evBins, leftOut } = report;
  return {
    ...{ type: 'report_calibration', env, account, from: isoText(from), until: isoText(until), leftOut },
    groups: groups.map(({ by, name, decided, filled }) => ({ by, name, decided, filled })),
    models: models.map(({ standing, errorByChance, brier }) => ({ ...standing, errorByChance, brier })),
    evBins,
  };
}
