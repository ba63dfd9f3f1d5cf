import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireLock } from '../../../src/lib/adapters/system/lock.ts';
import { linkOf } from '../../../src/lib/app/exchange/exchange-link.ts';
import { assertNobodyTrades, forgetKey, theStoredKey } from '../../../src/lib/app/keys/change-key.ts';
import { checkKey, type KeyReport, verdictOf } from '../../../src/lib/app/keys/check-key.ts';
import { clockFindings, costFindings, scopeFindings } from '../../../src/lib/app/keys/findings.ts';
import { findKey } from '../../../src/lib/app/keys/import-key.ts';
import { storedKeys } from '../../../src/lib/app/keys/key-store.ts';
import { rotateKey } from '../../../src/lib/app/keys/rotate-key.ts';
import { Secret } from '../../../src/lib/app/keys/secret.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import {
  type Answers,
  answering,
  newSigner,
  PASSPHRASE,
  placesIn,
  privateFile,
  refusal,
  simAccess,
  storedIn,
} from '../../support/keys.ts';
import { tempDir } from '../../support/temp-dir.ts';

const RIGHT = ['read', 'write::trade'];

/** As the exchange's specification has it. */
function account(scopes: readonly string[] | undefined, keyId = 'sim-1', more: object = {}): Answers {
  const bodies: Record<string, unknown> = {
    '/account/limits': {
      usage_tier: 'basic',
      read: { refill_rate: 200, bucket_capacity: 400 },
      write: { refill_rate: 100, bucket_capacity: 100 },
    },
    '/account/endpoint_costs': {
      default_cost: 10,
      endpoint_costs: [{ method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders/:order_id', cost: 2 }],
    },
    '/exchange/status': { exchange_active: true, trading_active: true },
    '/portfolio/balance': {
      balance: 12_345,
      balance_dollars: '123.4567',
      portfolio_value: 0,
      updated_ts: 1,
      balance_breakdown: [
        { exchange_index: 0, balance: '23.4567' },
        { exchange_index: 2, balance: '100.0000' },
      ],
    },
    ...(scopes !== undefined && { '/api_keys': { api_keys: [{ api_key_id: keyId, name: 'bot', scopes, ...more }] } }),
  };
  return (path) => (path in bodies ? { status: 200, body: bodies[path] } : undefined);
}

const denied = (details: string) => () => ({
  status: 401,
  body: { error: { code: 'authentication_error', message: 'authentication_error', details } },
});

async function checked(answers: Answers): Promise<KeyReport> {
  const { rest } = await answering(answers);
  return checkKey('sim', linkOf(simAccess(rest)));
}

describe('auth check', () => {
  it('says who we are, what we may do, and what we have', async () => {
    const report = await checked(account(RIGHT, 'sim-1', { subaccount: 3 }));
    expect(report).toMatchObject({
      ...{ type: 'auth_check', env: 'sim', keyId: 'sim-1', kind: 'ed25519', name: 'bot', scopes: RIGHT, subaccount: 3 },
      limits: { read: { capacity: 400, refillPerSecond: 200 }, write: { capacity: 100, refillPerSecond: 100 } },
      ...{ tier: 'basic', costs: { default: 10, create: 10, cancel: 2 } },
      balance: {
        total: '123.456700',
        shards: [
          { shard: 0, cash: '23.456700' },
          { shard: 2, cash: '100.000000' },
        ],
      },
    });
    expect(report.findings.every(({ level }) => level === 'good')).toBe(true);
    expect(verdictOf(report.findings, false)).toBeUndefined();
  });

  it('ends with exit 4 for a key that may do more, unless that is allowed', async () => {
    const { findings } = await checked(account([...RIGHT, 'write::transfer']));
    expect(verdictOf(findings, false)).toMatchObject({ code: 'KMM_KEY_SCOPE', exit: 4 });
    expect(verdictOf(findings, false)?.what).toContain('write::transfer');
    expect(verdictOf(findings, true)).toBeUndefined();
  });

  it('ends with exit 4 for a key that cannot trade, whatever is allowed', async () => {
    const { findings } = await checked(account(['read']));
    expect(verdictOf(findings, true)).toMatchObject({ code: 'KMM_KEY_SCOPE', exit: 4 });
  });

  it('of an exchange that does not list keys to this one says that the scopes are not known', async () => {
    const report = await checked(account(undefined));
    expect([report.scopes, verdictOf(report.findings, false)]).toEqual([null, undefined]);
    expect(report.findings.map(({ level }) => level)).toContain('doubtful');
  });

  it.each([
    ['an id that the exchange does not know', denied('NOT_FOUND'), 'KMM_KEY_REFUSED', 4],
    ['a signature that does not fit', denied('INCORRECT_API_KEY_SIGNATURE'), 'KMM_KEY_REFUSED', 4],
    ['a key that was revoked', () => ({ status: 403, body: { error: { code: 'forbidden' } } }), 'KMM_KEY_REFUSED', 4],
    [
      'a clock that is far off',
      () => ({
        status: 401,
        body: { error: { code: 'header_timestamp_expired', message: 'header timestamp expired' } },
      }),
      'KMM_CLOCK',
      4,
    ],
    ['a gateway that fails', () => ({ status: 502, body: '' }), 'KMM_UNREACHABLE', 5],
    ['an answer of another shape', () => ({ status: 200, body: { hello: 1 } }), 'KMM_UNREACHABLE', 5],
  ] as const)('of %s', async (_what, answers, code, exit) => {
    const error = await refusal(() => checked(answers as Answers));
    expect([error.code, error.exit]).toEqual([code, exit]);
    expect(error.position).toMatch(/nothing was/);
  });

  it('where nobody listens is exit 5', async () => {
    const error = await refusal(() => checkKey('sim', linkOf(simAccess('http://127.0.0.1:9/trade-api/v2'))));
    expect([error.code, error.exit]).toEqual(['KMM_UNREACHABLE', 5]);
  });
});

describe('findings', () => {
  const DAY = 86_400_000;
  const NOW = Date.UTC(2026, 10, 28);
  const key = { keyId: 'k', name: 'bot', scopes: RIGHT, subaccount: 1 };

  it.each([
    ['was never given', undefined, 'good'],
    ['ends in a month', NOW + 30 * DAY, 'good'],
    ['ends in three days', NOW + 3 * DAY, 'doubtful'],
    ['has lapsed', NOW - DAY, 'doubtful'],
  ])('an attestation that %s', (_what, until, level) => {
    expect(scopeFindings(key, until, NOW).at(-1)?.level).toBe(level);
  });

  it('a key that acts on every subaccount is doubtful', () => {
    const { subaccount: _subaccount, ...unbound } = key;
    expect(scopeFindings(unbound, undefined, NOW).map(({ level }) => level)).toEqual(['good', 'doubtful']);
  });

  it.each([
    ['good', 'good'],
    ['warn', 'doubtful'],
    ['unknown', 'doubtful'],
    ['refuse', 'bad'],
  ] as const)('a clock of verdict %s is %s', (verdict, level) => {
    const findings = clockFindings({ offsetMs: -1_200, uncertaintyMs: 20, verdict });
    expect(findings.map((finding) => finding.level)).toEqual([level]);
    if (level === 'bad') expect(verdictOf(findings, true)?.code).toBe('KMM_CLOCK');
  });

  it('costs that cannot be right are doubtful', () => {
    const write = { capacity: 100, refillPerSecond: 100 };
    expect(costFindings({ create: 10, cancel: 2 }, { write })[0]?.level).toBe('good');
    expect(costFindings({ create: 2, cancel: 10 }, { write })[0]?.level).toBe('doubtful');
    expect(costFindings({ create: 200, cancel: 2 }, { write })[0]?.level).toBe('doubtful');
  });
});

describe('rotating', () => {
  const passphrase: Secret = new Secret(PASSPHRASE);

  function setup() {
    const root = tempDir();
    const places = placesIn(root, 'sim');
    const old = storedIn(root, 'sim', 'old-1');
    const file = privateFile(join(root, 'new.pem'), newSigner('x').encryptedPem(PASSPHRASE));
    return { root, places, old, found: findKey(file, 'new-1', Date.now()) };
  }

  it('stores the new key and removes the old one once the exchange has answered to the new', async () => {
    const { places, old, found } = setup();
    const { rest, asked } = await answering(account(RIGHT, 'new-1'));
    const rotated = await rotateKey(places, found, { passphrase, isBroadAllowed: false, simUrl: rest });
    expect([rotated.old, rotated.stored.keyId, asked.length > 3]).toEqual([old, 'new-1', true]);
    expect(storedKeys(places.home)).toEqual([rotated.stored]);
  });

  it.each([
    ['refuses it', denied('NOT_FOUND') as Answers, 'KMM_KEY_REFUSED'],
    ['lets it do too much', account(['read', 'write'], 'new-1'), 'KMM_KEY_SCOPE'],
  ])('leaves everything as it was when the exchange %s', async (_what, answers, code) => {
    const { places, old, found } = setup();
    const { rest } = await answering(answers);
    const error = await refusal(() => rotateKey(places, found, { passphrase, isBroadAllowed: false, simUrl: rest }));
    expect(error.code).toBe(code);
    expect(storedKeys(places.home)).toEqual([old]);
  });

  it('is refused while a trader runs, for the same key, and where there is nothing to replace', async () => {
    const { places, old, found, root } = setup();
    const options = { passphrase, isBroadAllowed: false, simUrl: 'http://127.0.0.1:9' };
    expect((await refusal(() => rotateKey(places, { ...found, keyId: 'old-1' }, options))).code).toBe('KMM_KEY_EXISTS');
    expect((await refusal(() => rotateKey(placesIn(root, 'demo'), found, options))).code).toBe('KMM_KEY_MISSING');
    const lock = acquireLock(places.home.lock, { env: 'sim', since: epochMs(Date.now()) });
    onTestFinished(() => void ('release' in lock && lock.release()));
    expect((await refusal(() => rotateKey(places, found, options))).code).toBe('KMM_LOCKED');
    expect((await refusal(() => forgetKey(places, old))).code).toBe('KMM_LOCKED');
    expect((await refusal(() => assertNobodyTrades(places))).exit).toBe(8);
    expect(storedKeys(places.home)).toEqual([old]);
  });
});

describe('forgetting', () => {
  it('removes key and stamp, and a second time finds nothing', async () => {
    const root = tempDir();
    const places = placesIn(root, 'demo');
    const key = storedIn(root, 'demo', 'd-1');
    forgetKey(places, theStoredKey(places));
    expect(storedKeys(places.home)).toEqual([]);
    const error = await refusal(() => theStoredKey(places, key.keyId));
    expect([error.code, error.exit]).toEqual(['KMM_KEY_MISSING', 4]);
    rmSync(root, { recursive: true });
  });

  it('asks which, when there are several', async () => {
    const root = tempDir();
    storedIn(root, 'demo', 'd-1');
    storedIn(root, 'demo', 'd-2');
    const places = placesIn(root, 'demo');
    expect((await refusal(() => theStoredKey(places))).what).toContain('d-1');
    expect(theStoredKey(places, 'd-2').keyId).toBe('d-2');
  });
});
