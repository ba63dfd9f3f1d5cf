/** How commands find an embedded exchange, and how they are not led astray by one that is gone. */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireLock } from '../../../src/lib/adapters/system/lock.ts';
import type { Access } from '../../../src/lib/app/config/access.ts';
import { type Home, homeOf, prepareHome } from '../../../src/lib/app/config/home.ts';
import { announce, answering } from '../../../src/lib/app/exchange/announcement.ts';
import type { ExchangeLink } from '../../../src/lib/app/exchange/link.ts';
import { useExchange } from '../../../src/lib/app/exchange/use-exchange.ts';
import { type SimServing, serveSim } from '../../../src/lib/app/sim/sim-serve.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { sleep } from '../../support/cli.ts';
import { tempDir } from '../../support/temp-dir.ts';

function home(): Home {
  const made = homeOf('sim', { KMM_HOME: tempDir() });
  prepareHome(made);
  return made;
}

async function serve(at: Home): Promise<ExchangeLink> {
  const { rest, ws, keyId, privateKeyFile: keyFile } = await listening(at);
  return { rest, ws, keyId, keyFile };
}

async function listening(at: Home): Promise<SimServing['listening']> {
  const serving = await serveSim({
    seed: '1',
    background: [],
    speed: 1,
    port: 0,
    keyKind: 'ed25519',
    keyDirectory: at.keys,
  });
  onTestFinished(() => serving.close());
  return serving.listening;
}

function access(at: Home, more: Partial<Access> = {}): Access {
  return { env: 'sim', home: at, ...more };
}

describe('an announcement', () => {
  it('is for its owner alone, says where and with which key, and is gone with its exchange', async () => {
    const at = home();
    const link = await serve(at);
    const announcement = announce(at, link);
    const file = join(at.directory, `serving-${new URL(link.rest).port}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, env: 'sim', ...link });
    expect(await answering(at)).toMatchObject([{ pid: process.pid, link }]);
    announcement.withdraw();
    expect([existsSync(file), await answering(at)]).toEqual([false, []]);
  });

  it('holds the token that opens the levers of its exchange', async () => {
    const at = home();
    const { rest, ws, keyId, privateKeyFile: keyFile, controlToken } = await listening(at);
    const announcement = announce(at, { rest, ws, keyId, keyFile }, controlToken);
    const file = join(at.directory, `serving-${new URL(rest).port}`);
    const { controlToken: told } = JSON.parse(readFileSync(file, 'utf8')) as { controlToken: string };
    const faults = (token: string) => fetch(`${rest}/sim/faults`, { headers: { authorization: `Bearer ${token}` } });
    expect((await faults(told)).status).toBe(200);
    expect((await faults(`${told}x`)).status).toBe(401);
    expect(controlToken).toMatch(/^[\w-]{43}$/);
    announcement.withdraw();
  });

  it('of the newest exchange wins, and the older one is found again when that has ended', async () => {
    const at = home();
    const [first, second] = [await serve(at), await serve(at)];
    expect(announce(at, first).others).toEqual([]);
    await sleep(5);
    const newest = announce(at, second);
    expect(newest.others).toMatchObject([{ link: first }]);
    expect(await useExchange(access(at))).toMatchObject({
      kind: 'served',
      link: second,
      name: expect.stringContaining('1 older one left aside'),
    });
    newest.withdraw();
    expect(await useExchange(access(at))).toMatchObject({ kind: 'served', link: first });
  });

  it.each<[string, (at: Home, link: ExchangeLink) => Promise<void> | void]>([
    [
      'its process is gone',
      (at, link) =>
        writeFileSync(
          join(at.directory, 'serving-1'),
          JSON.stringify({ ...link, pid: 999_999_999, since: 1, env: 'sim', birth: null, nonce: 'n' }),
        ),
    ],
    ['its port is closed', (at, link) => void announce(at, { ...link, rest: 'http://127.0.0.1:1/trade-api/v2' })],
    [
      'another program has its port',
      async (at, link) => {
        const server = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1');
        onTestFinished(() => void server.close());
        await new Promise((resolve) => server.once('listening', resolve));
        announce(at, { ...link, rest: `http://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/v2` });
      },
    ],
    ['it is no announcement at all', (at) => writeFileSync(join(at.directory, 'serving-2'), 'nonsense')],
  ])('is left aside when %s', async (_what, make) => {
    const at = home();
    const link = { rest: 'http://127.0.0.1:1', ws: 'ws://127.0.0.1:1', keyId: 'k', keyFile: join(at.keys, 'k.pem') };
    await make(at, link);
    expect(readdirSync(at.directory).some((name) => name.startsWith('serving-'))).toBe(true);
    expect(await answering(at)).toEqual([]);
  });

  it('that cannot be written is said with its path', () => {
    const nowhere = homeOf('sim', { KMM_HOME: join(tempDir(), 'not-made') });
    const link = { rest: 'http://127.0.0.1:5/trade-api/v2', ws: '', keyId: '', keyFile: '' };
    expect(() => announce(nowhere, link)).toThrow(expect.objectContaining({ code: 'KMM_HOME' }));
  });
});

describe('the exchange that is looked at', () => {
  const sim = { rest: 'http://127.0.0.1:7/trade-api/v2', ws: 'ws://127.0.0.1:7/trade-api/ws/v2' };
  const key = { id: 'k', file: '/k.pem' };

  it('is the one of a running kmm run before a configured one before an announced one', async () => {
    const at = home();
    const served = await serve(at);
    announce(at, served);
    expect(await useExchange(access(at))).toMatchObject({ kind: 'served', link: served });
    expect(await useExchange(access(at, { sim, key }))).toMatchObject({ kind: 'configured', link: { rest: sim.rest } });
    const running = {
      rest: 'http://127.0.0.1:9/trade-api/v2',
      ws: 'ws://127.0.0.1:9/trade-api/ws/v2',
      keyId: 'r',
      keyFile: '/r.pem',
    };
    const lock = acquireLock(at.lock, { since: epochMs(1), env: 'sim', ...running });
    expect(await useExchange(access(at, { sim, key }))).toMatchObject({ kind: 'running', link: running });
    // What stands on the command line is meant.
    expect(await useExchange(access(at, { sim, key }), { isNamed: true })).toMatchObject({ kind: 'configured' });
    if ('release' in lock) lock.release();
  });

  it('needs a key when it is configured', async () => {
    await expect(useExchange(access(home(), { sim }))).rejects.toMatchObject({ code: 'KMM_KEY_MISSING', exit: 4 });
  });
});
