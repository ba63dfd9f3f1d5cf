/** A table that fits its width: columns leave in a stated order, and the one that may shrink is cut in its middle. */
import { type Glyphs, shortened } from '../format.ts';
import { textWidth } from '../text-width.ts';
import { cut, type Line, plain, type Span } from './line.ts';

export interface Column<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Columns leave from the highest number down; 0 stays, 1 stays as long as it can. */
  readonly leaves: number;
  /** May be shortened: not below `good` while a column above 1 can leave, not below `least` while any can. */
  readonly shrinks?: { readonly good: number; readonly least: number };
  readonly cell: (row: Row) => Span;
}

export interface Table {
  readonly head: Line;
  readonly rows: readonly Line[];
}

const GAP = 2;
/** Of a column that may shrink, on a terminal too small for anything. */
const WIDTH_MIN = 6;

interface Measured {
  readonly column: Pick<Column<never>, 'shrinks'>;
  readonly width: number;
}

/** Lays out the rows in `width` columns of text. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number, signs: Glyphs): Table {
  const measured = columns.map((column) => {
    const cells = rows.map(column.cell);
    return { column, cells, width: Math.max(column.title.length, ...cells.map(({ text }) => textWidth(text))) };
  });
  let kept = measured;
  for (;;) {
    const leaver = kept.reduce((a, b) => (b.column.leaves > a.column.leaves ? b : a));
    if (leaver.column.leaves === 0 || neededWidth(kept, leaver.column.leaves > 1 ? 'good' : 'least') <= width) break;
    kept = kept.filter((one) => one !== leaver);
  }
  const fitting = shrunk(kept, width);
  const lineOf = (cellOf: (one: (typeof fitting)[number]) => Span): Line =>
    cut(
      fitting.flatMap((one, index) => [
        ...(index === 0 ? [] : [plain(' '.repeat(GAP))]),
        aligned(cellOf(one), one.width, one.column.align, signs),
      ]),
      width,
    );
  return {
    head: lineOf(({ column }) => ({ text: column.title, isDim: true })),
    rows: rows.map((_, index) => lineOf(({ cells }) => cells[index] ?? plain(''))),
  };
}

/** With every column that may shrink at that width. */
function neededWidth(columns: readonly Measured[], to: 'good' | 'least'): number {
  return columns.reduce((sum, { column, width }) => sum + Math.min(width, column.shrinks?.[to] ?? width) + GAP, -GAP);
}

/** What is too much is taken from the columns that may shrink, the last one first; below `least` only when it must. */
function shrunk<One extends Measured>(columns: readonly One[], width: number): readonly One[] {
  let over = columns.reduce((sum, one) => sum + one.width + GAP, -GAP) - width;
  const taken = (one: One, least: number): One => {
    const less = Math.max(0, Math.min(over, one.width - least));
    over -= less;
    return { ...one, width: one.width - less };
  };
  const byNeed = (one: One): One => (one.column.shrinks === undefined ? one : taken(one, one.column.shrinks.least));
  const byForce = (one: One): One => (one.column.shrinks === undefined ? one : taken(one, WIDTH_MIN));
  return columns.toReversed().map(byNeed).map(byForce).toReversed();
}

function aligned(span: Span, width: number, align: 'left' | 'right', signs: Glyphs): Span {
  const text = shortened(span.text, width, signs);
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return { ...span, text: align === 'left' ? text + blanks : blanks + text };
}
