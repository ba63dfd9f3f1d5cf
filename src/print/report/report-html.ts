/**
 * A report as one HTML file: pictures inside, no script, nothing loaded from anywhere (its own policy forbids both). Light
 * and dark as the reader's system is; on a telephone tables scroll within themselves.
 */
import { type Chart, drawn } from '../../lib/app/report/charts.ts';
import { type DocumentTable, type Figure, type ReportDocument, type Section, visible } from './report-document.ts';
import { unitText } from './report-markdown.ts';
import { REPORT_STYLE } from './report-style.ts';

export async function reportHtml({ title, subtitle, warnings, lead, sections }: ReportDocument): Promise<string> {
  const charts = sections.flatMap((section) => section.charts ?? []);
  const pictures = await drawn(charts);
  const pictureOf = new Map(charts.map((chart, index) => [chart, pictures[index] ?? '']));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>
${REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escaped(title)}</h1>
${subtitle === '' ? '' : `<p class="sub">${escaped(subtitle)}</p>\n`}${warnings.map((warning) => `<p class="warning" role="alert">${escaped(warning)}</p>\n`).join('')}</header>
${lead.length === 0 ? '' : `<div class="lead">\n${lead.map(card).join('')}</div>\n`}${sections.map((section) => sectionOf(section, pictureOf)).join('')}</main>
</body>
</html>
`;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

function card({ name, value, unit, note }: Figure): string {
  const hint = note === undefined ? '' : `<span class="note">${escaped(note)}</span>`;
  return `<div class="card"><span class="name">${escaped(name)}</span><span class="value${toneOf(value.exact, unit)}">${escaped(amountOf({ value, unit }))}</span>${hint}</div>\n`;
}

function sectionOf(section: Section, pictureOf: ReadonlyMap<Chart, string>): string {
  const { id, title, notes = [], steps = [], figures = [], tables = [], charts = [] } = section;
  return `<section id="${escaped(id)}">
<h2>${escaped(title)}</h2>
${notes.map((note) => `<p>${escaped(note)}</p>\n`).join('')}${steps.length === 0 ? '' : `<ol>\n${steps.map((step) => `<li>${escaped(step)}</li>\n`).join('')}</ol>\n`}${tables.map(table).join('')}${figures.length === 0 ? '' : `<dl>\n${figures.map(figure).join('')}</dl>\n`}${charts
  .map(
    (chart) =>
      `<figure>\n<figcaption>${escaped(chart.title)}${keyOf(chart)}</figcaption>\n${pictureOf.get(chart) ?? ''}\n</figure>\n`,
  )
  .join('')}</section>
`;
}

function figure({ name, value, unit, note }: Figure): string {
  const hint = note === undefined ? '' : ` <span class="note">${escaped(note)}</span>`;
  return `<div><dt>${escaped(name)}${hint}</dt><dd class="num${toneOf(value.exact, unit)}">${escaped(amountOf({ value, unit }))}</dd></div>\n`;
}

function table({ columns, rows, nothing }: DocumentTable): string {
  if (rows.length === 0) return `<p class="nothing">${escaped(nothing)}</p>\n`;
  const head = columns.map(({ title, isText }) => `<th${isText === true ? '' : ' class="num"'}>${escaped(title)}</th>`);
  const lines = rows.map((row) => {
    const cells = row.map(({ text, exact }, index) => {
      const { isText, isLong, unit = '' } = columns[index] ?? {};
      if (isLong === true) return `<td class="long">${escaped(text)}</td>`;
      return `<td${isText === true ? '' : ` class="num${toneOf(exact, unit)}"`}>${escaped(text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>\n`;
  });
  return `<div class="scroll"><table>\n<thead><tr>${head.join('')}</tr></thead>\n<tbody>\n${lines.join('')}</tbody>\n</table></div>\n`;
}

function amountOf({ value, unit }: Pick<Figure, 'value' | 'unit'>): string {
  return value.exact === null ? value.text : `${value.text}${unitText(unit)}`;
}

/** Which line is which, where there is more than one. */
function keyOf({ lines, marks = [] }: Chart): string {
  if (lines.length + marks.length < 2) return '';
  const keys = [
    ...lines.map(({ name }, index) => ({ name, sign: LINE, color: `--c1${(index % 6) + 1}` })),
    ...marks.map(({ name, shape }) => ({ name, ...MARKS[shape] })),
  ];
  return `<span class="keys">${keys.map(({ name, sign, color }) => `<span><b style="color:var(${color})">${sign}</b> ${escaped(name)}</span>`).join(' ')}</span>`;
}

/** As svg-chart.ts draws them. */
const LINE = '━';
const MARKS = {
  bought: { sign: '▲', color: '--c21' },
  sold: { sign: '▼', color: '--c22' },
  dot: { sign: '●', color: '--c11' },
} as const;

/** Money that was lost is red as well as negative: colour is never the only sign. */
function toneOf(exact: string | number | null, unit: string): string {
  return unit === 'dollars' && String(exact).startsWith('-') ? ' loss' : '';
}

function escaped(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
