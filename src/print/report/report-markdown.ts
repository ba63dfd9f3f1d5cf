/**
 * A report as Markdown, for a terminal, a note or a chat. Text that came from others is escaped: it makes no link, no
 * table and no heading, and no mention. Charts are left to HTML; here is what they show, in words.
 */
import {
  type DocumentCell,
  type DocumentTable,
  type Figure,
  type ReportDocument,
  type Section,
  visible,
} from './report-document.ts';

export function reportMarkdown({ title, subtitle, warnings, lead, sections }: ReportDocument): string {
  const blocks = [
    `# ${escaped(title)}`,
    ...(subtitle === '' ? [] : [escaped(subtitle)]),
    ...warnings.map((warning) => `> **${escaped(warning)}**`),
    ...figures(lead),
    ...sections.flatMap(section),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function section({ title, notes = [], steps = [], figures: some = [], tables = [], charts = [] }: Section): string[] {
  return [
    `## ${escaped(title)}`,
    ...notes.map(escaped),
    ...(steps.length === 0 ? [] : [steps.map((step, index) => `${index + 1}. ${escaped(step)}`).join('\n')]),
    ...figures(some),
    ...tables.map(table),
    ...charts.map(({ title: name, summary }) => `*${escaped(name)}*: ${escaped(summary)}`),
  ];
}

function figures(some: readonly Figure[]): string[] {
  if (some.length === 0) return [];
  const lines = some.map(({ name, value, unit, note }) => {
    const amount = value.exact === null ? value.text : `${value.text}${unitText(unit)}`;
    return `- ${escaped(name)}: ${escaped(amount)}${note === undefined ? '' : ` (${escaped(note)})`}`;
  });
  return [lines.join('\n')];
}

/** Units that the text does not carry itself. */
export function unitText(unit: string): string {
  return unit === 'dollars' ? ' $' : unit === 'cents' ? ' ¢' : unit === 'contracts' ? ' contracts' : '';
}

function table({ columns, rows, nothing }: DocumentTable): string {
  if (rows.length === 0) return escaped(nothing);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => escaped(title))),
    line(columns.map(({ isText }) => (isText === true ? '---' : '---:'))),
    ...rows.map((row) => line(row.map(({ text }: DocumentCell) => escaped(text)))),
  ].join('\n');
}

/** One line, in which nothing is markup: also no bare link and no mention. */
function escaped(text: string): string {
  return visible(text)
    .replace(/[\\`*_[\]<>|#~@&]/g, (sign) => `\\${sign}`)
    .replaceAll('://', ':\\/\\/')
    .replace(/\bwww\./gi, (word) => `${word.slice(0, -1)}\\.`);
}
