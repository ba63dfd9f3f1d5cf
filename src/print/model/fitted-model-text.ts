/** A fitted model of any kind for people. */
import type { FittedModel } from '../../lib/app/model/model-files.ts';
import type { TextLayout } from '../text-table.ts';
import { fillModelLines } from './fill-model-text.ts';
import { indexModelLines } from './index-model-text.ts';
import { latencyModelLines } from './latency-model-text.ts';
import { quoterModelLines } from './quoter-model-text.ts';
import { blendModelLines } from './score-text.ts';

export function fittedModelLines({ kind, model }: FittedModel, layout: TextLayout): readonly string[] {
  switch (kind) {
    case 'fills':
      return fillModelLines(model, layout);
    case 'latency':
      return latencyModelLines(model, layout);
    case 'blend':
      return blendModelLines(model, layout);
    case 'quoter':
      return quoterModelLines(model, layout);
    case 'index':
      return indexModelLines(model, layout);
    default:
      return kind satisfies never;
  }
}
