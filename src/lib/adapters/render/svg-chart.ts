/**
 * Charts as SVG text, drawn by echarts without a browser. Loading it takes half a second: only a report that shows pictures
 * imports this file. The same chart gives the same bytes: numbers that echarts counts up in a process are taken out.
 *
 * Colours are CSS variables of the page around it, so that one picture suits light and dark.
 */
import { CustomChart, type CustomSeriesOption, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart, Line, Marks, Range } from './chart.ts';

use([LineChart, ScatterChart, CustomChart, GridComponent, SVGRenderer]);

const WIDTH = 760;
const HEIGHT = 260;
/** What echarts is told; the page calls it --c01 and so on: echarts knows no variables. The key beside it is the page's. */
const INK = '#0a0a01';
const GRID = '#0a0a02';
const SERIES = ['#0a0a11', '#0a0a12', '#0a0a13', '#0a0a14', '#0a0a15', '#0a0a16'] as const;
const SHAPES = {
  bought: { symbol: 'triangle', symbolRotate: 0, color: '#0a0a21' },
  sold: { symbol: 'triangle', symbolRotate: 180, color: '#0a0a22' },
  dot: { symbol: 'circle', symbolRotate: 0, color: '#0a0a11' },
} as const;

/** One `<svg>` element. `index` tells it from the others of its page. */
export function svgChart(chart: Chart, index: number): string {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  try {
    drawing.setOption(optionOf(chart));
    return tidied(drawing.renderToSVGString(), chart, index);
  } finally {
    // A chart that is not disposed of keeps the process alive.
    drawing.dispose();
  }
}

function optionOf(chart: Chart) {
  const { lines, marks = [], ranges = [], unit, from, to, ticks } = chart;
  const labels = new Map(ticks.map(({ x, label }) => [x, label]));
  const places = ticks.map(({ x }) => x);
  return {
    animation: false,
    textStyle: { color: INK, fontFamily: 'system-ui, sans-serif' },
    grid: { left: 56, right: 20, top: 28, bottom: 28 },
    xAxis: {
      ...{ type: 'value' as const, min: from, max: to },
      axisLine: { lineStyle: { color: GRID } },
      axisTick: { customValues: places, lineStyle: { color: GRID } },
      splitLine: { show: false },
      axisLabel: {
        ...{ color: INK, customValues: places, hideOverlap: true },
        formatter: (x: number) => labels.get(x) ?? '',
      },
    },
    yAxis: {
      ...{ type: 'value' as const, name: unit, scale: chart.isFromData === true },
      ...(chart.yBounds !== undefined && { min: chart.yBounds[0], max: chart.yBounds[1] }),
      nameTextStyle: { color: INK, align: 'right' as const },
      // At the left edge, also where the horizontal axis passes zero.
      axisLine: { onZero: false },
      axisLabel: { color: INK },
      splitLine: { lineStyle: { color: GRID } },
    },
    series: [...lines.map(lineSeries), ...(ranges.length === 0 ? [] : [rangeSeries(ranges)]), ...marks.map(markSeries)],
  };
}

function lineSeries({ name, points, isStep }: Line, index: number) {
  const color = SERIES[index % SERIES.length];
  return {
    ...{ type: 'line' as const, name, color, showSymbol: false, silent: true },
    lineStyle: { color, width: 1.6 },
    ...(isStep === true && { step: 'end' as const }),
    data: points.map(([x, y]) => [x, y]),
  };
}

function markSeries({ name, shape, points }: Marks) {
  const { symbol, symbolRotate, color } = SHAPES[shape];
  return {
    ...{ type: 'scatter' as const, name, symbol, symbolRotate, color, symbolSize: 9, silent: true },
    itemStyle: { color, opacity: 0.9 },
    data: points.map(([x, y]) => [x, y]),
  };
}

/** Upright strokes with a bar at each end. */
function rangeSeries(ranges: readonly Range[]): CustomSeriesOption {
  return {
    ...{ type: 'custom', silent: true, data: ranges.map((range) => [...range]) },
    renderItem: (_, api) => {
      const [x = 0, low = 0] = api.coord([api.value(0), api.value(1)]);
      const [, high = 0] = api.coord([api.value(0), api.value(2)]);
      const stroke = (x1: number, y1: number, x2: number, y2: number) => ({
        ...{ type: 'line' as const, shape: { x1, y1, x2, y2 } },
        style: { stroke: SERIES[0], lineWidth: 1.4 },
      });
      return {
        type: 'group',
        children: [stroke(x, low, x, high), stroke(x - 4, low, x + 4, low), stroke(x - 4, high, x + 4, high)],
      };
    },
  };
}

/** Without what only a browser's echarts would use, and with names for colours. */
function tidied(svg: string, { id, title, summary }: Chart, index: number): string {
  const named = svg
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|ecmeta_\w+|xmlns:xlink|baseProfile|version|pointer-events)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, `c${index}-`)
    .replace(/#0a0a(\d\d)/g, (_, code: string) => `var(--c${code})`)
    .replace(/\n+/g, '\n')
    .trim();
  const label = `<title>${escaped(title)}</title><desc>${escaped(summary)}</desc>`;
  return named.replace(
    /^<svg width="\d+" height="\d+"([^>]*)>/,
    (_, rest: string) => `<svg id="${escaped(id)}" role="img" width="100%"${rest}>${label}`,
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
