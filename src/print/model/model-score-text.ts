/** Scores of the statistical models as text: a table of rivals each, what was left out, and what may be concluded. */
import type { ModelScore, ScoreTable } from '../../lib/app/model/score/model-score.ts';
import type { TextLayout } from '../text-table.ts';
import { figure, paragraph } from './model-figures.ts';
import { pitText, rivalLines } from './score-text.ts';

export function modelScoreLines({ tables, leftOut }: ModelScore, layout: TextLayout): readonly string[] {
  return [
    ...tables.flatMap((table, index) => [...(index === 0 ? [] : ['']), ...tableLines(table, layout)]),
    ...(leftOut.length === 0 ? [] : ['', 'left out:']),
    ...leftOut.flatMap(({ why, questions }) => paragraph(`  ${questions} × ${why}`, layout.width)),
  ];
}

function tableLines({ name, rivals, rms, pit }: ScoreTable, layout: TextLayout): readonly string[] {
  const [first] = rivals;
  const few = first?.isVerdict === false ? '; fewer than 30: no verdict' : '';
  const errors = Object.entries(rms ?? {}).map(([rival, error]) => `${rival} ${figure(error, 3)}`);
  return [
    ...paragraph(`${name}: ${first?.questions ?? 0} questions, ${first?.groups ?? 0} observations${few}`, layout.width),
    ...rivalLines(rivals, layout),
    ...(errors.length === 0 ? [] : paragraph(`  error of the mean, rms: ${errors.join(', ')}`, layout.width)),
    ...(pit === undefined ? [] : paragraph(`  figures in the model's forecast: ${pitText(pit)}`, layout.width)),
  ];
}
