/**
 * A report for a terminal: the same document as in every other format, in plain lines that keep to its width. Tables give up
 * columns in their stated order; sentences are broken between words; pictures are left to HTML.
 */
import type { Glyphs } from '../../format.ts';
import { asciiText, brokenText, textWidth } from '../../text-width.ts';
import { type TextColumn, type TextLayout, textTable } from '../text-table.ts';
import { type DocumentTable, type Figure, type ReportDocument, type Section, visible } from './report-document.ts';
import { unitText } from './report-markdown.ts';

export function reportText(document: ReportDocument, layout: TextLayout): readonly string[] {
  const { title, subtitle, warnings, lead, sections } = document;
  return [
    ...paragraph(title, layout),
    ...paragraph(subtitle, layout),
    ...warnings.flatMap((warning) => paragraph(`! ${warning}`, layout, '  ')),
    ...(lead.length === 0 ? [] : ['', ...figures(lead, layout)]),
    ...sections.flatMap((section) => ['', ...sectionLines(section, layout)]),
  ];
}

function sectionLines({ title, notes = [], steps = [], figures: some = [], tables = [] }: Section, layout: TextLayout) {
  return [
    ...paragraph(title.toUpperCase(), layout),
    ...notes.flatMap((note) => paragraph(note, layout)),
    ...steps.flatMap((step, index) => {
      const number = `${index + 1}. `;
      return paragraph(number + step, layout, ' '.repeat(number.length));
    }),
    ...figures(some, layout),
    ...tables.flatMap((table, index) => [...(index === 0 ? [] : ['']), ...tableLines(table, layout)]),
  ];
}

function paragraph(text: string, layout: TextLayout, indent = ''): readonly string[] {
  const lines = brokenText(shown(text, layout), layout.width - indent.length);
  return lines.map((line, index) => (index === 0 ? line : indent + line));
}

function figures(some: readonly Figure[], layout: TextLayout): readonly string[] {
  const names = some.map(({ name }) => shown(name, layout));
  const width = Math.max(0, ...names.map(textWidth));
  return some.flatMap(({ value, unit, note }, index) => {
    const amount = value.exact === null ? value.text : `${value.text}${unitText(unit)}`;
    const name = names[index] ?? '';
    const line = `${name}${' '.repeat(width - textWidth(name))}  ${amount}${note === undefined ? '' : ` (${note})`}`;
    return textWidth(line) <= layout.width ? [shown(line, layout)] : paragraph(line, layout, ' '.repeat(width + 2));
  });
}

/** A column of sentences stands below its row, where it does not fit. */
function tableLines({ columns, rows, nothing }: DocumentTable, layout: TextLayout): readonly string[] {
  if (rows.length === 0) return paragraph(nothing, layout);
  const long = columns.findIndex(({ isLong }) => isLong);
  if (long === -1 || naturalWidth({ columns, rows }) <= layout.width)
    return textTable(textColumns(columns), rows, layout);
  const isKept = (_: unknown, index: number) => index !== long;
  const narrow = rows.map((row) => row.filter(isKept));
  const [head = '', ...lines] = textTable(textColumns(columns.filter(isKept)), narrow, layout);
  return [head, ...lines.flatMap((line, index) => [line, ...sentence(rows[index]?.[long]?.text ?? '', layout)])];
}

function sentence(text: string, layout: TextLayout): readonly string[] {
  const { width } = layout;
  return text === '' ? [] : paragraph(text, { ...layout, width: width - 2 }).map((line) => `  ${line}`);
}

type Rows = DocumentTable['rows'];

function textColumns(columns: DocumentTable['columns']): readonly TextColumn<Rows[number]>[] {
  return columns.map(({ title, isText = false, leaves = 0 }, index) => ({
    ...{ title, align: isText ? 'left' : 'right', leaves },
    ...(index === 0 && isText && { shrinks: { good: 24, least: 8 } }),
    cell: (row) => visible(row[index]?.text ?? ''),
  }));
}

/** With every column and nothing cut. */
function naturalWidth({ columns, rows }: Pick<DocumentTable, 'columns' | 'rows'>): number {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => textWidth(row[index]?.text ?? ''))),
  );
  return widths.reduce((sum, width) => sum + width + GAP, -GAP);
}

const GAP = 2;

function shown(text: string, { isAscii, signs }: Pick<TextLayout, 'isAscii' | 'signs'>): string {
  return isAscii ? asciiText(plainSigns(visible(text), signs)) : visible(text);
}

function plainSigns(text: string, signs: Glyphs): string {
  return text.replaceAll('¢', signs.cent).replaceAll('±', signs.plusMinus);
}
