/**
 * What a station's thermometer showed: api.weather.gov/stations/ID/observations. Readings without a value, and those that the
 * quality control rejects or questions, are left out. A whole degree Celsius may have been rounded, and says so.
 */
import { z } from 'zod';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { fahrenheit } from './nws-gridpoint.ts';
import { jsonOf } from './records.ts';

export interface Reading {
  readonly at: EpochMs;
  /** What it was at the least and at the most, °F. */
  readonly least: number;
  readonly most: number;
}

const observations = z.object({
  features: z
    .array(
      z.object({
        properties: z.object({
          timestamp: z.iso.datetime({ offset: true }),
          temperature: z.object({
            value: z.number().nullable(),
            unitCode: z.literal('wmoUnit:degC'),
            qualityControl: z.string().optional(),
          }),
        }),
      }),
    )
    .max(5_000),
});

/** Rejected, questioned. */
const BAD = new Set(['X', 'Q']);

/** In rising order of time. Throws SourceProblem. */
export function readingsOf(text: string): readonly Reading[] {
  const { success, data } = observations.safeParse(jsonOf(text));
  if (!success) throw new SourceProblem('source_format', 'it is no list of observations (features, temperature in °C)');
  return data.features
    .flatMap(({ properties: { timestamp, temperature } }) => {
      const { value, qualityControl = '' } = temperature;
      if (value === null || BAD.has(qualityControl)) return [];
      const half = Number.isInteger(value) ? 0.5 : 0.05;
      return [{ at: epochMs(Date.parse(timestamp)), least: fahrenheit(value - half), most: fahrenheit(value + half) }];
    })
    .sort((a, b) => a.at - b.at);
}
