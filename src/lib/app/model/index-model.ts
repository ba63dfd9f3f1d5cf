/** The file of an index's parameters: what it must hold, and what the engine is told of it. */
import * as z from 'zod';
import {
  HALF_SESSION_MINUTES,
  type IndexCalibration,
  SESSION_MINUTES,
} from '../../core/fair-value/index-ladder/calibration.ts';
import { epochMs } from '../../core/units.ts';

export const INDEX_MODEL_SCHEMA = 'kmm-index/1';

/** As the markets' rules name an index, and the folder of its parameters. */
export const INDEX_FOLDERS = { SPX: 'INX', NDX: 'NDX' } as const;
export type IndexName = keyof typeof INDEX_FOLDERS;
export const INDEX_PRODUCTS = ['hourly', 'close'] as const;

const share = z.number().min(0).max(1);
const count = z.int().min(0);
const time = z.iso.datetime();
const date = z.iso.date();
/** A day of 30 %, as a variance of logarithms. */
const DAY_VARIANCE_MAX = 0.09;
const SUM_ERROR_MAX = 1e-9;

/** u_j of minute j after the open. */
function sharesOf(minutes: number) {
  return z
    .array(z.number().positive())
    .length(minutes)
    .refine((all) => Math.abs(all.reduce((sum, one) => sum + one, 0) - 1) <= SUM_ERROR_MAX, 'must add up to 1');
}

export const indexModelSchema = z.strictObject({
  schema: z.literal(INDEX_MODEL_SCHEMA),
  index: z.enum(Object.keys(INDEX_FOLDERS) as [IndexName, ...IndexName[]]),
  product: z.enum(INDEX_PRODUCTS),
  fittedAt: time,
  /** Of the newest data: the age that counts. */
  madeAt: time,
  code: z.string(),
  sources: z.array(z.strictObject({ file: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  sessions: z.strictObject({ seen: count, whole: count, first: date, last: date }),
  profile: z.enum(['fitted', 'assumed']),
  /** Of the spline; null where the shape is assumed. */
  lambda: z.number().positive().nullable(),
  shares: sharesOf(SESSION_MINUTES),
  /** Of a whole session, log². */
  dayVariance: z.number().positive().max(DAY_VARIANCE_MAX),
  halfLifeSessions: z.number().positive(),
  /** Standard deviation of ln σ of a session about what was expected of it. */
  volatilityDoubt: z.number().min(0).max(3),
  auctionBeta: z.number().min(0).max(10),
  /** Official closes behind it. */
  auctionCloses: count,
  /** Of days that end at 13:00; absent: those are not priced. */
  halfDay: z
    .strictObject({
      ...{
        shares: sharesOf(HALF_SESSION_MINUTES),
        level: z.number().positive().max(10),
        doubt: z.number().min(0).max(3),
      },
      days: count,
    })
    .optional(),
  assumptions: z.array(z.string()),
  coverage: z.array(
    z.strictObject({
      ...{ hour: z.int().min(9).max(16), sessions: count, refused: count, in50: share, in80: share, in95: share },
      meanSquare: z.number().min(0),
    }),
  ),
});

export type IndexModel = z.output<typeof indexModelSchema>;

export function calibrationOf(model: IndexModel): IndexCalibration {
  const { profile, shares, dayVariance, volatilityDoubt, auctionBeta, halfDay } = model;
  const madeAt = epochMs(Date.parse(model.madeAt));
  return {
    ...{ kind: 'calibration', madeAt, profile, shares, dayVariance, volatilityDoubt, auctionBeta },
    ...(halfDay !== undefined && { halfDay }),
  };
}

/** ISO week of a time, `2026-W05` without its letter: files of one year sort by it. */
export function weekOf(at: Date): string {
  const day = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
  // The week belongs to the year of its Thursday.
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const week = Math.ceil(((day.getTime() - Date.UTC(day.getUTCFullYear(), 0, 1)) / 86_400_000 + 1) / 7);
  return `${day.getUTCFullYear()}-${String(week).padStart(2, '0')}`;
}
