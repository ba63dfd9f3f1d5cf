/**
 * How much of a market's risk a position meets that is left before the market pays (math.md 6, γ·v): the variance of the price until
 * then over p(1 − p), all that it can have. A binary on a figure of which the share ρ of the variance left is over when we are flat
 * has v = (Φ₂(d, d; ρ) − p²)/(p(1 − p)) with d = Φ⁻¹(p): at ½ that is (2/π)·arcsin ρ, and less on either side.
 *
 * The value at ½ is taken for every market of a ladder. It is never too little, and one figure for all is what keeps Σr = 1.
 *
 * We are flat before settlement where the operator's rules say so: nothing may be held in the last part before the close, and that
 * begins before quotes leave. Whatever may be held then is held to the end, and meets all of it.
 */

import type { Market } from '../market.ts';
import type { InventoryRules } from '../parameters.ts';
import { finalFrom } from '../quoting/inventory.ts';
import { isAverage } from '../reference/settlement-rule.ts';
import type { EpochMs } from '../units.ts';

/** v in (0, 1]; `flatAt` is when quotes leave and nothing may be held any more. */
export function riskShare(
  market: Pick<Market, 'openAt' | 'closeAt' | 'settles'>,
  inventory: InventoryRules,
  flatAt: EpochMs,
  now: EpochMs,
): number {
  if (inventory.finalPosition > 0 || finalFrom(market, inventory) >= flatAt) return 1;
  const left = varianceSeconds(market, market.closeAt - now);
  const after = varianceSeconds(market, market.closeAt - flatAt);
  return shareAtHalf(1 - after / left);
}

/** v at p = ½, of which the share ρ of the variance is over. */
function shareAtHalf(over: number): number {
  return Math.min(1, Math.max(LEAST, (2 / Math.PI) * Math.asin(Math.min(1, Math.max(0, over)))));
}

/** γ·v is positive. */
const LEAST = 1e-6;

/**
 * Variance of the figure in that of one second. Of a mean it falls with the cube inside its window, as math.md 8 has it second by
 * second, and of a trimmed one
 * much the same; of a level it goes as the clock, which of an hour in a session is near enough.
 */
function varianceSeconds({ settles }: Pick<Market, 'settles'>, leftMs: number): number {
  const seconds = Math.max(0, leftMs / 1_000);
  if (!isAverage(settles)) return seconds;
  const window = settles.seconds;
  return seconds >= window ? seconds - (2 * window) / 3 : seconds ** 3 / (3 * window * window);
}
