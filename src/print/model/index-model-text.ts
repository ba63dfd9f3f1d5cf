/** Parameters of an index for people: what a day is expected to move, how it lies in the day, and how often that held. */
import type { IndexModel } from '../../lib/app/model/index-model.ts';
import { type TextLayout, textTable } from '../text-table.ts';
import { figure, paragraph, sharesText } from './model-figures.ts';

/** Minutes after the open at which a part of the day ends. */
const PARTS = [
  { title: '9:30-10:00', from: 0, to: 30 },
  { title: '10:00-12:00', from: 30, to: 150 },
  { title: '12:00-15:00', from: 150, to: 330 },
  { title: '15:00-15:45', from: 330, to: 375 },
  { title: '15:45-16:00', from: 375, to: 390 },
] as const;

export function indexModelLines(model: IndexModel, layout: TextLayout): readonly string[] {
  const { index, product, sessions, dayVariance, volatilityDoubt, auctionBeta, auctionCloses, halfDay } = model;
  const shares = PARTS.map(({ title, from, to }) => {
    const share = model.shares.slice(from, to).reduce((sum, one) => sum + one, 0);
    return `${title} ${sharesText(share)}`;
  });
  return [
    `${index}, ${product}, fitted ${model.fittedAt} by kmm ${model.code} on data up to ${model.madeAt}`,
    `  ${sessions.seen} sessions ${sessions.first} to ${sessions.last}, ${sessions.whole} of them whole`,
    `  next session ${figure(100 * Math.sqrt(dayVariance), 3)} %, off by a factor of ${figure(Math.exp(volatilityDoubt), 2)} (one deviation); half of the weight on ${model.halfLifeSessions} sessions`,
    ...paragraph(`  variance by time of day, ${model.profile}: ${shares.join(', ')}`, layout.width),
    ...(product === 'close'
      ? [`  jump into the close: beta ${figure(auctionBeta, 3)} of ${auctionCloses} closes`]
      : []),
    halfDay === undefined
      ? '  half days: not priced, their shape is not known'
      : `  half days: ${sharesText(halfDay.level)} of the variance of a whole one, off by a factor of ${figure(Math.exp(halfDay.doubt), 2)}; their shape by ${halfDay.days} of them`,
    ...model.assumptions.flatMap((one) => paragraph(`  taken for granted: ${one}`, layout.width)),
    '',
    'closes inside the central part of the distribution of an earlier hour, each session by the sessions before it:',
    ...coverageTable(model.coverage, layout),
  ];
}

type Row = IndexModel['coverage'][number];

function coverageTable(rows: readonly Row[], layout: TextLayout): readonly string[] {
  const right = (title: string, cell: (row: Row) => string) => ({ title, align: 'right' as const, leaves: 0, cell });
  return textTable(
    [
      right('ET', ({ hour }) => `${hour}:00`),
      right('SESSIONS', ({ sessions }) => String(sessions)),
      right('REFUSED', ({ refused }) => String(refused)),
      right('50 %', ({ in50 }) => sharesText(in50)),
      right('80 %', ({ in80 }) => sharesText(in80)),
      right('95 %', ({ in95 }) => sharesText(in95)),
      right('MEAN SQUARE', ({ meanSquare }) => figure(meanSquare, 2)),
    ],
    rows,
    layout,
  );
}
