/** Our client order ids, `kmm-<instance>-<session>-<strategy>-<n>` (reliability.md section 2): who placed an order is in its name. */

/** What stands for a strategy in the ids of orders by hand. */
export const HAND = 'hand';

/** The same of an order out of a position, which a person has asked for as well. */
export const FLATTEN = 'flatten';

/** The strategy of an order of any kmm, `hand` for one that a person asked for; undefined: no kmm has placed it. */
export function strategyOf(clientOrderId: string): string | undefined {
  const name = placedBy(clientOrderId);
  return name === FLATTEN ? HAND : name;
}

/** As it stands in the id: the strategy, `hand` or `flatten`; undefined: no kmm has placed it. */
export function placedBy(clientOrderId: string): string | undefined {
  return PATTERN.exec(clientOrderId)?.[1];
}

const PATTERN = /^kmm-\w+-\d+-(\w+)-\d+$/;
