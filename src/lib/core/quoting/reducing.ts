/** Why only what takes the position down may be shown on a side; the first reason that holds. */

import { formatSize, type Side, signOf } from '../units.ts';
import type { DecideInput } from './decide.ts';
import { LEAVING, REDUCING_HALTS, surgeNow } from './gates.ts';
import { inventoryRegime } from './inventory.ts';

export function reducingReason(input: DecideInput, side: Side): string | undefined {
  const { halts, parameters, risk, feed, now, isLeaving, leftOut, belief } = input;
  const halt = halts.find(({ name }) => REDUCING_HALTS.has(name));
  if (halt !== undefined)
    return `${halt.name === 'PAUSED' ? 'paused' : 'cooling off'}: only what reduces the position is shown`;
  const surge = surgeNow(feed, now);
  if (surge !== undefined) return `${surge.reason}: only what reduces the position is shown`;
  if (isLeaving === true) return belief?.benched?.reason ?? LEAVING;
  if (leftOut !== undefined) return leftOut;
  if (belief?.benched !== undefined) return belief.benched.reason;
  const { position } = risk.holding;
  const regime = inventoryRegime(position, parameters.inventory);
  const isGrowing = signOf(side) * position > 0;
  if (!isGrowing || regime === 'normal' || regime === 'skewed') return undefined;
  return `${formatSize(position)} are held: only the side that takes them down is shown`;
}
