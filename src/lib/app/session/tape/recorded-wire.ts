/** A wire each of whose calls is on a tape: a write as it leaves, everything with its answer. Neither holds keys or headers. */

import type { EpochMs } from '../../../core/units.ts';
import type { Clock, Wire, WireReply, WireRequest } from '../../../ports.ts';

/** What is told of a call. */
export interface CallTape {
  /** A write as it leaves: its answer may never come. */
  asked(request: WireRequest, at: EpochMs): void;
  exchange(request: WireRequest, reply: WireReply, at: EpochMs): void;
}

export function recorded(wire: Wire, clock: Pick<Clock, 'now'>, tape: CallTape): Wire {
  return {
    async request(request) {
      const answer = wire.request(request);
      if (request.method !== 'GET') tape.asked(request, clock.now());
      const reply = await answer;
      tape.exchange(request, reply, clock.now());
      return reply;
    },
  };
}
