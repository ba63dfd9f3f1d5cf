/** The sections of `kmm report calibration`: how far models are believed, scores of both halves, EV by what was said, reliability. */
import type { CalibrationGroup, CalibrationReport } from '../../lib/app/report/calibration-report.ts';
import { reliabilityPicture } from '../../lib/app/report/chart-parts.ts';
import type { Chart } from '../../lib/app/report/charts.ts';
import type { JudgedModel } from '../../lib/core/honesty/judged.ts';
import type { RivalScore } from '../../lib/core/honesty/rivals.ts';
import type { ReliabilityBin, Scores } from '../../lib/core/honesty/scores.ts';
import {
  count,
  type DocumentCell,
  type DocumentColumn,
  NOT_KNOWN,
  real,
  type Section,
  text,
} from './report-document.ts';

const NOTHING = 'nothing has been said or filled of a market that has a result';

export function modelsSection(models: readonly JudgedModel[]): Section {
  return {
    id: 'models',
    title: 'How far models are believed',
    notes: [
      'By [honesty], of the newest events, whatever period this report is of: what a session tells its engine. Chance: the calibration error that right forecasts exceed in one case of twenty.',
    ],
    tables: [
      {
        nothing: NOTHING,
        columns: [
          named('Model', 'model'),
          named('Series', 'series'),
          { title: 'Events', measure: 'events', unit: 'count' },
          ...[number('Brier', 'brier'), number('Error', 'calibration_error'), number('Chance', 'error_by_chance')],
          named('Drift', 'drift'),
          { ...named('Believed', 'believed'), isLong: true },
        ],
        rows: models.map(({ standing, errorByChance, brier }) => [
          ...[text(standing.model), text(standing.series), count(standing.events), known(brier)],
          ...[
            known(standing.calibrationError),
            known(errorByChance),
            text(standing.drift),
            text(believedText(standing)),
          ],
        ]),
      },
    ],
  };
}

function believedText({ benched, bins, events }: JudgedModel['standing']): string {
  if (benched !== null) return `benched: ${benched}`;
  const less = bins.filter(({ isOff, why }) => isOff || why !== null);
  if (less.length === 0) return events < 30 ? 'yes: no verdict below 30 events' : 'yes';
  const words = less.map(({ from, to, isOff, sizePermille, why }) => {
    const what = isOff ? 'off' : `${sizePermille / 10} % of the size`;
    return `${from.toFixed(1)} to ${to.toFixed(1)} ${what} (${why ?? ''})`;
  });
  return words.join('; ');
}

export function scoresSection(groups: readonly CalibrationGroup[]): Section {
  return {
    id: 'scores',
    title: 'Scores',
    notes: [
      'All: what was said at times to close fixed beforehand, traded or not. Filled: at our fills; the difference between the two is adverse selection. Beyond the mid: log-loss less that of the mid at the same moments; below zero is better.',
    ],
    tables: [
      {
        nothing: NOTHING,
        columns: [
          ...[named('Of', 'group'), named('', 'half')],
          { title: 'Markets', measure: 'markets', unit: 'count' },
          ...[number('Brier', 'brier'), number('Reliability', 'reliability'), number('Resolution', 'resolution')],
          ...[
            number('Uncertainty', 'uncertainty'),
            number('Log-loss', 'log_loss'),
            number('Error', 'calibration_error'),
          ],
          ...[number('Beyond the mid', 'beyond'), named('95 %', 'beyond_interval')],
          ...[number('EV kept', 'ev_ratio'), number('±', 'ev_error'), number('Size', 'size_factor')],
        ],
        rows: groups.flatMap(({ by, name, decided, filled }) => {
          const of = by === 'close' ? `${name} left` : name;
          const { ev } = filled;
          const money = [
            known(ev?.ratio),
            known(ev?.error),
            ev?.isVerdict === true ? real(ev.sizeFactor, 2) : NOT_KNOWN,
          ];
          return [
            [text(of), text('all'), ...scoreCells(decided), NOT_KNOWN, NOT_KNOWN, NOT_KNOWN],
            [text(of), text('filled'), ...scoreCells(filled), ...money],
          ];
        }),
      },
    ],
  };
}

