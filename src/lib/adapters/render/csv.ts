/**
 * Rows as CSV (RFC 4180, LF), for spreadsheets and scripts. A spreadsheet runs text that begins like a formula, and titles
 * and labels come from others: such text gets an apostrophe in front (reliability.md S15). Numbers are written as they are.
 */
import { stringify } from 'csv-stringify/sync';

/** A number is decimal text or a number; null and an empty text are empty cells. */
export type Cell = string | number | null;

/** With the line end of the last row; no rows give no text. */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return stringify(rows.map((row) => row.map(safeCell)));
}

/** Text as a spreadsheet shows it and does not run it. */
export function safeCell(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return DECIMAL.test(text) || !FORMULA.test(text) ? text : `'${text}`;
}

const DECIMAL = /^-?\d+(\.\d+)?$/;
/** Also the full-width signs, which some spreadsheets read as the plain ones, and what hides them behind blanks. */
const FORMULA = /^[\s\0]*[=+\-@\t\r＝＋－＠]/;
