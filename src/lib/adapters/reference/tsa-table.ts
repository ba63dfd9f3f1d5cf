/**
 * Passengers per day at the checkpoints of the TSA: the table of tsa.gov/travel/passenger-volumes (one page a year), or a CSV
 * of Date and Passengers. Refuses a page without the table, a figure that is no number, and two figures for one day.
 */
import { dateOfDay, dayOfDate } from '../../core/eastern.ts';
import type { DayCount } from '../../core/fair-value/tsa/throughput.ts';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { csvRows } from './records.ts';

/** The 4 million of a record day, and as much again; and fewer than ever passed. */
const COUNT_MIN = 10_000;
const COUNT_MAX = 8_000_000;

/** In rising order of days. Throws SourceProblem. */
export function tsaCounts(text: string): readonly DayCount[] {
  const rows = /^\s*</.test(text)
    ? htmlRows(text)
    : csvRows(text, ['date', 'passengers']).map((row) => [row.date, row.passengers]);
  const counts = new Map<number, number>();
  for (const [date = '', figure = ''] of rows) {
    const day = dayOf(date);
    const count = Number(figure.replaceAll(',', ''));
    if (day === undefined || !Number.isInteger(count) || count < COUNT_MIN || count > COUNT_MAX) {
      throw new SourceProblem('source_figure', `"${date.slice(0, 20)}" has the figure "${figure.slice(0, 20)}"`);
    }
    if ((counts.get(day) ?? count) !== count) {
      throw new SourceProblem('source_figure', `${dateOfDay(day)} has two figures, ${counts.get(day)} and ${count}`);
    }
    counts.set(day, count);
  }
  if (counts.size === 0) throw new SourceProblem('source_empty', 'there is no day in it');
  return [...counts].sort(([a], [b]) => a - b).map(([day, count]) => ({ day, count }));
}

/** Rows of two cells that begin with a date. */
function htmlRows(text: string): readonly (readonly string[])[] {
  const rows = [...text.matchAll(/<tr\b[^>]*>([\s\S]*?)<\/tr>/gi)].map(([, row = '']) =>
    [...row.matchAll(/<td\b[^>]*>([\s\S]*?)<\/td>/gi)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, '').trim()),
  );
  const found = rows.filter(([first = '']) => /^\d{1,2}\/\d{1,2}\/\d{4}$/.test(first));
  if (found.length === 0) throw new SourceProblem('source_html', 'the page has no table of days and passengers');
  return found;
}

function dayOf(text: string): number | undefined {
  const [, month = '', day = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  const date = year === '' ? text : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return dayIn(date);
}

/** The day of a date `YYYY-MM-DD`, undefined where there is no such day. */
export function dayIn(date: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const at = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date) return undefined;
  return dayOfDate(date);
}
