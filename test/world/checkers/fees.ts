/** an exchange that charges by its rule is never said to charge otherwise, whatever is lost, late or told twice. */
import type { CheckerMaker } from '../observation.ts';

export const fees: CheckerMaker = () => (seen) => {
  if (seen.kind !== 'told') return undefined;
  return seen.alerts.find(({ key }) => key.startsWith('fees ') || key.startsWith('halt FEES '))?.text;
};
