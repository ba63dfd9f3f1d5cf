/**
 * Index values of the Bureau of Labor Statistics (api.bls.gov/publicAPI/v2/timeseries/data), and their changes in per cent as a release
 * states them: to one decimal. They are of today's vintage: a first release may have been another figure.
 */
import { z } from 'zod';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { jsonOf } from './records.ts';

const answer = z.object({
  status: z.string(),
  message: z.array(z.string()).optional(),
  Results: z
    .object({
      series: z.array(
        z.object({
          seriesID: z.string(),
          data: z.array(z.object({ year: z.string(), period: z.string(), value: z.string() })).max(2_000),
        }),
      ),
    })
    .optional(),
});

/** Change of each month, per cent, against `months` before it (1 or 12), where both are known. Throws SourceProblem. */
export function blsChanges(text: string, seriesId: string, months: 1 | 12): ReadonlyMap<string, number> {
  const { success, data } = answer.safeParse(jsonOf(text));
  if (!success) throw new SourceProblem('source_format', 'it is no answer of the BLS (status, Results)');
  if (data.status !== 'REQUEST_SUCCEEDED') {
    throw new SourceProblem(
      'source_refuses',
      `the BLS says ${data.status}: ${(data.message?.[0] ?? '').slice(0, 120)}`,
    );
  }
  const series = data.Results?.series.find(({ seriesID }) => seriesID === seriesId);
  if (series === undefined) throw new SourceProblem('source_empty', `it does not have the series ${seriesId}`);
  const values = new Map<number, number>();
  for (const { year, period, value } of series.data) {
    const [, month = ''] = /^M(0[1-9]|1[0-2])$/.exec(period) ?? [];
    // M13 is the average of the year; a month that was not collected has a dash.
    if (month === '' || value === '-') continue;
    const figure = Number(value);
    if (!(figure > 0))
      throw new SourceProblem('source_figure', `${year} ${period} has the value "${value.slice(0, 20)}"`);
    values.set(Number(year) * 12 + Number(month) - 1, figure);
  }
  return new Map(
    [...values].flatMap(([month, value]) => {
      const before = values.get(month - months);
      if (before === undefined) return [];
      const name = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
      return [[name, Math.round((value / before - 1) * 1_000) / 10] as const];
    }),
  );
}
