/** A measured latency for people: a few quantiles of each way. */
import type { LatencyModel } from '../../lib/core/fill-model/model.ts';
import { type TextLayout, textTable } from '../text-table.ts';
import { paragraph } from './model-figures.ts';

const SHOWN = [0, 10, 50, 90, 99, 100] as const;

export function latencyModelLines(model: LatencyModel, layout: TextLayout): readonly string[] {
  const rows = (['feed', 'entry', 'response'] as const).map((way) => ({ way, ms: model[way].ms }));
  return [
    `latency of ${model.count} orders, fitted ${model.fittedAt} by kmm ${model.code}`,
    ...paragraph(`  taken for granted: ${model.assumption}`, layout.width),
    ...textTable(
      [
        { title: 'WAY', align: 'left', leaves: 0, cell: ({ way }) => way },
        ...SHOWN.map((percent) => ({
          title: `${percent} %`,
          align: 'right' as const,
          leaves: percent === 50 ? 0 : 1,
          cell: ({ ms }: (typeof rows)[number]) => `${ms[percent]} ms`,
        })),
      ],
      rows,
      layout,
    ),
  ];
}
