/**
 * The document that says what somebody else expects, `kmm-forecast/1`: JSON, checked here to the last figure and turned
 * into forecasts (docs/forecasts.md). Nothing of a document with one fault is believed: whoever wrote it is mistaken about
 * something, and nobody knows about what else.
 */
import { z } from 'zod';
import type { Says } from '../../core/events.ts';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { SourceForecast } from '../../ports.ts';

const FORECAST_SCHEMA = 'kmm-forecast/1';

/** A thousand markets with a reason each are a fifth of this. */
export const DOCUMENT_BYTES_MAX = 2 * 1_024 * 1_024;
const FORECASTS_MAX = 2_000;
const POINTS_MAX = 10_000;
const REASONS_MAX = 20;
/** Chances written with six decimals and more add up to 1 within this. */
const SUM_SLACK = 1e-6;
/** A 95 % interval is so many standard errors wide. */
const INTERVAL_ERRORS = 2 * 1.959964;
/** Clocks of two machines. */
const FUTURE_MS = 2_000;

/** One line that a terminal shows as it stands. */
const line = (max: number) =>
  z
    .string()
    .max(max, `must be at most ${max} characters`)
    .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u, 'must be one line of plain text');
const moment = () => z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-29T09:00:00Z' });
const figure = () => z.number('must be a number');
const chance = () => figure().min(0, 'must be between 0 and 1').max(1, 'must be between 0 and 1');
const width = () => figure().min(0, 'must not be below 0');
const grid = () => figure().positive('must be above 0, the last digit that is published');

const normal = z
  .strictObject({
    ...{ mean: figure(), sd: width(), doubt: width().default(0), grid: grid() },
    ...{ least: figure().optional(), most: figure().optional() },
  })
  .refine(({ least = -Infinity, most = Infinity }) => least <= most, 'least must not be above most');

const points = z
  .strictObject({
    points: z
      .array(z.tuple([figure(), chance()]))
      .min(1)
      .max(POINTS_MAX),
    ...{ doubt: width().default(0), grid: grid() },
  })
  .refine(({ points: all }) => Math.abs(all.reduce((sum, [, part]) => sum + part, 0) - 1) <= SUM_SLACK, {
    error: 'the chances must add up to 1',
  });

const forecast = z
  .strictObject({
    about: z.string().regex(/^[A-Z0-9][A-Z0-9._-]{0,63}$/, 'must be a market, an event or a series, in upper case'),
    probability: chance().optional(),
    standard_error: figure().min(0, 'must be between 0 and 0.5').max(0.5, 'must be between 0 and 0.5').optional(),
    interval: z.tuple([chance(), chance()]).optional(),
    normal: normal.optional(),
    points: points.optional(),
    refused: line(300).optional(),
    valid_until: moment().optional(),
    reasons: z.array(line(300)).max(REASONS_MAX).default([]),
  })
  .superRefine(({ probability, standard_error: error, interval, normal: bell, points: mass, refused }, context) => {
    const fault = (message: string) => context.addIssue({ code: 'custom', message });
    const said = [probability, bell, mass, refused].filter((one) => one !== undefined).length;
    if (said !== 1) fault('must say one of probability, normal, points and refused');
    const hasOneError = (error === undefined) !== (interval === undefined);
    if (probability === undefined && (error !== undefined || interval !== undefined)) {
      fault('standard_error and interval go with a probability');
    }
    if (probability === undefined) return;
    if (!hasOneError) fault('a probability needs either its standard_error or its 95 % interval');
    if (interval === undefined) return;
    const [low, high] = interval;
    if (low > high) fault(`the interval is crossed: ${low} is above ${high}`);
    else if (probability < low || probability > high) fault(`${probability} is outside its interval`);
  });

const document = z.strictObject({
  schema: z.literal(FORECAST_SCHEMA),
  model: line(64),
  version: line(64),
  made_at: moment(),
  forecasts: z.array(forecast).max(FORECASTS_MAX),
});

/** Throws SourceProblem. `about`: it may speak of these alone. */
export function forecastsFrom(text: string, now: EpochMs, about?: readonly string[]): readonly SourceForecast[] {
  const { model, version, made_at: made, forecasts } = checked(text);
  const madeAt = epochMs(Math.floor(Date.parse(made)));
  if (madeAt > now + FUTURE_MS) {
    const ahead = Math.ceil((madeAt - now) / 1_000);
    throw new SourceProblem('source_future', `the document says that it was made ${ahead} s from now`);
  }
  const names = new Set<string>();
  return forecasts.map((one): SourceForecast => {
    if (names.has(one.about)) throw new SourceProblem('source_invalid', `${one.about} stands there twice`);
    names.add(one.about);
    if (about !== undefined && !about.includes(one.about)) {
      throw new SourceProblem(
        'source_invalid',
        `it speaks of ${one.about}, which its table of the configuration does not name`,
      );
    }
    const until = one.valid_until;
    return {
      ...{ about: one.about, madeAt, says: saysOf(one) },
      ...(until !== undefined && { validUntil: epochMs(Math.floor(Date.parse(until))) }),
      reasons: [`${model} ${version}`, ...one.reasons],
    };
  });
}

function checked(text: string): z.output<typeof document> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const isHtml = /^\s*</.test(text);
    const what = isHtml ? 'HTML' : text.trim() === '' ? 'nothing' : 'something else';
    throw new SourceProblem('source_not_json', `a forecast document in JSON was expected, and ${what} came`);
  }
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (schema !== FORECAST_SCHEMA) {
    const said = typeof schema === 'string' ? JSON.stringify(schema.slice(0, 40)) : 'none';
    throw new SourceProblem('source_version', `its schema is ${said}, and ${FORECAST_SCHEMA} is what this kmm reads`);
  }
  const parsed = document.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') || 'the document';
  throw new SourceProblem('source_invalid', `${place}: ${wordsOf(issue)}`);
}

/** Names of keys come from outside: no more of them than a line holds, and nothing that a terminal obeys. */
function wordsOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `unknown key ${JSON.stringify(issue.keys[0]?.slice(0, 40))}`;
  return issue?.message ?? 'wrong';
}

function saysOf(said: z.output<typeof forecast>): Says {
  const { probability, standard_error: error, interval, normal: bell, points: mass } = said;
  if (probability !== undefined) {
    const [low, high] = interval ?? [0, 0];
    return { kind: 'probability', probability, standardError: error ?? (high - low) / INTERVAL_ERRORS };
  }
  if (bell !== undefined) {
    const { mean, sd, doubt, grid: digit, least, most } = bell;
    const bounds = { ...(least !== undefined && { least }), ...(most !== undefined && { most }) };
    return { kind: 'normal', mean, sd, doubt, grid: digit, ...bounds };
  }
  if (mass !== undefined) return { kind: 'points', ...mass };
  return { kind: 'refused', code: 'source_refuses', reason: said.refused ?? '' };
}
