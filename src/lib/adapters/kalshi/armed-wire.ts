/**
 * The last hop before the wire while production may not be traded on: what reads and what takes orders away goes
 * through, everything else stays here. Cancels, group triggers and the sweep are never held up.
 */
import type { Wire, WireRequest } from '../../ports.ts';
import { REST_ROOT } from './environments.ts';

export function armedWire(wire: Wire, isArmed: () => boolean): Wire {
  return {
    async request(request) {
      if (onlyReduces(request) || isArmed()) return wire.request(request);
      return { kind: 'failure', reason: 'not sent: production is not armed' };
    },
  };
}

/** Deletes below `/portfolio` are of orders, batches of orders, and groups with their orders; a decrease takes from one. */
function onlyReduces({ method, path }: WireRequest): boolean {
  if (method === 'GET') return true;
  if (!path.startsWith(`${REST_ROOT}/portfolio/`)) return false;
  if (method === 'PUT') return /\/order_groups\/[^/]+\/trigger$/.test(path);
  return method === 'DELETE' || /\/events\/orders\/[^/]+\/decrease$/.test(path);
}
