/** API keys over REST: made, listed, limited to scopes and to a subaccount, taken away. */
import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../../src/lib/adapters/sim-server/access.ts';
import { keyPair, openMarket, restClient, type SimKeyPair, serve, streamClient } from '../../support/sim-client.ts';

const OWNER = keyPair('ed25519', 'owner', 'alice');
const OTHER = keyPair('ed25519', 'other', 'bob');
const NEW = keyPair('ed25519', 'new');
const ORDERS = '/portfolio/events/orders';

function limited(keyId: string, scopes: readonly Scope[], subaccount?: number): SimKeyPair {
  return { ...keyPair('ed25519', keyId, 'alice'), scopes, ...(subaccount === undefined ? {} : { subaccount }) };
}

const order = (ticker: string) => ({
  ticker,
  side: 'bid',
  price: '0.0100',
  count: '1.00',
  time_in_force: 'good_till_canceled',
  self_trade_prevention_type: 'taker_at_cross',
});

describe('API keys', () => {
  it('are generated, used, listed without their secret, and deleted', async () => {
    const { server } = await serve([OWNER]);
    const call = restClient(server, OWNER);
    const made = await call('POST', '/api_keys/generate', { name: 'second', scopes: ['read'] });
    expect(made.status).toBe(201);
    const { api_key_id: keyId, private_key: pem } = made.json;
    const second = restClient(server, { ...OWNER, keyId, privateKey: createPrivateKey(pem) });
    expect((await second('GET', '/portfolio/balance')).status).toBe(200);
    const { json } = await call('GET', '/api_keys');
    expect(json.api_keys).toEqual([
      { api_key_id: 'owner', name: 'kmm', scopes: ['read', 'write'] },
      { api_key_id: keyId, name: 'second', scopes: ['read'] },
    ]);
    expect(json.api_key_region_expiration_ts).toBeGreaterThan(1_700_000_000);
    expect((await call('DELETE', `/api_keys/${keyId}`)).status).toBe(204);
    expect((await second('GET', '/portfolio/balance')).json.error).toMatchObject({ details: 'NOT_FOUND' });
    expect((await call('DELETE', `/api_keys/${keyId}`)).status).toBe(404);
  });

  it('of one account are nothing to another', async () => {
    const { server } = await serve([OWNER, OTHER]);
    const call = restClient(server, OTHER);
    expect((await call('GET', '/api_keys')).json.api_keys).toHaveLength(1);
    expect((await call('DELETE', '/api_keys/owner')).status).toBe(404);
    expect((await restClient(server, OWNER)('GET', '/portfolio/balance')).status).toBe(200);
  });

  it('take an own public key from the level premier on', async () => {
    const body = { name: 'mine', public_key: NEW.publicKeyPem };
    const { server: slow } = await serve([OWNER]);
    expect((await restClient(slow, OWNER)('POST', '/api_keys', body)).status).toBe(403);
    const { server } = await serve([OWNER], { tier: 'premier' });
    const made = await restClient(server, OWNER)('POST', '/api_keys', body);
    expect(made.status).toBe(201);
    const own = restClient(server, { ...NEW, keyId: made.json.api_key_id });
    expect((await own('GET', '/portfolio/balance')).status).toBe(200);
  });

  it.each<[string, object]>([
    ['no name', {}],
    ['an unknown scope', { name: 'x', scopes: ['admin'] }],
    ['no scope at all', { name: 'x', scopes: [] }],
    ['write without read', { name: 'x', scopes: ['write'] }],
    ['a subaccount that is not there', { name: 'x', subaccount: 3 }],
    ['a public key that is none', { name: 'x', public_key: 'hello' }],
    ['a private key', { name: 'x', public_key: NEW.privateKey.export({ type: 'pkcs8', format: 'pem' }) }],
  ])('are refused with %s', async (_, body) => {
    const { server } = await serve([OWNER], { tier: 'premier' });
    const call = restClient(server, OWNER);
    const answer = await call('POST', 'public_key' in body ? '/api_keys' : '/api_keys/generate', body);
    expect(answer.status).toBe(400);
    expect((await call('GET', '/api_keys')).json.api_keys).toHaveLength(1);
  });

  it('end their streams when they are deleted, and those of no other key', async () => {
    const { server } = await serve([OWNER, NEW, { ...OTHER, accountId: 'alice' }]);
    const gone = await streamClient(server, OTHER);
    const stays = await streamClient(server, OWNER);
    const closed = new Promise((resolve) => gone.socket.once('close', resolve));
    await restClient(server, OWNER)('DELETE', '/api_keys/other');
    await closed;
    const id = stays.command('list_subscriptions');
    await stays.until((frame) => frame.id === id);
  });
});

