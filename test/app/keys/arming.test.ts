/** Production in virtual time, against the embedded exchange: armed, warned, ended, taken back, and never unarmed. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Arming } from '../../../src/lib/adapters/store/arming.ts';
import { MIGRATIONS, migrate } from '../../../src/lib/adapters/store/migrations.ts';
import { acquireLock } from '../../../src/lib/adapters/system/lock.ts';
import type { Configuration } from '../../../src/lib/app/config/config.ts';
import { prepareHome } from '../../../src/lib/app/config/home.ts';
import { arm, armingRefusal, assertArmed, disarm, planArming } from '../../../src/lib/app/keys/arming.ts';
import { storeKey } from '../../../src/lib/app/keys/key-store.ts';
import { Secret } from '../../../src/lib/app/keys/secret.ts';
import { type EpochMs, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import type { Wire, WireRequest } from '../../../src/lib/ports.ts';
import { newSigner, PASSPHRASE, refusal } from '../../support/keys.ts';
import { LIMITS } from '../../support/limits.ts';
import { ACCOUNT, MORNING, Scene } from '../../support/virtual-session.ts';

const PRODUCTION = `schema = "kmm/1"\nenvironment = "prod"\n${LIMITS}`;

function production(config = PRODUCTION): Scene {
  return new Scene('KXBTC15M', MORNING, 'prod', config);
}

function armingFor(seconds: number, more: Partial<Arming> = {}, from: EpochMs = MORNING): Arming {
  const until = epochMs(from + seconds * 1_000);
  return { until, exposure: microdollars(120_000_000), keyId: ACCOUNT, fingerprint: 'f', by: 'me', at: from, ...more };
}

/** What left for the exchange, writes alone. */
function watching(seen: WireRequest[]): { readonly wire: (wire: Wire) => Wire } {
  const wire = (inner: Wire): Wire => ({
    request: (request) => {
      if (request.method !== 'GET') seen.push(request);
      return inner.request(request);
    },
  });
  return { wire };
}

describe('a session on production', () => {
  it.each([
    ['was never armed', undefined],
    ['was armed until a moment ago', armingFor(-1)],
    ['is armed for another key', armingFor(60, { keyId: 'other' })],
  ])('is refused before anything is connected when it %s', async (_what, arming) => {
    const scene = production();
    const seen: WireRequest[] = [];
    if (arming !== undefined) arm(scene.configuration, arming);
    const error = await refusal(() => scene.open(watching(seen)));
    expect([error.code, error.exit, seen]).toEqual(['KMM_PROD_NOT_ARMED', 6, []]);
    expect(error.next[0]).toMatch(/^kmm auth arm prod/);
  });

  it('is refused with limits that no file calls production limits', async () => {
    const scene = production(PRODUCTION.replace('environment = "prod"', ''));
    arm(scene.configuration, armingFor(60));
    expect((await refusal(() => scene.open())).code).toBe('KMM_CONFIG_ENV');
  });

  it('trades while it is armed, and warns ten minutes before the end', async () => {
    const scene = production();
    arm(scene.configuration, armingFor(640));
    const { session } = await scene.open();
    expect(session.engine.config.parameters.risk.totalLoss).toBe(120_000_000);
    await scene.run(5);
    expect(scene.resting()).toBeGreaterThan(0);
    expect(scene.log.join('\n')).not.toContain('armed for');
    await scene.run(35);
    expect(scene.log.filter((line) => line.includes('production is armed for 10 more minutes'))).toHaveLength(1);
    await scene.end();
  });

  it('halts at the end of the arming with nothing resting, and sends no order after it', async () => {
    const scene = production();
    const seen: WireRequest[] = [];
    arm(scene.configuration, armingFor(30));
    const { session } = await scene.open(watching(seen));
    await scene.run(5);
    expect(scene.resting()).toBeGreaterThan(0);
    await scene.run(30);
    expect(scene.resting()).toBe(0);
    expect(session.engine.halts.all()).toContainEqual(expect.objectContaining({ name: 'ARM_EXPIRED', scope: '*' }));
    const before = seen.length;
    await scene.run(30);
    expect(seen.slice(before).filter(({ method }) => method === 'POST')).toEqual([]);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, restingAtEnd: 0 });
  });

  it('goes on when it is armed anew, which clears the halt', async () => {
    const scene = production();
    // A start looks at the account twice, a read lag apart.
    arm(scene.configuration, armingFor(15));
    await scene.open();
    await scene.run(20);
    expect(scene.resting()).toBe(0);
    beside(scene.configuration, (configuration) => arm(configuration, armingFor(600)));
    await scene.run(10);
    expect(scene.resting()).toBeGreaterThan(0);
    await scene.end();
  });

  it('halts within a second of a disarm, and when it is armed anew with less', async () => {
    for (const change of [
      (configuration: Configuration) => disarm(configuration, MORNING),
      (configuration: Configuration) => arm(configuration, armingFor(600, { exposure: microdollars(1_000_000) })),
    ]) {
      const scene = production();
      arm(scene.configuration, armingFor(600));
      const { session } = await scene.open();
      await scene.run(5);
      beside(scene.configuration, change);
      await scene.run(1);
      expect(session.engine.halts.all().map(({ name }) => name)).toContain('ARM_EXPIRED');
      await scene.run(2);
      expect(scene.resting()).toBe(0);
      await scene.end();
    }
  });
});

