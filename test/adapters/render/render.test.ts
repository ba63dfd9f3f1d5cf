import { describe, expect, test } from 'vitest';
import type { Chart } from '../../../src/lib/adapters/render/chart.ts';
import { csvText, safeCell } from '../../../src/lib/adapters/render/csv.ts';
import { svgChart } from '../../../src/lib/adapters/render/svg-chart.ts';

describe('CSV', () => {
  test.each([
    ['=HYPERLINK("http://evil")', `'=HYPERLINK("http://evil")`],
    ['+SUM(1)', "'+SUM(1)"],
    ['-2+3', "'-2+3"],
    ['@cmd', "'@cmd"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    [' =1', "' =1"],
    ['＝1', "'＝1"],
    ['-12.50', '-12.50'],
    ['0.0000005', '0.0000005'],
    ['KXBTC-1', 'KXBTC-1'],
    ['', ''],
  ])('%j is shown by a spreadsheet and not run', (cell, safe) => expect(safeCell(cell)).toBe(safe));

  test('numbers stay numbers, what is not known is empty, and what needs quotes has them', () => {
    const rows = [
      ['a,b', -1, null],
      ['say "x"\nand y', '-0.5', 7],
    ];
    expect(csvText(rows)).toBe('"a,b",-1,\n"say ""x""\nand y",-0.5,7\n');
  });
});

const CHART: Chart = {
  id: 'c"><script>',
  title: '<b>title</b>',
  summary: 'a & b',
  unit: '$',
  from: 0,
  to: 10,
  ticks: [{ x: 5, label: '</text><script>alert(1)</script>' }],
  lines: [
    {
      name: 'one',
      points: [
        [0, 1],
        [4, null],
        [9, -2],
      ],
    },
  ],
  marks: [{ name: 'bought', shape: 'bought', points: [[3, 0]] }],
  ranges: [[2, -1, 1]],
};

describe('a chart', () => {
  const svg = svgChart(CHART, 3);

  test('is one SVG element that says in words what it shows', () => {
    expect(svg).toMatch(/^<svg id="[^"]*" role="img" width="100%"[^>]* viewBox="0 0 760 260">/);
    expect(svg).toContain('<desc>a &#38; b</desc>');
    expect(svg.endsWith('</svg>')).toBe(true);
  });

  test('has no script, no style sheet, no reference to anything outside, and takes its colours from the page', () => {
    expect(svg).not.toMatch(/<script|<style|<image|<use|href|url\((?!#)|http:(?!\/\/www\.w3\.org\/2000\/svg")/i);
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('var(--c11)');
    expect(svg).not.toMatch(/#0a0a/);
  });

  test('is the same bytes again, though echarts counts its elements up', () => {
    expect(svgChart(CHART, 3)).toBe(svg);
  });

  test('draws the line with its hole, the mark, and the interval', () => {
    const strokes = svg.match(/stroke="var\(--c11\)"/g) ?? [];
    expect(strokes).toHaveLength(4);
    expect(svg).toContain('fill="var(--c21)"');
  });
});
