import { createPrivateKey, createPublicKey } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { generateKeyPair, Signer, verifySignature } from '../../../src/lib/adapters/kalshi/sign.ts';

const PATH = '/trade-api/v2/portfolio/orders';
const AT = 1_790_000_000_123;

function signerOf(pem: string): Signer {
  const result = Signer.fromPem('key-1', pem);
  if (!result.ok) throw new Error(result.error.message);
  return result.signer;
}

function accepted(publicKey: string, headers: ReturnType<Signer['headers']>, method = 'GET', path = PATH): boolean {
  const timestamp = headers['KALSHI-ACCESS-TIMESTAMP'];
  return verifySignature(publicKey, { timestamp, method, path }, headers['KALSHI-ACCESS-SIGNATURE']);
}

describe.each(['rsa', 'ed25519'] as const)('a signer with an %s key', (kind) => {
  const pair = generateKeyPair(kind);
  const signer = signerOf(pair.privateKey);

  it('signs what the matching public key accepts', () => {
    const headers = signer.headers('GET', PATH, AT);
    expect(headers['KALSHI-ACCESS-KEY']).toBe('key-1');
    expect(headers['KALSHI-ACCESS-TIMESTAMP']).toBe('1790000000123');
    expect(accepted(pair.publicKey, headers)).toBe(true);
    expect(signer.kind).toBe(kind);
  });

  it('leaves the query out of the signature', () => {
    const headers = signer.headers('GET', `${PATH}?status=resting&limit=1000`, AT);
    expect(accepted(pair.publicKey, headers)).toBe(true);
    expect(accepted(pair.publicKey, headers, 'GET', `${PATH}?status=canceled`)).toBe(true);
  });

  it('makes a signature that fits no other method, path, time or key', () => {
    const headers = signer.headers('GET', PATH, AT);
    expect(accepted(pair.publicKey, headers, 'DELETE')).toBe(false);
    expect(accepted(pair.publicKey, headers, 'GET', `${PATH}/x`)).toBe(false);
    expect(accepted(pair.publicKey, { ...headers, 'KALSHI-ACCESS-TIMESTAMP': '1790000000124' })).toBe(false);
    expect(accepted(generateKeyPair(kind).publicKey, headers)).toBe(false);
  });

  it('shows nothing of its key', () => {
    const secret = pair.privateKey.split('\n')[1] as string;
    for (const shown of [JSON.stringify({ signer }), inspect(signer, { showHidden: true, depth: 9 }), `${signer}`]) {
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain('key-1');
    }
    expect(JSON.stringify(signer)).toBe('"[secret]"');
  });
});

describe('a private key as text', () => {
  it('is taken as PKCS#1 as well, which is what the web page gave', () => {
    const pair = generateKeyPair('rsa');
    const pkcs1 = createPrivateKey(pair.privateKey).export({ type: 'pkcs1', format: 'pem' }).toString();
    expect(pkcs1).toContain('BEGIN RSA PRIVATE KEY');
    expect(accepted(pair.publicKey, signerOf(pkcs1).headers('GET', PATH, AT))).toBe(true);
  });

  it('is refused when it is no key, a public key, encrypted, or of another kind, without being quoted', () => {
    const { privateKey, publicKey } = generateKeyPair('ed25519');
    const encrypted = createPrivateKey(privateKey)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString();
    const x25519 =
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIHBgm1qeKqNoPdvGPLLFNFNgH8gqTAqmdUNxv0IzSwBJ\n-----END PRIVATE KEY-----\n';
    const cases = [
      ['hunter2-not-a-key', 'not_a_key'],
      [publicKey, 'not_a_key'],
      [privateKey.slice(0, 60), 'not_a_key'],
      [encrypted, 'encrypted'],
      [x25519, 'unsupported'],
      ['', 'not_a_key'],
    ] as const;
    for (const [pem, code] of cases) {
      const result = Signer.fromPem('key-1', pem);
      expect(result.ok ? 'taken' : result.error.code).toBe(code);
      expect(JSON.stringify(result)).not.toContain('hunter2');
    }
  });
});

describe('a verifier', () => {
  it('takes a key object, and says no to what is not a signature', () => {
    const pair = generateKeyPair('ed25519');
    const request = { timestamp: String(AT), method: 'GET', path: PATH };
    const { 'KALSHI-ACCESS-SIGNATURE': signature } = signerOf(pair.privateKey).headers('GET', PATH, AT);
    expect(verifySignature(createPublicKey(pair.publicKey), request, signature)).toBe(true);
    for (const junk of ['', 'not base64!', signature.slice(0, -8)]) {
      expect(verifySignature(pair.publicKey, request, junk)).toBe(false);
    }
    expect(verifySignature('not a key', request, signature)).toBe(false);
  });
});
