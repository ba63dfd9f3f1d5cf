/** REST calls straight into the face of a world, without sockets, signatures or token buckets. */
import { openBackOffice } from '../../src/lib/adapters/sim-server/back-office.ts';
import { handleRest } from '../../src/lib/adapters/sim-server/rest-face.ts';
import type { TierName } from '../../src/lib/adapters/sim-server/tiers.ts';
import type { Venue } from '../../src/lib/sim/venue.ts';
import type { Json } from './sim-client.ts';

export interface DeskAnswer {
  readonly status: number;
  readonly json: Json;
}
export type Desk = (method: string, target: string, body?: unknown) => DeskAnswer;

/** Without an account the calls are unsigned. `target` is the path below `/trade-api/v2`, with its query. */
export function restDesk(venue: Venue, accountId?: string, tier?: TierName): Desk {
  const office = openBackOffice(venue.now, tier === undefined ? {} : { tier });
  return (method, target, body) => {
    const [path = '', query = ''] = target.split('?');
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const request = { method, path: `/trade-api/v2${path}`, query: new URLSearchParams(query), body: text };
    const answer = handleRest({ venue, office, ...(accountId !== undefined && { accountId }) }, request);
    return { status: answer.status, json: answer.body === '' ? undefined : JSON.parse(answer.body) };
  };
}
