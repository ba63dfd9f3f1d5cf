/**
 * How long a position takes to come back half of the way to flat: inventory as an autoregression towards zero,
 * q(t + Δ) = φ·q(t) + noise, whose half-life is Δ·ln 2 / −ln φ. Pairs are taken within a market, never across two.
 */
export type HalfLife =
  /** Never held: there is nothing to come back from. */
  | { readonly kind: 'flat' }
  /** φ is 1 or more: on average it did not come back. */
  | { readonly kind: 'never'; readonly pairs: number }
  /** φ is not above 0: gone within less than one step. */
  | { readonly kind: 'below_step'; readonly pairs: number; readonly ms: number }
  | { readonly kind: 'known'; readonly pairs: number; readonly ms: number };

/**
 * @param paths one a market (or an unbroken stretch of one): the position every `stepMs`
 * Pairs that begin flat say nothing and do not count.
 */
export function halfLifeOf(paths: readonly (readonly number[])[], stepMs: number): HalfLife {
  let [pairs, products, squares] = [0, 0, 0];
  for (const path of paths) {
    for (let next = 1; next < path.length; next += 1) {
      const [before, now] = [path[next - 1] ?? 0, path[next] ?? 0];
      if (before === 0) continue;
      pairs += 1;
      products += before * now;
      squares += before * before;
    }
  }
  if (squares === 0) return { kind: 'flat' };
  const decay = products / squares;
  if (decay >= 1) return { kind: 'never', pairs };
  if (decay <= 0) return { kind: 'below_step', pairs, ms: stepMs };
  return { kind: 'known', pairs, ms: Math.round((stepMs * Math.LN2) / -Math.log(decay)) };
}
