/** Trades of Kraken (`trade` of its WebSocket API, version 2). Prices are numbers, times ISO. */
import { z } from 'zod';
import { OTHER, type ReferenceProtocol, reading } from './protocol.ts';

const message = z.union([
  z.object({
    channel: z.literal('trade'),
    type: z.enum(['snapshot', 'update']),
    data: z.array(z.object({ symbol: z.string(), price: z.number(), timestamp: z.iso.datetime() })),
  }),
  z.object({ channel: z.enum(['heartbeat', 'status']) }),
  z.object({ method: z.string(), success: z.boolean(), error: z.string().optional() }),
]);

export const kraken: ReferenceProtocol = {
  greeting: (symbols) => [
    JSON.stringify({ method: 'subscribe', params: { channel: 'trade', symbol: symbols, snapshot: false } }),
  ],
  read: reading(message, (said) => {
    if ('method' in said) return said.success ? OTHER : { kind: 'refused', reason: said.error ?? said.method };
    if (said.channel !== 'trade') return OTHER;
    const values = said.data.map(({ symbol, price, timestamp }) => ({
      symbol,
      value: price,
      at: Date.parse(timestamp),
    }));
    return { kind: 'values', values };
  }),
};
