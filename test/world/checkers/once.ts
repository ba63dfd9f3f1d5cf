/** I4: one create per intent, one order per client order id, one entry per fill. */
import type { CheckerMaker } from '../observation.ts';

export const once: CheckerMaker = () => {
  const created = new Set<string>();
  const orderOf = new Map<string, string>();
  return (seen) => {
    if (seen.kind === 'sent' && seen.write.verb === 'create') {
      const id = String(seen.write.body.client_order_id);
      if (created.has(id)) return `create ${id} was sent twice`;
      created.add(id);
    }
    if (seen.kind === 'rested' && seen.ours.fills !== seen.theirs.fills) {
      return `${seen.ours.fills} fills are booked, the exchange has ${seen.theirs.fills}`;
    }
    if (seen.kind !== 'fact' || seen.fact.type !== 'order') return undefined;
    const { clientOrderId, orderId } = seen.fact.order;
    if (clientOrderId === '') return undefined;
    const other = orderOf.get(clientOrderId) ?? orderId;
    orderOf.set(clientOrderId, orderId);
    return other === orderId ? undefined : `${clientOrderId} names two orders, ${other} and ${orderId}`;
  };
};
