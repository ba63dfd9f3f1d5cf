import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadKeyFile } from '../../../src/lib/adapters/kalshi/key-file.ts';
import type { SimEvent } from '../../../src/lib/app/sim/sim-events.ts';
import { type SimServeOptions, type SimServing, serveSim } from '../../../src/lib/app/sim/sim-serve.ts';
import { type Json, WORLD_STARTS_AT } from '../../support/sim-client.ts';
import { tempDir } from '../../support/temp-dir.ts';

const BASE = { seed: '1', background: [], speed: 1, port: 0, keyKind: 'ed25519' } as const;

async function serve(more: Partial<SimServeOptions> & { readonly keyDirectory: string }) {
  const serving = await serveSim({ ...BASE, ...more });
  onTestFinished(() => serving.close());
  return serving;
}

/** A call signed with the key that lies in the file. */
async function call({ listening }: SimServing, method: string, path: string, body?: object) {
  const key = loadKeyFile(listening.keyId, listening.privateKeyFile);
  if (!key.ok) throw new Error(key.error.message);
  const url = new URL(listening.rest + path);
  const response = await fetch(url, {
    method,
    headers: key.signer.headers(method, url.pathname, Date.now()),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: (text === '' ? undefined : JSON.parse(text)) as Json };
}

describe('serving the embedded exchange', () => {
  it.each(['rsa', 'ed25519'] as const)(
    'gives a funded account an %s key in a file for its owner alone',
    async (keyKind) => {
      const keyDirectory = join(tempDir(), 'keys');
      const serving = await serve({ keyDirectory, keyKind });
      const { keyId, privateKeyFile, ws } = serving.listening;
      expect(privateKeyFile).toBe(join(keyDirectory, `${keyId}.pem`));
      expect(statSync(privateKeyFile).mode & 0o777).toBe(0o600);
      expect(statSync(keyDirectory).mode & 0o777).toBe(0o700);
      expect(readFileSync(privateKeyFile, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
      expect(ws).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/trade-api\/ws\/v2$/);
      const { status, json } = await call(serving, 'GET', '/portfolio/balance');
      expect([status, json.balance > 0]).toEqual([200, true]);
    },
  );

  it('tells what happens to the account, in decimal text', async () => {
    const serving = await serve({ keyDirectory: tempDir(), startAt: WORLD_STARTS_AT });
    const events: SimEvent[] = [];
    const stop = serving.onEvent((event) => void events.push(event));
    const { markets } = (await call(serving, 'GET', '/markets?series_ticker=KXBTC15M&status=open')).json;
    const order = {
      ticker: markets[0].ticker,
      side: 'bid',
      price: '0.0100',
      count: '2.00',
      time_in_force: 'good_till_canceled',
      self_trade_prevention_type: 'taker_at_cross',
      client_order_id: 'mine',
    };
    expect((await call(serving, 'POST', '/portfolio/events/orders', order)).status).toBe(201);
    expect(events.find(({ type }) => type === 'order')).toMatchObject({
      ticker: order.ticker,
      clientOrderId: 'mine',
      side: 'bid',
      price: '0.0100',
      status: 'resting',
      filled: '0.00',
      remaining: '2.00',
    });
    stop();
    events.length = 0;
    expect((await call(serving, 'DELETE', '/portfolio/events/orders')).status).toBe(204);
    expect(events).toEqual([]);
  });

  it('starts at the present when it is not told otherwise', async () => {
    const serving = await serve({ keyDirectory: tempDir() });
    const { now_ms: now } = (await call(serving, 'GET', '/sim/clock')).json;
    expect(Math.abs(now - Date.now())).toBeLessThan(5_000);
  });

  it('takes its key away when it closes', async () => {
    const serving = await serve({ keyDirectory: tempDir() });
    await serving.close();
    expect(existsSync(serving.listening.privateKeyFile)).toBe(false);
  });

  it('says so when the port is taken', async () => {
    const serving = await serve({ keyDirectory: tempDir() });
    const port = Number(new URL(serving.listening.rest).port);
    await expect(serve({ keyDirectory: tempDir(), port })).rejects.toMatchObject({ code: 'KMM_PORT_IN_USE' });
  });

  it('serves nothing when its key cannot be written', async () => {
    const file = join(tempDir(), 'a-file');
    writeFileSync(file, '');
    await expect(serve({ keyDirectory: join(file, 'keys') })).rejects.toMatchObject({ code: 'KMM_HOME' });
  });
});
