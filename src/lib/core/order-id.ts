/** Our client order ids, `kmm-<instance>-<session>-<strategy>-<n>` (reliability.md section 2): who placed an order is in its name. */

/** What stands for a strategy in the ids of orders by hand. */
export const HAND = 'hand';

/** The strategy of an order of any kmm, `hand` for one by hand; undefined: no kmm has placed it. */
export function strategyOf(clientOrderId: string): string | undefined {
  return PATTERN.exec(clientOrderId)?.[1];
}

const PATTERN = /^kmm-\w+-\d+-(\w+)-\d+$/;
