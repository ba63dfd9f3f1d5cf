/** Which key a command signs with: the one that is named, else systemd's, else the one that was imported. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAccess, loadPlaces } from '../../../src/lib/app/config/access.ts';
import { EVERYTHING, kill } from '../../../src/lib/app/kill/kill.ts';
import { privateFile, refusal, storedIn } from '../../support/keys.ts';
import { tempDir } from '../../support/temp-dir.ts';

interface Setting {
  readonly config?: string;
  readonly credentials?: readonly string[];
  readonly env?: 'sim' | 'demo';
}

/** A data directory, a config file and credentials, as a command finds them. */
function request(root: string, { config = '', credentials = [], env = 'demo' }: Setting) {
  const file = privateFile(join(root, 'config.toml'), `schema = "kmm/1"\n${config}`);
  for (const name of credentials) privateFile(join(root, name), 'lent', 0o400);
  const variables = { KMM_HOME: root, ...(credentials.length > 0 && { CREDENTIALS_DIRECTORY: root }) };
  return {
    environment: env,
    file,
    host: { directory: root, variables, userHome: root, systemFile: '/nowhere' },
  } as const;
}

describe('the key of an environment', () => {
  it('is the one that was imported, with nothing configured', () => {
    const root = tempDir();
    const { file } = storedIn(root, 'demo', 'd-1');
    expect(loadAccess(request(root, {})).key).toEqual({ id: 'd-1', file });
    expect(loadAccess(request(root, { env: 'sim' })).key).toBeUndefined();
  });

  it('is the one that is named, when several are there; none named is an error', async () => {
    const root = tempDir();
    storedIn(root, 'demo', 'd-1');
    const { file } = storedIn(root, 'demo', 'd-2');
    expect(loadAccess(request(root, { config: 'demo.key_id = "d-2"' })).key).toEqual({ id: 'd-2', file });
    const error = await refusal(() => loadAccess(request(root, {})));
    expect([error.code, error.next[0]]).toEqual(['KMM_KEY_MISSING', 'set demo.key_id']);
  });

  it('that is named and not there is an error that says how to bring it in', async () => {
    const error = await refusal(() => loadAccess(request(tempDir(), { config: 'demo.key_id = "d-9"' })));
    expect([error.code, error.next[0]]).toEqual(['KMM_KEY_MISSING', 'kmm auth import FILE --key-id d-9 --env demo']);
  });

  it("is systemd's where it lends one and the id is named, but never in sim", () => {
    const root = tempDir();
    const setting = { config: 'demo.key_id = "d-1"', credentials: ['kalshi-key'] };
    expect(loadAccess(request(root, setting)).key).toEqual({ id: 'd-1', file: join(root, 'kalshi-key') });
    expect(loadAccess(request(root, { ...setting, env: 'sim' })).key).toBeUndefined();
  });

  it("is opened by the passphrase file that is named, else by systemd's", () => {
    const root = tempDir();
    storedIn(root, 'demo', 'd-1');
    const lent = { credentials: ['kmm-passphrase'] };
    expect(loadAccess(request(root, lent)).key?.passphraseFile).toBe(join(root, 'kmm-passphrase'));
    const named = { ...lent, config: 'demo.passphrase_file = "mine"' };
    expect(loadAccess(request(root, named)).key?.passphraseFile).toBe(join(root, 'mine'));
  });
});

it('the config file says for which environment it is', () => {
  const root = tempDir();
  expect(loadPlaces(request(root, { config: 'environment = "prod"' })).configStamp).toBe('prod');
  expect(loadPlaces(request(root, {})).configStamp).toBeUndefined();
  expect(() => loadPlaces(request(root, { config: 'environment = "production"' }))).toThrow('environment');
});

it('a kill that would need a person to type asks nobody, and says how it goes without', async () => {
  const root = tempDir();
  storedIn(root, 'demo', 'd-1');
  const error = await refusal(() => kill(loadAccess(request(root, {})), { ...EVERYTHING, reason: 'a test' }));
  expect([error.code, error.next[0]]).toEqual(['KMM_KEY_PASSPHRASE', 'kmm kill --passphrase-file FILE']);
  expect(error.position).toContain('what rests ends with its lease');
});
