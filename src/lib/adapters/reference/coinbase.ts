/** Trades of Coinbase Exchange (`matches` of its WebSocket feed). Prices are text, times ISO with microseconds. */
import { z } from 'zod';
import { OTHER, type ReferenceProtocol, reading } from './protocol.ts';

const message = z.union([
  z.object({
    type: z.enum(['match', 'last_match']),
    product_id: z.string(),
    price: z.string().regex(/^\d+(?:\.\d+)?$/),
    time: z.iso.datetime(),
  }),
  z.object({ type: z.literal('error'), message: z.string() }),
  z.object({ type: z.enum(['subscriptions', 'heartbeat']) }),
]);

export const coinbase: ReferenceProtocol = {
  greeting: (symbols) => [
    JSON.stringify({ type: 'subscribe', product_ids: symbols, channels: ['matches', 'heartbeat'] }),
  ],
  read: reading(message, (said) => {
    if (said.type === 'error') return { kind: 'refused', reason: said.message };
    if (!('price' in said)) return OTHER;
    const { product_id: symbol, price, time } = said;
    return { kind: 'values', values: [{ symbol, value: Number(price), at: Date.parse(time) }] };
  }),
};
