/**
 * I16: in every market realized + unrealized − fees is what the exchange's fills, fees and settlements come to, exactly.
 * In total it is what cash has changed by, which I2 compares.
 */
import type { CheckerMaker } from '../observation.ts';
import { differences } from './equal.ts';

export const profit: CheckerMaker = () => (seen) => {
  if (seen.kind !== 'rested') return undefined;
  const [first] = differences('profit in', seen.ours.earned, seen.theirs.earned);
  return first;
};
