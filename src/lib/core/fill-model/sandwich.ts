/** Standard errors of a fit whose observations come in clusters: A⁻¹·B·A⁻¹ with B from the scores of whole clusters. */
import { solve } from './matrix.ts';

/** `scores`: one vector a cluster. Null where there are fewer than two clusters, or no inverse. */
export function sandwich(
  information: readonly (readonly number[])[],
  scores: readonly (readonly number[])[],
): readonly (number | null)[] {
  const n = information.length;
  const count = scores.length;
  return Array.from({ length: n }, (_, i) => {
    const unit = Array.from({ length: n }, (__, k) => (i === k ? 1 : 0));
    const row = solve(information, unit);
    if (row === undefined || count < 2) return null;
    let variance = 0;
    for (const score of scores)
      variance += score.reduce((total, value, k) => total + value * (row[k] as number), 0) ** 2;
    return Math.sqrt((variance * count) / (count - 1));
  });
}
