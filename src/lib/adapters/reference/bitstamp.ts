/** Trades of Bitstamp (`live_trades_*` of its WebSocket API, version 2). Times are text in microseconds. */
import { z } from 'zod';
import { OTHER, type ReferenceProtocol, reading } from './protocol.ts';

const CHANNEL = 'live_trades_';

const message = z.union([
  z.object({
    event: z.literal('trade'),
    channel: z.string().startsWith(CHANNEL),
    data: z.object({ price: z.number(), microtimestamp: z.string().regex(/^\d{16}$/) }),
  }),
  z.object({ event: z.literal('bts:error'), data: z.object({ message: z.string() }) }),
  z.object({ event: z.enum(['bts:subscription_succeeded', 'bts:heartbeat', 'bts:request_reconnect']) }),
]);

export const bitstamp: ReferenceProtocol = {
  greeting: (symbols) =>
    symbols.map((symbol) => JSON.stringify({ event: 'bts:subscribe', data: { channel: CHANNEL + symbol } })),
  read: reading(message, (said) => {
    if (said.event === 'bts:error') return { kind: 'refused', reason: said.data.message };
    if (said.event === 'bts:request_reconnect') return { kind: 'refused', reason: 'it asks to be called anew' };
    if (said.event !== 'trade') return OTHER;
    const { price, microtimestamp } = said.data;
    const symbol = said.channel.slice(CHANNEL.length);
    return { kind: 'values', values: [{ symbol, value: price, at: Math.floor(Number(microtimestamp) / 1_000) }] };
  }),
};
