/** `kmm model fit index`: values of an index in, the parameters of its hourly and its close markets out (E-2, E-3). */
import { dateOfDay, dayOfDate } from '../../core/eastern.ts';
import { fitIndex, type IndexFit } from '../../core/fair-value/index-ladder/fit-index.ts';
import { type Sessions, sessionsOf } from '../../core/fair-value/index-ladder/sessions.ts';
import { codeVersion } from '../code-version.ts';
import { KmmError } from '../errors/errors.ts';
import { fileDigest } from './file-digest.ts';
import { INDEX_MODEL_SCHEMA, INDEX_PRODUCTS, type IndexModel, type IndexName } from './index-model.ts';
import { readCloses, readIndexRows } from './index-rows.ts';

export interface FitIndexRequest {
  readonly files: readonly string[];
  readonly index?: IndexName;
  readonly shape: 'fitted' | 'assumed';
  /** Official closes. */
  readonly closes?: string;
  readonly now: Date;
}

export interface FittedIndex {
  /** One of each product. */
  readonly models: readonly IndexModel[];
  /** What was left out. */
  readonly notes: readonly string[];
}

const SHAPE_ASSUMED =
  'the shape of the day is the U of math.md 9, 1 + 3·e^(−(j−1)/20) + 1.2·e^(−(390−j)/25): fitted on nothing';
const NO_AUCTION =
  'the close settles on the print of its last second: no official closes were given, so no jump into them';

/** Throws KMM_MODEL_DATA, KMM_RECORDING_BAD. */
export async function fitIndexModels(request: FitIndexRequest): Promise<FittedIndex> {
  const { files, shape, closes, now } = request;
  const { index, rows } = await readIndexRows(files, request.index);
  const found = sessionsOf(rows);
  const official = closes === undefined ? new Map<string, number>() : await readCloses(closes);
  const fit = fitIndex({
    ...{ sessions: found.sessions, halfDays: found.halfDays, shape },
    closes: new Map([...official].map(([date, close]) => [dayOfDate(date), close])),
  });
  if (fit.kind === 'refused') {
    throw new KmmError('KMM_MODEL_DATA', `${index}: ${fit.reason}`, {
      next: [
        'name more recordings with --data: whole sessions of minutes, 9:30 to 16:00 Eastern',
        ...(shape === 'fitted' ? ['or take the shape for granted, and say so: --shape assumed'] : []),
      ],
    });
  }
  const newest = rows.at(-1)?.at ?? 0;
  if (newest > now.getTime() + AHEAD_MS_MAX) {
    throw new KmmError('KMM_MODEL_DATA', `${index}: the newest value is still to come, so its age is not known`);
  }
  const sources = await Promise.all([...files, ...(closes === undefined ? [] : [closes])].map(fileDigest));
  const common = commonOf(fit, found, shape);
  const models = INDEX_PRODUCTS.map(
    (product): IndexModel => ({
      ...{ schema: INDEX_MODEL_SCHEMA, index, product, fittedAt: now.toISOString() },
      ...{ madeAt: new Date(newest).toISOString(), code: codeVersion(), sources },
      ...common,
      ...(product === 'close'
        ? { auctionBeta: fit.auction.beta, auctionCloses: fit.auction.closes }
        : { auctionBeta: 0, auctionCloses: 0 }),
      assumptions: [
        ...(shape === 'assumed' ? [SHAPE_ASSUMED] : []),
        ...(product === 'close' && fit.auction.closes === 0 ? [NO_AUCTION] : []),
      ],
    }),
  );
  return { models, notes: notesOf(found, fit) };
}

/** Clocks of two machines. */
const AHEAD_MS_MAX = 60_000;

function commonOf(fit: IndexFit, { sessions }: Sessions, profile: FitIndexRequest['shape']) {
  const { halfDay } = fit;
  return {
    sessions: {
      ...{ seen: sessions.length, whole: fit.wholeSessions },
      first: dateOfDay(sessions[0]?.day ?? 0),
      last: dateOfDay(sessions.at(-1)?.day ?? 0),
    },
    ...{ profile, lambda: fit.lambda, shares: [...fit.shares], dayVariance: fit.day.expected },
    ...{ halfLifeSessions: fit.day.halfLifeSessions, volatilityDoubt: fit.day.doubt, coverage: [...fit.coverage] },
    ...(halfDay.kind === 'half_day' && {
      halfDay: { shares: [...halfDay.shares], level: halfDay.level, doubt: halfDay.doubt, days: halfDay.days },
    }),
  };
}

function notesOf({ halfDays, leftOut: { outside, unknownDays } }: Sessions, { halfDay }: IndexFit): readonly string[] {
  return [
    ...(outside > 0 ? [`${outside} values outside sessions are left out`] : []),
    ...(halfDays.length > 0 && halfDay.kind === 'refused' ? [`half days are not priced: ${halfDay.reason}`] : []),
    ...(unknownDays > 0 ? [`${unknownDays} values of days that the trading calendar does not know are left out`] : []),
  ];
}
