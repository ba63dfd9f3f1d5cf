/**
 * Whether what was said at times fixed beforehand was right, traded or not: against what came and against the market's own
 * price at the same moments (A-FR2.5). The half of the truth that fills do not choose (math.md section 18).
 */
import { calibrationErrorOf, errorByChance } from './calibration-error.ts';
import { compareForecasts, type RivalScore } from './rivals.ts';
import { type Scores, scoresOf } from './scores.ts';
import type { EstimateRow } from './standing.ts';

export interface DecidedHonesty {
  readonly estimates: number;
  readonly markets: number;
  readonly events: number;
  /** A market is one observation in every bin. */
  readonly scores: Scores;
  /** `fair` against `mid` where the book had one; an event is one observation. */
  readonly rivals: readonly RivalScore[];
  /** Mean distance of bins from what came, weighted by their markets; null: nothing to score. */
  readonly calibrationError: number | null;
  /** What chance alone exceeds in one case of twenty; null: nothing to score. */
  readonly errorByChance: number | null;
}

export function decidedHonesty(rows: readonly EstimateRow[]): DecidedHonesty {
  const scores = scoresOf(rows.map(({ p, yes, ticker }) => ({ probability: p, isTrue: yes === 1, group: ticker })));
  const questions = rows.flatMap(({ event, yes, p, mid }) =>
    mid === null ? [] : [{ group: event, isTrue: yes === 1, said: { mid, fair: p } }],
  );
  return {
    ...{ estimates: rows.length, markets: scores.count, events: new Set(rows.map(({ event }) => event)).size, scores },
    rivals: compareForecasts(questions, ['mid', 'fair'], 'mid'),
    ...{ calibrationError: calibrationErrorOf(scores.bins), errorByChance: errorByChance(scores.bins) },
  };
}
