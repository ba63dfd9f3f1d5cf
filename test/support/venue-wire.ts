/** A wire straight into the face of a world: REST as the exchange answers it, without sockets, signatures or tokens. */
import { openBackOffice } from '../../src/lib/adapters/sim-server/back-office.ts';
import { handleRest } from '../../src/lib/adapters/sim-server/rest-face.ts';
import type { TierName } from '../../src/lib/adapters/sim-server/tiers.ts';
import type { Wire } from '../../src/lib/ports.ts';
import type { Venue } from '../../src/lib/sim/venue.ts';

export function venueWire(venue: Venue, accountId = 'alice', tier?: TierName): Wire {
  const office = openBackOffice(venue.now, tier === undefined ? {} : { tier });
  return {
    async request({ method, path, query = {}, body = '' }) {
      const texts = Object.entries(query).flatMap(([key, value]) =>
        [value].flat().map((one): [string, string] => [key, String(one)]),
      );
      const request = { method, path, query: new URLSearchParams(texts), body };
      const answer = handleRest({ venue, office, accountId }, request);
      return { kind: 'response', status: answer.status, body: answer.body };
    },
  };
}
