/** A wire for questions alone: whoever has it cannot place, change or cancel an order, whatever goes wrong with it. */
import { invariant } from '../../core/invariant.ts';
import type { Wire } from '../../ports.ts';

export function asking(wire: Wire): Wire {
  return {
    async request(request) {
      invariant(
        request.method === 'GET',
        `nothing but questions goes out here, and no ${request.method} ${request.path}`,
      );
      return wire.request(request);
    },
  };
}
