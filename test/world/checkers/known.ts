/** I1: every order of ours was in the journal, on disk, before its first byte was sent. */
import type { CheckerMaker } from '../observation.ts';

export const known: CheckerMaker = ({ ownPrefix }) => {
  const journaled = new Set<string>();
  return (seen) => {
    if (seen.kind === 'sent' && seen.write.verb === 'create') {
      const id = String(seen.write.body.client_order_id);
      if (!seen.isJournaled) return `create ${id} was sent before its intent was in the journal`;
      journaled.add(id);
    }
    if (seen.kind !== 'fact' || seen.fact.type !== 'order') return undefined;
    const { clientOrderId } = seen.fact.order;
    if (!clientOrderId.startsWith(ownPrefix) || journaled.has(clientOrderId)) return undefined;
    journaled.add(clientOrderId);
    return `order ${clientOrderId} is on the exchange and was never asked for`;
  };
};
