/**
 * Values of indices as Polygon (now Massive) streams them: a key in the first message, then `V.I:SPX` and the like. Messages
 * come as lists; times are unix ms.
 */
import { z } from 'zod';
import { OTHER, type ReferenceMessage, type ReferenceProtocol, reading, type StatedValue } from './protocol.ts';

const message = z.array(
  z.union([
    z.object({ ev: z.literal('V'), T: z.string(), val: z.number(), t: z.number() }),
    z.object({ ev: z.literal('status'), status: z.string(), message: z.string().optional() }),
  ]),
);

/** Statuses that end a link; what the key may not see is told like a wrong key. */
const REFUSALS: ReadonlySet<string> = new Set(['auth_failed', 'auth_timeout', 'error', 'max_connections']);

export function polygon(key: () => string): ReferenceProtocol {
  let wanted: readonly string[] = [];
  return {
    greeting(symbols) {
      wanted = symbols;
      return [JSON.stringify({ action: 'auth', params: key() })];
    },
    read: reading(message, (list): ReferenceMessage => {
      const values: StatedValue[] = [];
      for (const said of list) {
        if (said.ev === 'V') values.push({ symbol: said.T, value: said.val, at: said.t });
        else if (REFUSALS.has(said.status)) return { kind: 'refused', reason: said.message ?? said.status };
        else if (said.status === 'auth_success') {
          const params = wanted.map((symbol) => `V.${symbol}`).join(',');
          return { kind: 'answer', text: JSON.stringify({ action: 'subscribe', params }) };
        }
      }
      return values.length === 0 ? OTHER : { kind: 'values', values };
    }),
  };
}
