import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../../src/lib/adapters/kalshi/sign.ts';
import { findKey, importKey } from '../../../src/lib/app/keys/import-key.ts';
import { shred, storedKeys } from '../../../src/lib/app/keys/key-store.ts';
import { checkedPassphrase, needsPerson } from '../../../src/lib/app/keys/passphrase.ts';
import { Secret } from '../../../src/lib/app/keys/secret.ts';
import { loadSigner } from '../../../src/lib/app/keys/signer.ts';
import { newSigner, PASSPHRASE, placesIn, privateFile, refusal, storedIn } from '../../support/keys.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOW = Date.now();
const passphrase: Secret = new Secret(PASSPHRASE);

function download(pem = generateKeyPair('ed25519').privateKey, mode = 0o600) {
  const root = tempDir();
  return { root, file: privateFile(join(root, 'download.pem'), pem, mode) };
}

function take(root: string, file: string, keyId = 'abc-1', words = passphrase) {
  return importKey(placesIn(root, 'demo'), findKey(file, keyId, NOW), words, NOW);
}

describe('a key that is imported', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;

  it.each([
    ['Ed25519, PKCS#8', generateKeyPair('ed25519').privateKey],
    ['RSA, PKCS#8', generateKeyPair('rsa').privateKey],
    ['RSA, PKCS#1', rsa.export({ type: 'pkcs1', format: 'pem' }).toString()],
  ])('%s is kept encrypted, for its owner alone, with a stamp beside it', (_kind, pem) => {
    const { root, file } = download(pem);
    const stored = take(root, file);
    const { keys } = placesIn(root, 'demo').home;
    expect(readdirSync(keys).sort()).toEqual(['abc-1.key.json', 'abc-1.key.pem']);
    for (const name of readdirSync(keys)) expect(statSync(join(keys, name)).mode & 0o777).toBe(0o600);
    const secretLines = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
    const kept = readdirSync(keys)
      .map((name) => readFileSync(join(keys, name), 'utf8'))
      .join('\n');
    expect(secretLines.filter((line) => kept.includes(line))).toEqual([]);
    expect(storedKeys({ keys })).toEqual([stored]);
    expect(stored).toMatchObject({ schema: 'kmm-key/1', env: 'demo', keyId: 'abc-1' });
    const passphraseFile = privateFile(join(root, 'pass'), PASSPHRASE, 0o400);
    const signer = loadSigner('demo', { keyId: 'abc-1', keyFile: stored.file, passphraseFile });
    expect(signer.fingerprint).toBe(stored.fingerprint);
  });

  it('that has a passphrase already keeps it', () => {
    const { root, file } = download(newSigner('x').encryptedPem(PASSPHRASE));
    const found = findKey(file, 'abc-1', NOW);
    expect(found.isEncrypted).toBe(true);
    expect(needsPerson({ id: 'abc-1', file: take(root, file).file })).toBe(true);
  });

  it('and shredded is gone from its place', () => {
    const { file } = download();
    shred(file);
    expect(existsSync(file)).toBe(false);
  });

  it('in a folder that others may look into is taken with a warning', () => {
    const { root, file } = download();
    expect(findKey(file, 'abc-1', NOW).warnings).toEqual([]);
    chmodSync(root, 0o755);
    expect(findKey(file, 'abc-1', NOW).warnings).toEqual([expect.stringContaining('open to other users')]);
  });
});

describe('what is refused stores nothing', () => {
  const pem = generateKeyPair('ed25519').privateKey;
  const locked = newSigner('x').encryptedPem(PASSPHRASE);
  const cases: [string, string, string, (root: string) => unknown][] = [
    ['a file that is not there', 'KMM_KEY_UNREADABLE', 'ENOENT', (root) => take(root, join(root, 'none.pem'))],
    [
      'a folder',
      'KMM_KEY_UNREADABLE',
      'not a regular file',
      (root) => take(root, mkdirSync(join(root, 'd', 'e'), { recursive: true }) ?? ''),
    ],
    [
      'text that is no key',
      'KMM_KEY_INVALID',
      'not a private key',
      (root) => take(root, privateFile(join(root, 'k'), 'hello')),
    ],
    [
      'a key of another kind',
      'KMM_KEY_INVALID',
      'does not take',
      (root) => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        return take(root, privateFile(join(root, 'k'), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()));
      },
    ],
    [
      'a public key',
      'KMM_KEY_INVALID',
      'not a private key',
      (root) => take(root, privateFile(join(root, 'k'), generateKeyPair('rsa').publicKey)),
    ],
    [
      'a symbolic link',
      'KMM_KEY_MODE',
      'symbolic link',
      (root) => {
        symlinkSync(privateFile(join(root, 'k'), pem), join(root, 'link'));
        return take(root, join(root, 'link'));
      },
    ],
    [
      'a file that others can read',
      'KMM_KEY_MODE',
      '0644',
      (root) => take(root, privateFile(join(root, 'k'), pem, 0o644)),
    ],
    [
      'a file that the group can read',
      'KMM_KEY_MODE',
      '0640',
      (root) => take(root, privateFile(join(root, 'k'), pem, 0o640)),
    ],
    [
      'a key whose passphrase is another',
      'KMM_KEY_PASSPHRASE',
      'does not open',
      (root) => take(root, privateFile(join(root, 'k'), locked), 'abc-1', new Secret('some other words')),
    ],
    [
      'an id that is a path',
      'KMM_USAGE',
      'no id of a key',
      (root) => take(root, privateFile(join(root, 'k'), pem), '../../evil'),
    ],
    ['an empty id', 'KMM_USAGE', 'no id of a key', (root) => take(root, privateFile(join(root, 'k'), pem), '')],
  ];

  it.each(cases)('%s', async (_what, code, said, act) => {
    const root = tempDir();
    const error = await refusal(() => act(root));
    expect([error.code, error.exit]).toEqual([code, code === 'KMM_USAGE' ? 2 : 4]);
    expect(error.what).toContain(said);
    expect(error.what).not.toMatch(/MC4C|BEGIN/);
    expect(existsSync(placesIn(root, 'demo').home.directory)).toBe(false);
  });

  it('a second key for the same environment, and the first stays as it was', async () => {
    const { root, file } = download();
    const first = take(root, file);
    const error = await refusal(() => take(root, file, 'abc-2'));
    expect([error.code, error.next[0]]).toEqual(['KMM_KEY_EXISTS', 'kmm auth rotate FILE --key-id abc-2 --env demo']);
    expect(storedKeys({ keys: placesIn(root, 'demo').home.keys })).toEqual([first]);
  });

  it('a key that is stored for another environment', async () => {
    const { root, file } = download();
    storedIn(root, 'prod', 'abc-1');
    expect((await refusal(() => take(root, file))).code).toBe('KMM_KEY_ENV');
  });

  it('a download open to all is mended with a chmod while it is fresh; later others may have read it', async () => {
    const { file } = download(pem, 0o644);
    expect((await refusal(() => findKey(file, 'abc-1', NOW))).next).toEqual([
      `chmod 600 ${file}, then import it again`,
    ]);
    utimesSync(file, new Date(NOW - 86_400_000), new Date(NOW - 86_400_000));
    expect((await refusal(() => findKey(file, 'abc-1', NOW))).next[0]).toContain('make a new key');
  });
});

