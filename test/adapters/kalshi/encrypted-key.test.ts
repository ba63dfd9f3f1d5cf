import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateKeyPair, isEncrypted, Signer } from '../../../src/lib/adapters/kalshi/sign.ts';

const PASSPHRASE = 'cörrect horse battery';

function signerOf(pem: string, passphrase?: string): Signer {
  const result = Signer.fromPem('k', pem, passphrase);
  if (!result.ok) throw new Error(result.error.code);
  return result.signer;
}

describe.each(['rsa', 'ed25519'] as const)('an encrypted %s key', (kind) => {
  const plain = generateKeyPair(kind).privateKey;
  const signer = signerOf(plain);
  const pem = signer.encryptedPem(PASSPHRASE);

  it('is the same key, to Node as to us, and holds nothing of the plain one', () => {
    expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(pem.split('\n').filter((line) => line !== '' && plain.includes(line))).toEqual([]);
    const opened = createPrivateKey({ key: pem, passphrase: PASSPHRASE });
    expect(opened.export({ type: 'pkcs8', format: 'pem' })).toBe(plain);
    expect(signerOf(pem, PASSPHRASE).fingerprint).toBe(signer.fingerprint);
  });

  it('says what opens it: scrypt with a dear setting, and AES of 256 bits', () => {
    const bytes = Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64').toString('hex');
    // 1.3.6.1.4.1.11591.4.11, then N = 16384, r = 8, p = 5; 2.16.840.1.101.3.4.1.42
    expect(bytes).toContain('06092b06010401da47040b');
    expect(bytes).toContain('02024000020108020105');
    expect(bytes).toContain('060960864801650304012a');
  });

  it('differs each time, so equal keys do not look equal', () => {
    expect(signer.encryptedPem(PASSPHRASE)).not.toBe(pem);
  });

  it('is refused without its passphrase and with another', () => {
    expect(isEncrypted(pem)).toBe(true);
    expect(Signer.fromPem('k', pem)).toMatchObject({ ok: false, error: { code: 'encrypted' } });
    expect(Signer.fromPem('k', pem, 'correct horse battery')).toMatchObject({
      ok: false,
      error: { code: 'passphrase' },
    });
  });
});

it('a fingerprint tells keys apart, whatever form they are in', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pkcs1 = signerOf(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
  const pkcs8 = signerOf(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  expect(pkcs1.fingerprint).toBe(pkcs8.fingerprint);
  expect(pkcs1.fingerprint).toMatch(/^SHA256:[\w+/]{43}$/);
  expect(signerOf(generateKeyPair('ed25519').privateKey).fingerprint).not.toBe(pkcs1.fingerprint);
});
