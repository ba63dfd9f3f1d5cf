/** Calibration of what was filled as a document and as an object (A-FR2.5, E-4). */
import { dateTimeText, isoText } from '../format.ts';
import type { CalibrationGroup, CalibrationReport } from '../lib/app/report/calibration-report.ts';
import { count, counted, NOT_KNOWN, type ReportDocument, real, type Section, text } from './report-document.ts';

/** A-FR2.5: more is worth an alert. */
const ERROR_MAX = 0.05;

export function calibrationDocument(report: CalibrationReport): ReportDocument {
  const { env, account, from, until, groups, leftOut } = report;
  const all = groups[0]?.filled;
  const isVerdict = all?.scores.isVerdict === true;
  const error = all?.calibrationError ?? null;
  const warnings = [
    ...(isVerdict ? [] : ['Fewer than 30 markets: no verdict.']),
    ...(isVerdict && error !== null && error > ERROR_MAX ? ['The calibration error is above 5 %.'] : []),
    ...(all?.isDrifting === true ? ['Drift: the fair values have begun to be wrong in one direction.'] : []),
  ];
  return {
    name: 'calibration',
    period: new Date(until).toISOString().slice(0, 10),
    title: `Calibration of what was filled, ${env}`,
    subtitle: `Account ${account}, ${dateTimeText(from)} to ${dateTimeText(until)}; ${counted(leftOut, 'fill')} left out: no fair value, or not settled.`,
    warnings,
    lead: [
      {
        ...{ name: 'calibration error', value: error === null ? NOT_KNOWN : real(error, 4), unit: '' },
        note: `mean distance of what was said from what came, ${counted(all?.markets ?? 0, 'market')}`,
      },
    ],
    sections: [scoresSection(groups), reliabilitySection(groups[0])],
  };
}

function scoresSection(groups: readonly CalibrationGroup[]): Section {
  const column = (title: string, measure: string) => ({ title, measure, unit: '' });
  const known = (value: number | null | undefined) => (value == null ? NOT_KNOWN : real(value, 4));
  return {
    id: 'scores',
    title: 'Scores',
    notes: ['Beyond the mid: log-loss less that of the mid at the same fills; below zero is better.'],
    tables: [
      {
        nothing: 'nothing was filled that is settled',
        columns: [
          { title: 'Of', measure: 'group', unit: '', isText: true },
          { title: 'Markets', measure: 'markets', unit: 'count' },
          ...[column('Brier', 'brier'), column('Reliability', 'reliability'), column('Resolution', 'resolution')],
          ...[column('Uncertainty', 'uncertainty'), column('Log-loss', 'log_loss'), column('Beyond the mid', 'beyond')],
          { title: '95 %', measure: 'beyond_interval', unit: '', isText: true },
          ...[column('EV kept', 'ev_ratio'), column('Error', 'ev_error'), column('Size', 'size_factor')],
        ],
        rows: groups.map(({ name, filled: { markets, scores, rivals, ev } }) => {
          const beyond = rivals.find((one) => one.name === 'fair')?.logLossBeyond ?? null;
          const { parts } = scores;
          return [
            ...[text(name), count(markets), known(parts?.brier), known(parts?.reliability), known(parts?.resolution)],
            ...[known(parts?.uncertainty), known(parts?.logLoss), known(beyond?.mean)],
            beyond?.low == null ? NOT_KNOWN : text(`${beyond.low.toFixed(4)} to ${(beyond.high ?? 0).toFixed(4)}`),
            ...[known(ev?.ratio), known(ev?.error), ev?.isVerdict === true ? real(ev.sizeFactor, 2) : NOT_KNOWN],
          ];
        }),
      },
    ],
  };
}

function reliabilitySection(all: CalibrationGroup | undefined): Section {
  return {
    id: 'reliability',
    title: 'Reliability',
    tables: [
      {
        nothing: 'nothing was filled that is settled',
        columns: [
          { title: 'Said', measure: 'said', unit: '' },
          { title: 'Came', measure: 'came', unit: '' },
          { title: '95 %', measure: 'interval', unit: '', isText: true },
          { title: 'Markets', measure: 'markets', unit: 'count' },
          { title: '', measure: 'verdict', unit: '', isText: true },
        ],
        rows: (all?.filled.scores.bins ?? []).map((bin) => [
          ...[real(bin.probability, 3), real(bin.hits / bin.count, 3)],
          text(`${bin.low.toFixed(3)} to ${bin.high.toFixed(3)}`),
          ...[count(bin.count), text(bin.isOff ? 'off' : '')],
        ]),
      },
    ],
  };
}

export function calibrationRecord({ env, account, from, until, groups, leftOut }: CalibrationReport) {
  return {
    ...{ type: 'report_calibration', env, account, from: isoText(from), until: isoText(until), leftOut },
    groups: groups.map(({ by, name, filled }) => ({ by, name, filled })),
  };
}
