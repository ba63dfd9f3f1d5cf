/** I17: what a trader keeps of orders stays small while it runs, and nothing of it is left at rest. */
import type { CheckerMaker } from '../observation.ts';

/** Two sides in each of some fifteen markets, each with as much again in doubt. */
const ORDERS_MAX = 120;

export const bounded: CheckerMaker = () => (seen) => {
  if (seen.kind === 'second' && seen.load !== undefined && seen.load.orders > ORDERS_MAX) {
    return `it counts ${seen.load.orders} orders`;
  }
  if (seen.kind !== 'rested') return undefined;
  const { owing, waiting } = seen.load;
  return owing + waiting === 0 ? undefined : `at rest ${owing} orders are owed fills, ${waiting} messages wait`;
};
