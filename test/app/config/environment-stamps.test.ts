/** F42: each of the five places, stamped with each environment, against each that is asked for; nothing is ever sent. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/lib/adapters/store/database.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { acquireLock } from '../../../src/lib/adapters/system/lock.ts';
import type { Access } from '../../../src/lib/app/config/access.ts';
import { assertStamps, type Stamps } from '../../../src/lib/app/config/environment-stamps.ts';
import { ENVIRONMENTS, type EnvironmentName, prepareHome } from '../../../src/lib/app/config/home.ts';
import type { ErrorCode } from '../../../src/lib/app/errors/errors.ts';
import { linkOf } from '../../../src/lib/app/exchange/exchange-link.ts';
import { useExchange } from '../../../src/lib/app/exchange/use-exchange.ts';
import { checkKey } from '../../../src/lib/app/keys/check-key.ts';
import { storeKey } from '../../../src/lib/app/keys/key-store.ts';
import { Secret } from '../../../src/lib/app/keys/secret.ts';
import { loadSigner } from '../../../src/lib/app/keys/signer.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { answering, newSigner, PASSPHRASE, placesIn, refusal, simAccess, storedIn } from '../../support/keys.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HOSTS: Readonly<Record<EnvironmentName, string>> = {
  sim: 'http://127.0.0.1:8642/trade-api/v2',
  demo: 'https://external-api.demo.kalshi.co/trade-api/v2',
  prod: 'https://external-api.kalshi.com/trade-api/v2',
};
const PLACES: readonly (readonly [string, (env: EnvironmentName) => Stamps, ErrorCode])[] = [
  ['the host list', (env) => ({ hosts: [HOSTS[env]] }), 'KMM_HOST_ENV'],
  ['the config file', (env) => ({ config: env }), 'KMM_CONFIG_ENV'],
  ['the key', (env) => ({ key: env }), 'KMM_KEY_ENV'],
  ['the database', (env) => ({ database: env }), 'KMM_DB_ENV'],
  ['the lock', (env) => ({ lock: env }), 'KMM_LOCK_ENV'],
];
const PAIRS = ENVIRONMENTS.flatMap((asked) => ENVIRONMENTS.map((stamped) => [asked, stamped] as const));

describe.each(PLACES)('%s', (_place, stampedAs, code) => {
  it.each(PAIRS)('for %s, stamped %s', async (asked, stamped) => {
    const whole = Object.assign({}, ...PLACES.map(([, stamp]) => stamp(asked)), stampedAs(stamped));
    if (asked === stamped) expect(assertStamps(asked, whole)).toBeUndefined();
    else expect((await refusal(() => assertStamps(asked, whole))).code).toBe(code);
  });
});

it('what says nothing agrees', () => {
  for (const env of ENVIRONMENTS) expect(assertStamps(env, {})).toBeUndefined();
});

describe('before the first signed request', () => {
  const OK = () => ({ status: 200, body: {} });

  async function nothingArrives(code: ErrorCode, spoil: (access: Access) => Access): Promise<void> {
    const { rest, asked } = await answering(OK);
    const access = spoil(simAccess(rest));
    const error = await refusal(async () => checkKey('sim', (await useExchange(access)).link));
    expect([error.code, asked]).toEqual([code, []]);
    expect([3, 4]).toContain(error.exit);
  }

  it('a config file of another environment', async () => {
    await nothingArrives('KMM_CONFIG_ENV', (access) => ({ ...access, configStamp: 'demo' }));
  });

  it('a key that was imported for another environment', async () => {
    await nothingArrives('KMM_KEY_ENV', (access) => {
      const { home } = placesIn(dirname(access.home.directory), 'prod');
      const { file } = storeKey(home, newSigner('p-1'), new Secret(PASSPHRASE), Date.now());
      return { ...access, key: { ...access.key, id: 'p-1', file } };
    });
  });

  it('a plain file with the key id of another environment', async () => {
    await nothingArrives('KMM_KEY_ENV', (access) => {
      storedIn(dirname(access.home.directory), 'demo', 'd-1');
      return { ...access, key: { id: 'd-1', file: join(tempDir(), 'plain.pem') } };
    });
  });

  it('a database of another environment', async () => {
    await nothingArrives('KMM_DB_ENV', (access) => {
      mkdirSync(access.home.directory, { recursive: true });
      const database = openDatabase({ path: access.home.database, env: 'prod' });
      if (database instanceof StoreProblem) throw new Error(database.message);
      database.close();
      return access;
    });
  });

  it('a lock of another environment', async () => {
    await nothingArrives('KMM_LOCK_ENV', (access) => {
      prepareHome(access.home);
      const lock = acquireLock(access.home.lock, { env: 'demo', since: epochMs(Date.now()) });
      onTestFinished(() => void ('release' in lock && lock.release()));
      return access;
    });
  });

  it('a host that is not on the list', async () => {
    const { rest, asked } = await answering(OK);
    const access = simAccess(rest);
    const error = await refusal(() => linkOf({ ...access, sim: { rest: HOSTS.prod, ws: HOSTS.prod } }));
    expect([error.code, asked]).toEqual(['KMM_HOST_ENV', []]);
  });

  it('and whoever loads a key for signing compares its stamp once more', async () => {
    const { file } = storedIn(tempDir(), 'demo', 'd-1');
    const link = { keyId: 'd-1', keyFile: file, passphrase: new Secret<string>(PASSPHRASE) };
    expect((await refusal(() => loadSigner('prod', link))).code).toBe('KMM_KEY_ENV');
    expect(loadSigner('demo', link).keyId).toBe('d-1');
  });
});
