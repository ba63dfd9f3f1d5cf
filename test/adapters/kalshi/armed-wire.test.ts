import { describe, expect, it } from 'vitest';
import { armedWire } from '../../../src/lib/adapters/kalshi/armed-wire.ts';
import type { WireRequest } from '../../../src/lib/ports.ts';

const ROOT = '/trade-api/v2';

async function isSent(method: WireRequest['method'], path: string, isArmed: boolean): Promise<boolean> {
  const sent: WireRequest[] = [];
  const reply = { kind: 'response', status: 200, body: '{}' } as const;
  const wire = armedWire(
    {
      request: async (request) => {
        sent.push(request);
        return reply;
      },
    },
    () => isArmed,
  );
  const answer = await wire.request({ method, path: ROOT + path });
  expect(answer.kind).toBe(sent.length === 1 ? 'response' : 'failure');
  return sent.length === 1;
}

describe('while production is not armed', () => {
  it.each([
    ['GET', '/portfolio/balance'],
    ['GET', '/api_keys'],
    ['DELETE', '/portfolio/events/orders'],
    ['DELETE', '/portfolio/events/orders/abc'],
    ['DELETE', '/portfolio/events/orders/batched'],
    ['DELETE', '/portfolio/order_groups/g-1'],
    ['PUT', '/portfolio/order_groups/g-1/trigger'],
  ] as const)('%s %s goes out: it reads, or takes orders away', async (method, path) => {
    expect(await isSent(method, path, false)).toBe(true);
  });

  it.each([
    ['POST', '/portfolio/events/orders'],
    ['POST', '/portfolio/events/orders/batched'],
    ['POST', '/portfolio/events/orders/abc/amend'],
    ['POST', '/portfolio/order_groups/create'],
    ['PUT', '/portfolio/order_groups/g-1/reset'],
    ['PUT', '/portfolio/order_groups/g-1/limit'],
    ['PUT', '/portfolio/order_groups/trigger'],
    ['POST', '/portfolio/intra_exchange_instance_transfer'],
    ['POST', '/api_keys'],
    ['DELETE', '/api_keys/abc'],
  ] as const)('%s %s stays here, and goes out once it is armed', async (method, path) => {
    expect(await isSent(method, path, false)).toBe(false);
    expect(await isSent(method, path, true)).toBe(true);
  });
});
