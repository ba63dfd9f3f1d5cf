/**
 * The forecast of api.weather.gov/gridpoints/OFFICE/X,Y: highs and lows of days, and temperatures of hours, in °F. A value
 * holds for an interval in ISO 8601, `2026-07-16T12:00:00+00:00/PT13H`.
 */
import { z } from 'zod';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { jsonOf } from './records.ts';

export interface Spell {
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly fahrenheit: number;
}

export interface Gridpoint {
  readonly madeAt: EpochMs;
  readonly highs: readonly Spell[];
  readonly lows: readonly Spell[];
  readonly hours: readonly Spell[];
}

const layer = z.object({
  uom: z.string(),
  values: z.array(z.object({ validTime: z.string(), value: z.number().nullable() })).max(2_000),
});
const gridpoint = z.object({
  properties: z.object({
    updateTime: z.iso.datetime({ offset: true }),
    maxTemperature: layer,
    minTemperature: layer,
    temperature: layer,
  }),
});

/** Throws SourceProblem. */
export function gridpointOf(text: string): Gridpoint {
  const { success, data } = gridpoint.safeParse(jsonOf(text));
  if (!success)
    throw new SourceProblem('source_format', 'it is no forecast of a gridpoint (updateTime, maxTemperature, …)');
  const { updateTime, maxTemperature, minTemperature, temperature } = data.properties;
  return {
    madeAt: epochMs(Date.parse(updateTime)),
    highs: spells(maxTemperature),
    lows: spells(minTemperature),
    hours: spells(temperature),
  };
}

function spells({ uom, values }: z.infer<typeof layer>): readonly Spell[] {
  if (uom !== 'wmoUnit:degC' && uom !== 'wmoUnit:degF') {
    throw new SourceProblem('source_format', `temperatures are in "${uom.slice(0, 20)}"`);
  }
  return values.flatMap(({ validTime, value }) => {
    if (value === null) return [];
    const [begins = '', lasts = ''] = validTime.split('/');
    const [from, ms] = [Date.parse(begins), durationMs(lasts)];
    if (Number.isNaN(from) || ms === undefined) {
      throw new SourceProblem('source_format', `"${validTime.slice(0, 40)}" is no interval`);
    }
    return [
      { from: epochMs(from), until: epochMs(from + ms), fahrenheit: uom.endsWith('C') ? fahrenheit(value) : value },
    ];
  });
}

export function fahrenheit(celsius: number): number {
  return celsius * 1.8 + 32;
}

/** `P1DT6H`, `PT1H`; undefined where it is none. */
function durationMs(text: string): number | undefined {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text);
  if (found === null || text === 'P') return undefined;
  const [days, hours, minutes] = found.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
  return ((days * 24 + hours) * 60 + minutes) * 60_000;
}
