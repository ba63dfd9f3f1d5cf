/**
 * The score of one snapshot of a liquidity programme (kalshi/api.md section 10). A side qualifies from its best price down
 * until the target size is reached, and the snapshot counts for nobody where one does not reach it. An order scores size ×
 * factor^(distance from the best); a side is worth half of the snapshot.
 *
 * Distance is counted in whole cents: whether cents or price levels are meant is open there.
 */
import type { Centicents, Centicontracts } from '../units.ts';

export interface ScoredLevel {
  readonly price: Centicents;
  /** All of it, ours included. */
  readonly size: Centicontracts;
  readonly ours: Centicontracts;
}

export interface ScoreTerms {
  /** Above zero. */
  readonly target: Centicontracts;
  /** In (0, 1]. */
  readonly factor: number;
}

export interface SnapshotScore {
  /** In [0, 1]; 0 where the snapshot counts for nobody. */
  readonly share: number;
  /** What one more contract of ours at the best price of both sides adds to the share. */
  readonly marginal: number;
  /** Both sides reach the target. */
  readonly counts: boolean;
}

const CENT = 100;
const CONTRACT = 100;

/** @param bids and asks best price first */
export function snapshotScore(
  bids: readonly ScoredLevel[],
  asks: readonly ScoredLevel[],
  terms: ScoreTerms,
): SnapshotScore {
  const sides = [sideScore(bids, terms), sideScore(asks, terms)];
  const counts = sides.every(({ reaches }) => reaches);
  if (!counts) return { share: 0, marginal: 0, counts };
  const now = sides.reduce((sum, { ours, all }) => sum + ours / all / 2, 0);
  const more = sides.reduce((sum, { ours, all }) => sum + (ours + CONTRACT) / (all + CONTRACT) / 2, 0);
  return { share: now, marginal: more - now, counts };
}

function sideScore(levels: readonly ScoredLevel[], { target, factor }: ScoreTerms) {
  const best = levels[0]?.price ?? (0 as Centicents);
  let [reached, ours, all] = [0, 0, 0];
  for (const level of levels) {
    if (reached >= target) break;
    reached += level.size;
    const weight = factor ** Math.floor(Math.abs(level.price - best) / CENT);
    ours += level.ours * weight;
    all += level.size * weight;
  }
  return { ours, all, reaches: reached >= target };
}
