/**
 * Tables as text, for every command that prints one: as wide as the terminal, columns leaving in their stated order, wide
 * characters counted, ASCII where that is asked for, the head dim on a terminal. `plainLine` is the same for scripts.
 */
import chalk from 'chalk';
import type { Glyphs } from '../format.ts';
import { asciiText } from '../text-width.ts';
import { type Column as ScreenColumn, table } from '../tui/table.ts';

export interface TextColumn<Row> extends Omit<ScreenColumn<Row>, 'cell'> {
  readonly cell: (row: Row) => string;
}

export interface TextLayout {
  readonly width: number;
  readonly signs: Glyphs;
  readonly isAscii: boolean;
}

/** The head, then a line a row; without rows the head alone. No line is wider than `width`, none ends in blanks. */
export function textTable<Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
  { width, signs, isAscii }: TextLayout,
): readonly string[] {
  const shown = (text: string) => ({ text: isAscii ? asciiText(text) : text });
  const screenColumns = columns.map(({ cell, ...column }) => ({ ...column, cell: (row: Row) => shown(cell(row)) }));
  const { head, rows: lines } = table(screenColumns, rows, width, signs);
  const [first = '', ...rest] = [head, ...lines].map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
  return [chalk.dim(first), ...rest];
}

/** One record: every column, between tabs. */
export function plainLine<Row>(columns: readonly TextColumn<Row>[], row: Row): string {
  return columns.map(({ cell }) => cell(row).replaceAll('\t', ' ')).join('\t');
}
