/** A wire straight into the face of a world: REST as the exchange answers it, without sockets, signatures or tokens. */
import { handleRest } from '../../src/lib/adapters/sim-server/rest-face.ts';
import type { Wire } from '../../src/lib/ports.ts';
import type { Venue } from '../../src/lib/sim/venue.ts';

export function venueWire(venue: Venue): Wire {
  return {
    async request({ method, path, query = {}, body = '' }) {
      const texts = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
      const request = { method, path, query: new URLSearchParams(texts), body };
      const answer = handleRest({ venue, accountId: 'alice' }, request);
      return { kind: 'response', status: answer.status, body: answer.body };
    },
  };
}