describe('scopes', () => {
  const ALL: readonly [string, string, object?][] = [
    ['GET', '/portfolio/balance'],
    ['GET', '/portfolio/orders'],
    ['GET', '/account/limits'],
    ['POST', ORDERS, {}],
    ['DELETE', `${ORDERS}/none`],
    ['POST', '/portfolio/order_groups/create', {}],
    ['POST', '/portfolio/intra_exchange_instance_transfer', {}],
    ['POST', '/api_keys/generate', {}],
    ['GET', '/markets?limit=1'],
  ];

  it.each<[readonly Scope[], readonly number[]]>([
    [
      ['read', 'write'],
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    ],
    [['read'], [0, 1, 2, 8]],
    [
      ['read', 'write::trade'],
      [0, 1, 2, 3, 4, 5, 8],
    ],
    [['write::trade'], [3, 4, 5, 8]],
    [['write::transfer'], [6, 8]],
    [['read::portfolio_balance'], [0, 8]],
  ])('%j open their own endpoints and no other', async (scopes, open) => {
    const key = limited('key', scopes);
    const { server } = await serve([key]);
    const call = restClient(server, key);
    const opened: number[] = [];
    for (const [index, [method, target, body]] of ALL.entries()) {
      const { status, json } = await call(method, target, body);
      if (status !== 403) opened.push(index);
      else expect(json.error).toMatchObject({ code: 'forbidden', details: expect.stringContaining('lacks the scope') });
    }
    expect(opened).toEqual(open);
  });

  it('keep the private channels of the stream from a key that may not read', async () => {
    const key = limited('trader', ['write::trade']);
    const { server } = await serve([key]);
    const client = await streamClient(server, key);
    const id = client.command('subscribe', { channels: ['fill', 'trade'] });
    await client.until(({ type }) => type === 'subscribed');
    expect(client.frames.filter((frame) => frame.id === id)).toMatchObject([
      { type: 'error', msg: { code: 9, msg: 'Authentication required' } },
      { type: 'subscribed', msg: { channel: 'trade' } },
    ]);
  });
});

describe('a key that is bound to a subaccount', () => {
  const key = limited('bound', ['read', 'write'], 0);

  it('reads and trades there, sees no breakdown by shard, and finds everything else closed', async () => {
    const { server } = await serve([key, OWNER]);
    const call = restClient(server, key);
    const { json } = await call('GET', '/portfolio/balance');
    expect(json.balance).toBe(1_000_000);
    expect(json).not.toHaveProperty('balance_breakdown');
    expect((await restClient(server, OWNER)('GET', '/portfolio/balance')).json.balance_breakdown).toHaveLength(2);
    const { ticker } = await openMarket(call);
    expect((await call('POST', ORDERS, { ...order(ticker), subaccount: 0 })).status).toBe(201);
    expect((await call('GET', '/portfolio/orders/queue_positions?subaccount=0')).status).toBe(200);
    const transfer = { source: 'event_contract', destination: 'event_contract', amount: 1 };
    for (const [method, target, body] of [
      ['GET', '/account/limits'],
      ['GET', '/api_keys'],
      ['POST', '/portfolio/intra_exchange_instance_transfer', transfer],
    ] as const) {
      const answer = await call(method, target, body);
      expect([answer.status, answer.json.error.details]).toEqual([403, 'the key is restricted to subaccount 0']);
    }
    expect((await streamClient(server, key)).socket.readyState).toBe(1);
  });
});

it('a deleted key cannot open a stream', async () => {
  const { server } = await serve([OWNER, { ...OTHER, accountId: 'alice' }]);
  await restClient(server, OWNER)('DELETE', '/api_keys/other');
  await expect(streamClient(server, OTHER)).rejects.toThrow('401');
});