/** As another process does it beside the trader: as a guest of its database, its lock being held. */
function beside(configuration: Configuration, act: (configuration: Configuration) => unknown): void {
  const lock = acquireLock(configuration.home.lock, { env: 'prod', since: MORNING });
  if (!('release' in lock)) throw new Error('held');
  try {
    act(configuration);
  } finally {
    lock.release();
  }
}

describe('sim and demo', () => {
  it('need no arming', () => {
    const { configuration } = new Scene('KXBTC15M');
    expect(assertArmed(configuration, 'any', MORNING)).toBeUndefined();
  });
});

describe('planning an arming', () => {
  function withKey(config = PRODUCTION): Configuration {
    const { configuration } = production(config);
    prepareHome(configuration.home);
    const { keyId: id, file } = storeKey(configuration.home, newSigner('p-1'), new Secret(PASSPHRASE), MORNING);
    return { ...configuration, key: { id, file } };
  }
  const request = { seconds: 3_600, exposureDollars: '150.50' };

  it('binds it to the key, a time and a sum', () => {
    const configuration = withKey();
    const arming = planArming(configuration, request, MORNING);
    expect(arming).toMatchObject({ keyId: 'p-1', exposure: 150_500_000, at: MORNING, until: MORNING + 3_600_000 });
    expect(arming.fingerprint).toMatch(/^SHA256:/);
    arm(configuration, arming);
    expect(assertArmed(configuration, 'p-1', MORNING)).toEqual(arming);
    expect(disarm(configuration, MORNING)).toEqual(arming);
    expect(disarm(configuration, MORNING)).toBeUndefined();
    expect(() => assertArmed(configuration, 'p-1', MORNING)).toThrow('not armed');
  });

  it.each([
    ['more than a day', { seconds: 86_401, exposureDollars: '1' }, 'KMM_USAGE', 2],
    ['no time', { seconds: 0, exposureDollars: '1' }, 'KMM_USAGE', 2],
    ['no sum', { seconds: 60, exposureDollars: '0' }, 'KMM_USAGE', 2],
    ['less than no sum', { seconds: 60, exposureDollars: '-5' }, 'KMM_USAGE', 2],
    ['words', { seconds: 60, exposureDollars: 'all of it' }, 'KMM_USAGE', 2],
    ['more than the limit that is configured', { seconds: 60, exposureDollars: '200.01' }, 'KMM_RISK_REFUSED', 6],
  ] as const)('%s is refused', async (_what, wanted, code, exit) => {
    const { configuration } = production();
    const error = await refusal(() => planArming(configuration, wanted, MORNING));
    expect([error.code, error.exit, existsSync(configuration.home.database)]).toEqual([code, exit, false]);
  });

  it('is refused without a key, and with limits of another environment', async () => {
    const { configuration } = production();
    expect((await refusal(() => planArming(configuration, request, MORNING))).code).toBe('KMM_KEY_MISSING');
    const unsaid = production(PRODUCTION.replace('environment = "prod"', '')).configuration;
    expect((await refusal(() => planArming(unsaid, request, MORNING))).code).toBe('KMM_CONFIG_ENV');
  });

  it('lets nothing through at the very end, for another key, or for another key under the same id', () => {
    const arming = armingFor(60);
    expect(armingRefusal(arming, epochMs(arming.until - 1), arming)).toBeUndefined();
    expect(armingRefusal(arming, arming.until, arming)).toContain('ended');
    expect(armingRefusal(arming, MORNING, { keyId: 'other' })).toContain('another key');
    expect(armingRefusal(arming, MORNING, { keyId: ACCOUNT, fingerprint: 'g' })).toContain('another key');
    expect(armingRefusal(undefined, MORNING, arming)).toContain('not armed');
  });

  it('of a database that an older kmm made is read, and the database brought up to date', () => {
    const { configuration } = production();
    const { home } = configuration;
    prepareHome(home);
    const old = new Database(home.database);
    migrate(old, MIGRATIONS.slice(0, 2));
    old.pragma(`application_id = ${0x6b6d6d6a}`);
    old.prepare("INSERT INTO meta (key, value) VALUES ('env', 'prod'), ('instance', 'abc')").run();
    const { until, exposure, keyId, fingerprint, by, at } = armingFor(60);
    old.prepare('INSERT INTO arming VALUES (1, ?, ?, ?, ?, ?, ?)').run(until, exposure, keyId, fingerprint, by, at);
    old.close();
    expect(assertArmed(configuration, ACCOUNT, MORNING)).toEqual(armingFor(60));
    expect(existsSync(home.lock)).toBe(false);
  });

  it('is not in the way of one who holds the lock without a database', async () => {
    const { configuration } = production();
    prepareHome(configuration.home);
    const lock = acquireLock(configuration.home.lock, { env: 'prod', since: MORNING });
    onTestFinished(() => void ('release' in lock && lock.release()));
    expect((await refusal(() => arm(configuration, armingFor(60)))).code).toBe('KMM_DB_UNREADABLE');
  });
});
