/**
 * What is done about a position by its size and by the time that is left, whatever the strategy (requirements D-3, D-5;
 * math.md 11): prices lean, then one side only is shown, then it is worked down; in the last part before the close hardly
 * anything may be held. A boundary value belongs to the milder regime.
 */
import type { Market } from '../market.ts';
import type { InventoryRules } from '../parameters.ts';
import { type Centicontracts, type EpochMs, NO_SIZE, ONE_CONTRACT } from '../units.ts';

export type InventoryRegime = 'normal' | 'skewed' | 'one_sided' | 'exit';

export function inventoryRegime(position: Centicontracts, { skewed, oneSided, exit }: InventoryRules): InventoryRegime {
  const held = Math.abs(position);
  if (held <= skewed) return 'normal';
  if (held <= oneSided) return 'skewed';
  return held <= exit ? 'one_sided' : 'exit';
}

/** Cents to move both quotes by, against the position: so much for every whole ten contracts, while it is above normal. */
export function inventorySkewCents(position: Centicontracts, { skewed, skewPerTen }: InventoryRules): number {
  if (Math.abs(position) <= skewed) return 0;
  return -(Math.trunc(position / TEN) * skewPerTen) / CENT;
}

/** When the last part before the close begins; at the close where there is none. */
export function finalFrom({ openAt, closeAt }: Pick<Market, 'openAt' | 'closeAt'>, rules: InventoryRules): EpochMs {
  const share = Math.floor((Math.max(0, closeAt - openAt) * rules.finalShare) / 10_000);
  return (closeAt - Math.min(rules.finalMs, share)) as EpochMs;
}

export function isFinal(market: Pick<Market, 'openAt' | 'closeAt'>, rules: InventoryRules, now: EpochMs): boolean {
  return now >= finalFrom(market, rules) && now < market.closeAt;
}

/** |net| that a forced exit brings a position down to; undefined: it may stay. */
export function exitTarget(
  position: Centicontracts,
  market: Pick<Market, 'openAt' | 'closeAt'>,
  rules: InventoryRules,
  now: EpochMs,
): Centicontracts | undefined {
  if (isFinal(market, rules, now) && Math.abs(position) > rules.finalPosition) return NO_SIZE;
  return inventoryRegime(position, rules) === 'exit' ? rules.exitTo : undefined;
}

const TEN = 10 * ONE_CONTRACT;
/** Centicents in one. */
const CENT = 100;
