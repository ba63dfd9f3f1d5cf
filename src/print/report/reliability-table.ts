/** What forecasts said beside what came, a line for each tenth. */
import type { ReliabilityBin } from '../../lib/core/fill-model/model.ts';
import { oddsText, spanText } from '../model/model-figures.ts';
import { type TextLayout, textTable } from '../text-table.ts';

export function reliabilityTable(bins: readonly ReliabilityBin[], layout: TextLayout): readonly string[] {
  return textTable(
    [
      { title: 'SAID', align: 'right', leaves: 0, cell: (bin) => oddsText(bin.predicted) },
      { title: 'CAME', align: 'right', leaves: 0, cell: (bin) => oddsText(bin.observed) },
      { title: '95 %', align: 'left', leaves: 1, cell: (bin) => spanText(bin, 2, layout.signs) },
      { title: 'FORECASTS', align: 'right', leaves: 2, cell: (bin) => String(bin.count) },
    ],
    bins,
    layout,
  );
}
