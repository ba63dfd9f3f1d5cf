/** Charts for commands. Loads echarts when the first one is drawn, and never before. */
import type { Chart } from '../../adapters/render/chart.ts';

export type { Chart } from '../../adapters/render/chart.ts';

/** As `<svg>` elements, in their order. */
export async function drawn(charts: readonly Chart[]): Promise<readonly string[]> {
  if (charts.length === 0) return [];
  const { svgChart } = await import('../../adapters/render/svg-chart.ts');
  return charts.map(svgChart);
}
