/**
 * Daily highs or lows of a station from a CSV: NOAA's daily summaries (DATE, TMAX, TMIN; tenths of °C, or °F where asked for
 * in standard units), or a file of date, city, station_id and high_f. Days without a figure are left out, as the record has holes.
 */
import type { DailyExtreme } from '../../core/fair-value/weather/climate.ts';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { csvRows } from './records.ts';
import { dayIn } from './tsa-table.ts';

export interface StationQuery {
  readonly extreme: 'high' | 'low';
  /** Rows of this station alone, by its id or city; absent: all rows are of one. */
  readonly station?: string;
  readonly unit: 'fahrenheit' | 'tenths-celsius';
}

/** No thermometer of the United States has shown more or less, °F. */
const LEAST = -80;
const MOST = 135;

/** In rising order of days. Throws SourceProblem. */
export function stationHistory(text: string, { extreme, station, unit }: StationQuery): readonly DailyExtreme[] {
  const rows = csvRows(text, ['date']);
  const names = extreme === 'high' ? ['high_f', 'tmax'] : ['low_f', 'tmin'];
  const name = names.find((one) => rows[0]?.[one] !== undefined);
  if (name === undefined) throw new SourceProblem('source_not_csv', `it has no column ${names.join(' or ')}`);
  const isFahrenheit = name.endsWith('_f') || unit === 'fahrenheit';
  const days = new Map<number, number>();
  for (const row of rows) {
    if (station !== undefined && ![row.station, row.station_id, row.city].includes(station)) continue;
    const figure = row[name] ?? '';
    if (figure === '') continue;
    const day = dayIn((row.date ?? '').slice(0, 10));
    const value = isFahrenheit ? Number(figure) : Math.round((Number(figure) / 10) * 1.8 + 32);
    if (day === undefined || !(value >= LEAST && value <= MOST)) {
      throw new SourceProblem('source_figure', `"${row.date}" has the figure "${figure.slice(0, 20)}"`);
    }
    if ((days.get(day) ?? value) !== value) {
      throw new SourceProblem('source_figure', `${row.date} has two figures: name the station`);
    }
    days.set(day, value);
  }
  if (days.size === 0)
    throw new SourceProblem('source_empty', `there is no ${extreme} of ${station ?? 'a station'} in it`);
  return [...days].sort(([a], [b]) => a - b).map(([day, value]) => ({ day, value }));
}
