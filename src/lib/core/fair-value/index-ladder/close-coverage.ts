/**
 * How often the close came to lie where the distribution of an earlier hour had it: each session by parameters of the
 * sessions before it, with its own clamp.
 */

import { normalCdf } from '../../normal.ts';
import { MINUTE_MS } from '../../reference/minute-closes.ts';
import { SESSION_MINUTES } from './calibration.ts';
import { expectedAfter, WARM_UP } from './day-variance.ts';
import { residualClamp } from './residual-clamp.ts';
import { type SessionReturns, sessionReturns } from './session-minutes.ts';
import type { IndexSession } from './sessions.ts';
import { remainingVariance } from './terminal.ts';

export interface CoverageRow {
  /** Eastern, full. */
  readonly hour: number;
  readonly sessions: number;
  /** Sessions that the clamp called unlike the model. */
  readonly refused: number;
  /** Share of closes inside the central 50, 80 and 95 %. */
  readonly in50: number;
  readonly in80: number;
  readonly in95: number;
  /** Mean square of the standardized close; 1 where the variance was right. */
  readonly meanSquare: number;
}

export interface CoverageInput {
  /** Of each session, log². */
  readonly variances: readonly number[];
  readonly shares: readonly number[];
  readonly halfLife: number;
  /** The first session that is scored, after as many as the level needs. */
  readonly from: number;
}

/** Minutes from the open to 10:00 … 15:00. */
const HOURS = [10, 11, 12, 13, 14, 15] as const;
const OPEN_HOUR = 9.5;
/** The newest level may be so old, in minutes: recordings are thin. */
const STALE_MINUTES = 2;

export function closeCoverage(sessions: readonly IndexSession[], input: CoverageInput): readonly CoverageRow[] {
  return HOURS.map((hour) => {
    const places: number[] = [];
    let refusals = 0;
    for (let index = Math.max(WARM_UP, input.from); index < sessions.length; index += 1) {
      const place = standardized(sessions[index] as IndexSession, index, hour, input);
      if (place === 'refused') refusals += 1;
      else if (place !== undefined) places.push(place);
    }
    const inside = (share: number) =>
      places.filter((z) => Math.abs(2 * normalCdf(z) - 1) <= share).length / places.length;
    return {
      ...{ hour, sessions: places.length, refused: refusals },
      ...{ in50: inside(0.5), in80: inside(0.8), in95: inside(0.95) },
      meanSquare: places.reduce((sum, z) => sum + z * z, 0) / places.length,
    };
  }).filter(({ sessions: scored }) => scored > 0);
}

function standardized(session: IndexSession, index: number, hour: number, input: CoverageInput) {
  const { shares, variances, halfLife } = input;
  const from = (hour - OPEN_HOUR) * 60;
  const spot = newestBy(session.levels, from);
  const close = newestBy(session.levels, SESSION_MINUTES);
  if (spot === undefined || close === undefined) return undefined;
  const dayVariance = expectedAfter(variances.slice(0, index), halfLife);
  const clamp = residualClamp([...returnsBefore(session, from, shares, dayVariance).values()]);
  if (clamp.kind === 'refused') return 'refused';
  const variance = remainingVariance({
    ...{ profile: shares, dayVariance, from, to: SESSION_MINUTES, multiplier: clamp.multiplier, auctionBeta: 0 },
  });
  return (Math.log(close / spot) + variance / 2) / Math.sqrt(variance);
}

function newestBy(levels: readonly number[], minute: number): number | undefined {
  for (let at = minute; at >= Math.max(0, minute - STALE_MINUTES); at -= 1) {
    const level = levels[at];
    if (level !== undefined && !Number.isNaN(level)) return level;
  }
  return undefined;
}

/** As a live session has them: of minutes whose both ends were seen. */
function returnsBefore(
  { levels, opensAt }: IndexSession,
  from: number,
  shares: readonly number[],
  dayVariance: number,
): SessionReturns {
  const begin = opensAt / MINUTE_MS;
  const closes = levels
    .map((value, minute) => ({ minute: begin + minute - 1, value }))
    .filter(({ value }, minute) => minute <= from && !Number.isNaN(value));
  return sessionReturns(closes, { shares, dayVariance }, opensAt, opensAt + from * MINUTE_MS);
}