describe('the key of a link', () => {
  const setup = () => {
    const root = tempDir();
    const { file: keyFile } = storedIn(root, 'demo', 'abc-1');
    return { root, link: { keyId: 'abc-1', keyFile } };
  };

  it('opens by what a person typed, or by a file of one line', () => {
    const { root, link } = setup();
    expect(loadSigner('demo', { ...link, passphrase }).keyId).toBe('abc-1');
    const passphraseFile = privateFile(join(root, 'pass'), `${PASSPHRASE}\n`, 0o400);
    expect(loadSigner('demo', { ...link, passphraseFile }).keyId).toBe('abc-1');
  });

  it('without either is refused with what to do', async () => {
    const error = await refusal(() => loadSigner('demo', setup().link));
    expect([error.code, error.exit]).toEqual(['KMM_KEY_PASSPHRASE', 4]);
    expect(error.next.join()).toContain('passphrase_file');
  });

  it.each([
    ['others may read', PASSPHRASE, 0o644, 'KMM_KEY_MODE'],
    ['opens nothing', 'quite another phrase', 0o400, 'KMM_KEY_PASSPHRASE'],
    ['is empty', '', 0o400, 'KMM_KEY_PASSPHRASE'],
    ['has two lines', `${PASSPHRASE}\nand more\n`, 0o400, 'KMM_KEY_PASSPHRASE'],
  ])('is refused with a passphrase file that %s', async (_how, text, mode, code) => {
    const { root, link } = setup();
    const passphraseFile = privateFile(join(root, 'pass'), text, mode);
    expect((await refusal(() => loadSigner('demo', { ...link, passphraseFile }))).code).toBe(code);
  });

  it('is refused when stamp and key are not of each other', async () => {
    const { root, link } = setup();
    execFileSync('cp', [storedIn(tempDir(), 'demo', 'abc-1').file, link.keyFile]);
    expect((await refusal(() => loadSigner('demo', { ...link, passphrase }))).what).toContain('than its stamp says');
    privateFile(link.keyFile.replace('.pem', '.json'), '{}');
    expect((await refusal(() => loadSigner('demo', { ...link, passphrase }))).code).toBe('KMM_KEY_INVALID');
    expect(existsSync(root)).toBe(true);
  });

  it('may lie in the clear for demo, with a warning elsewhere, but never for production', async () => {
    const keyFile = privateFile(join(tempDir(), 'plain.pem'), generateKeyPair('ed25519').privateKey);
    expect(loadSigner('demo', { keyId: 'p', keyFile }).keyId).toBe('p');
    expect((await refusal(() => loadSigner('prod', { keyId: 'p', keyFile }))).code).toBe('KMM_KEY_PLAIN');
  });

  it('may be lent by systemd, also to production, and then be readable by the list that root gave', () => {
    const directory = tempDir();
    const keyFile = privateFile(join(directory, 'kalshi-key'), generateKeyPair('ed25519').privateKey, 0o440);
    const before = process.env.CREDENTIALS_DIRECTORY;
    process.env.CREDENTIALS_DIRECTORY = directory;
    try {
      expect(loadSigner('prod', { keyId: 'p', keyFile }).keyId).toBe('p');
      chmodSync(keyFile, 0o444);
      expect(() => loadSigner('prod', { keyId: 'p', keyFile })).toThrow('can be read by others');
    } finally {
      if (before === undefined) delete process.env.CREDENTIALS_DIRECTORY;
      else process.env.CREDENTIALS_DIRECTORY = before;
    }
  });
});

it('a passphrase that protects nothing is no passphrase', async () => {
  for (const text of ['', 'short', 'two\nlines of it']) {
    expect((await refusal(() => checkedPassphrase(text, 'x'))).code).toBe('KMM_KEY_PASSPHRASE');
  }
});
