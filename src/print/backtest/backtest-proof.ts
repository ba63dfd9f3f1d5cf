/** What a backtest rests on: whether the fair value was right, what was assumed, what the recordings lack, which bytes were read. */
import { ageText, dateTimeText } from '../../format.ts';
import type { BacktestFigures } from '../../lib/core/backtest/figures.ts';
import type { BacktestResult } from '../../lib/core/backtest/result.ts';
import type { Scores } from '../../lib/core/honesty/scores.ts';
import {
  count,
  counted,
  type DocumentTable,
  real,
  type Section,
  SIGNS,
  share,
  text,
} from '../report/report-document.ts';
import { interval } from './backtest-money.ts';

export function calibrationSection({ calibration, mode }: BacktestFigures): Section {
  const { all, filled, mid, besideMid } = calibration;
  const few = all.isVerdict ? [] : [`${all.count} markets with a result: below 30 nothing is concluded.`];
  return {
    id: 'calibration',
    title: `Calibration of the fair value (${mode})`,
    notes: [
      'Brier = reliability − resolution + uncertainty + within bins; lower is better. All decisions at regular moments; filled: the fair value behind what was filled, by size. The two differ by adverse selection. The mid is what anybody has.',
      ...few,
    ],
    tables: [
      {
        nothing: '',
        columns: [
          { title: 'Scored', measure: 'of', unit: '', isText: true },
          { title: 'Brier', measure: 'brier', unit: 'score' },
          { title: 'Reliab.', measure: 'reliability', unit: 'score' },
          { title: 'Resol.', measure: 'resolution', unit: 'score' },
          { title: 'Uncert.', measure: 'uncertainty', unit: 'score', leaves: 3 },
          { title: 'Within', measure: 'within', unit: 'score', leaves: 4 },
          { title: 'Skill', measure: 'skill', unit: 'ratio' },
          { title: 'Log-loss', measure: 'log_loss', unit: 'score', leaves: 2 },
          { title: 'n', measure: 'markets', unit: 'count' },
          { title: 'Forecasts', measure: 'forecasts', unit: 'count', leaves: 5 },
        ],
        rows: [
          scoreRow('all decisions', all),
          scoreRow('filled', filled),
          scoreRow('the mid', mid),
          ...(besideMid.forecasts === all.forecasts ? [] : [scoreRow('fair at the same moments', besideMid)]),
        ],
      },
      binsTable('Said, of all decisions', all),
      binsTable('Said, of what was filled', filled),
    ],
  };
}

function scoreRow(name: string, { parts, count: markets, forecasts }: Scores) {
  return [
    text(name),
    real(parts?.brier, 4),
    real(parts?.reliability, 4),
    real(parts?.resolution, 4),
    real(parts?.uncertainty, 4),
    real(parts?.within, 4),
    real(parts?.skill, 3),
    real(parts?.logLoss, 4),
    count(markets),
    count(forecasts),
  ];
}

function binsTable(title: string, { bins, isVerdict }: Scores): DocumentTable {
  return {
    nothing: `${title}: nothing with a result.`,
    columns: [
      { title, measure: 'probability', unit: 'share' },
      { title: 'Markets', measure: 'count', unit: 'count' },
      { title: 'Came true', measure: 'hits', unit: 'count' },
      { title: '95 %', measure: 'interval', unit: '', isText: true },
      { title: 'Off', measure: 'is_off', unit: '', isText: true },
    ],
    rows: bins.map(({ probability, count: of, hits, low, high, isOff }) => [
      share(probability),
      count(of),
      count(hits),
      text(interval({ low, high })),
      isVerdict ? text(isOff ? 'off' : SIGNS.dash, isOff ? 'off' : '') : text('no verdict', ''),
    ]),
  };
}

export function assumptionsSection({ assumptions, notes, job, markets }: BacktestResult): Section {
  const tickers = new Set(markets.map(({ ticker }) => ticker));
  return {
    ...{ id: 'assumptions', title: 'Assumed, and not known' },
    notes: [`Delays drawn with seed ${job.seed}: the same run again gives the same result.`],
    steps: [...assumptions, ...gathered(notes, tickers)],
  };
}

/** What is noted of several markets in the same words is said once. */
function gathered(notes: readonly string[], tickers: ReadonlySet<string>): readonly string[] {
  const rests = Map.groupBy(notes, (note) => {
    const [first = ''] = note.split(/[ :]/, 1);
    return tickers.has(first) ? note.slice(first.length).replace(/^:? /, '') : note;
  });
  return [...rests].map(([rest, some]) =>
    some.length === 1 ? (some[0] ?? '') : `${counted(some.length, 'market')}, each of them: ${rest}`,
  );
}

export function gapsSection({ gaps }: BacktestResult): Section {
  const time = { unit: '', isText: true } as const;
  return {
    id: 'gaps',
    title: 'Data gaps',
    tables: [
      {
        nothing: 'None: every book was known while its market was recorded.',
        columns: [
          { title: 'Market', measure: 'ticker', ...time },
          { title: 'From', measure: 'from', ...time },
          { title: 'For', measure: 'seconds', unit: 'seconds' },
          { title: 'Why', measure: 'reason', ...time, isLong: true },
        ],
        rows: gaps.map(({ ticker, from, to, reason }) => [
          text(ticker),
          text(dateTimeText(from), new Date(from).toISOString()),
          to === undefined ? text('to the end', null) : { text: ageText(to - from), exact: (to - from) / 1_000 },
          text(reason),
        ]),
      },
    ],
  };
}

export function dataSection({ data, totals, configHash }: BacktestResult): Section {
  return {
    id: 'data',
    title: 'Data',
    notes: [
      `${totals.frames.toLocaleString('en-US')} records, ${totals.turns.toLocaleString('en-US')} turns, intents ${totals.intentsHash.slice(0, 16)}, configuration ${configHash.slice(0, 16)}.`,
      ...(totals.halts.length === 0 ? [] : [`Halted on the way: ${totals.halts.join(', ')}.`]),
    ],
    tables: [
      {
        nothing: 'None.',
        columns: [
          { title: 'File', measure: 'file', unit: '', isText: true },
          { title: 'As', measure: 'role', unit: '', isText: true },
          { title: 'Records', measure: 'records', unit: 'count' },
          { title: 'SHA-256', measure: 'sha256', unit: '', isText: true },
        ],
        rows: data.map(({ path, role, records, sha256 }) => [
          text(path.split('/').at(-1) ?? path, path),
          text(role),
          count(records),
          text(sha256.slice(0, 12), sha256),
        ]),
      },
    ],
  };
}
