/**
 * Whether the exchange takes the times that we sign with. What is measured of its clock may be wrong, or nothing (the embedded
 * exchange is taken to share ours): its own refusals, several in a row, are the better witness (reliability.md F21).
 */
import { isStampExpired } from '../../../adapters/kalshi/exchange-error.ts';
import type { Wire, WireReply } from '../../../ports.ts';

/** One is mended by what it teaches of the offset. */
const ROW = 3;

export class Stamps {
  #refusedInRow = 0;

  /** How many in a row, once they are too many to be chance; undefined: they are taken. */
  get refusedInRow(): number | undefined {
    return this.#refusedInRow < ROW ? undefined : this.#refusedInRow;
  }

  /** A wire whose answers are looked at. */
  watched(wire: Wire): Wire {
    return {
      request: async (request) => {
        const reply = await wire.request(request);
        this.#look(reply);
        return reply;
      },
    };
  }

  /** What is no answer says nothing of clocks, and another refusal is one of a signature that was taken. */
  #look(reply: WireReply): void {
    if (reply.kind !== 'response' || reply.status >= 500) return;
    this.#refusedInRow = isStampExpired(reply.status, reply.body) ? this.#refusedInRow + 1 : 0;
  }
}