interface Half {
  readonly markets: number;
  readonly scores: Scores;
  readonly rivals: readonly RivalScore[];
  readonly calibrationError: number | null;
}

function scoreCells({ markets, scores: { parts }, rivals, calibrationError }: Half): readonly DocumentCell[] {
  const beyond = rivals.find(({ name }) => name === 'fair')?.logLossBeyond ?? null;
  return [
    ...[count(markets), known(parts?.brier), known(parts?.reliability), known(parts?.resolution)],
    ...[known(parts?.uncertainty), known(parts?.logLoss), known(calibrationError), known(beyond?.mean)],
    beyond?.low == null ? NOT_KNOWN : text(`${beyond.low.toFixed(4)} to ${(beyond.high ?? 0).toFixed(4)}`),
  ];
}

export function evSection(bins: CalibrationReport['evBins']): Section {
  return {
    id: 'ev',
    title: 'EV honesty by fair value',
    notes: [
      'Of fills: realized over predicted net, an event one observation. Off: less than half of what was promised, even at best. Below 30 events no size is touched.',
    ],
    tables: [
      {
        nothing: 'nothing was filled that is settled',
        columns: [
          ...[named('Model', 'model'), named('Series', 'series'), named('Fair value', 'bin')],
          { title: 'Fills', measure: 'fills', unit: 'count' },
          { title: 'Events', measure: 'events', unit: 'count' },
          ...[
            number('EV kept', 'ev_ratio'),
            number('±', 'ev_error'),
            number('Size', 'size_factor'),
            named('', 'verdict'),
          ],
        ],
        rows: bins.map(({ model, series, from, to, fills, events, ev }) => [
          ...[text(model), text(series), text(`${from.toFixed(1)} to ${to.toFixed(1)}`), count(fills), count(events)],
          ...[known(ev?.ratio), known(ev?.error), ev?.isVerdict === true ? real(ev.sizeFactor, 2) : NOT_KNOWN],
          text(ev?.isVerdict !== true ? 'no verdict' : ev.isOff ? 'off' : ''),
        ]),
      },
    ],
  };
}

export function reliabilitySection(all: CalibrationGroup | undefined): Section {
  const halves = [
    { half: 'all', of: 'all decisions', scores: all?.decided.scores },
    { half: 'filled', of: 'what was filled', scores: all?.filled.scores },
  ];
  return {
    id: 'reliability',
    title: 'Reliability',
    tables: [
      {
        nothing: NOTHING,
        columns: [
          ...[named('', 'half'), number('Said', 'said'), number('Came', 'came'), named('95 %', 'interval')],
          { title: 'Markets', measure: 'markets', unit: 'count' },
          named('', 'verdict'),
        ],
        rows: halves.flatMap(({ half, scores }) =>
          (scores?.bins ?? []).map((bin) => binCells(half, bin, scores?.isVerdict === true)),
        ),
      },
    ],
    charts: halves.flatMap(({ half, of, scores }): readonly Chart[] =>
      scores === undefined || scores.count === 0
        ? []
        : [
            reliabilityPicture(
              `chart-reliability-${half}`,
              `Reliability of ${of}: ${scores.count} markets`,
              scores.bins,
            ),
          ],
    ),
  };
}

function binCells(half: string, bin: ReliabilityBin, isVerdict: boolean): readonly DocumentCell[] {
  return [
    ...[text(half), real(bin.probability, 3), real(bin.hits / bin.count, 3)],
    text(`${bin.low.toFixed(3)} to ${bin.high.toFixed(3)}`),
    ...[count(bin.count), text(isVerdict ? (bin.isOff ? 'off' : '') : 'no verdict')],
  ];
}

function known(value: number | null | undefined): DocumentCell {
  return value == null ? NOT_KNOWN : real(value, 4);
}

function named(title: string, measure: string): DocumentColumn {
  return { title, measure, unit: '', isText: true };
}

function number(title: string, measure: string): DocumentColumn {
  return { title, measure, unit: '' };
}
