import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Signer } from '../../../src/lib/adapters/kalshi/sign.ts';
import { broughtKey } from '../../../src/lib/app/sim/sim-public-keys.ts';
import { serveSim } from '../../../src/lib/app/sim/sim-serve.ts';
import { tempDir } from '../../support/temp-dir.ts';

const PAIR = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const PRIVATE = PAIR.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function fileWith(text: string): string {
  const file = join(tempDir(), 'key.pem');
  writeFileSync(file, text);
  return file;
}

describe('--key ID=FILE', () => {
  it.each(['spki', 'pkcs1'] as const)('lets a client of its own keep its %s key across runs', async (type) => {
    const file = fileWith(PAIR.publicKey.export({ type, format: 'pem' }).toString());
    for (let run = 0; run < 2; run += 1) {
      const serving = await serveSim({
        ...{ seed: '1', background: [], speed: 1, port: 0, keyKind: 'ed25519', keyDirectory: tempDir() },
        broughtKeys: [broughtKey(`my-bot=${file}`)],
      });
      onTestFinished(() => serving.close());
      const signed = Signer.fromPem('my-bot', PRIVATE);
      if (!signed.ok) throw new Error(signed.error.message);
      const headers = signed.signer.headers('GET', '/trade-api/v2/portfolio/balance', Date.now());
      const response = await fetch(`${serving.listening.rest}/portfolio/balance`, { headers });
      expect(response.status).toBe(200);
    }
  });

  it.each<[string, () => string, string]>([
    ['no equals sign', () => 'my-bot', 'KMM_USAGE'],
    ['no id', () => '=key.pem', 'KMM_USAGE'],
    ['no file', () => 'my-bot=', 'KMM_USAGE'],
    ['a file that is not there', () => 'my-bot=/no/such/key.pem', 'KMM_KEY_UNREADABLE'],
    ['a private key', () => `my-bot=${fileWith(PRIVATE)}`, 'KMM_KEY_INVALID'],
    [
      'garbage',
      () => `my-bot=${fileWith('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----')}`,
      'KMM_KEY_INVALID',
    ],
    [
      'a key of another kind',
      () =>
        `my-bot=${fileWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString())}`,
      'KMM_KEY_INVALID',
    ],
  ])('refuses %s', (_, text, code) => {
    expect(() => broughtKey(text())).toThrow(expect.objectContaining({ code }));
  });
});
