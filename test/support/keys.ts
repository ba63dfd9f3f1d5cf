/** Keys, passphrases and a data directory for tests of them, and an exchange that answers what a test says. */
import { createPrivateKey } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { generateKeyPair, Signer } from '../../src/lib/adapters/kalshi/sign.ts';
import type { Access, AccessPlaces } from '../../src/lib/app/config/access.ts';
import { type EnvironmentName, homeOf } from '../../src/lib/app/config/home.ts';
import { KmmError } from '../../src/lib/app/errors/errors.ts';
import { type StoredKey, storeKey } from '../../src/lib/app/keys/key-store.ts';
import { Secret } from '../../src/lib/app/keys/secret.ts';
import { tempDir } from './temp-dir.ts';

export const PASSPHRASE = 'five random words are enough';

/** A file for its owner alone. */
export function privateFile(path: string, text: string, mode = 0o600): string {
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, mode);
  return path;
}

export function newSigner(keyId: string): Signer {
  const key = Signer.fromPem(keyId, generateKeyPair('ed25519').privateKey);
  if (!key.ok) throw new Error(key.error.code);
  return key.signer;
}

export function placesIn(root: string, env: EnvironmentName): AccessPlaces {
  return { env, home: homeOf(env, { KMM_HOME: root }) };
}

/** Stored as `kmm auth import` does it, but for a key derivation that is cheap: a wrong guess is not to cost a fifth of a second. */
export function storedIn(root: string, env: EnvironmentName, keyId: string): StoredKey {
  const pem = generateKeyPair('ed25519').privateKey;
  const key = Signer.fromPem(keyId, pem);
  if (!key.ok) throw new Error(key.error.code);
  const { kind, fingerprint } = key.signer;
  const cheap = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE } as const;
  const encryptedPem = () => createPrivateKey(pem).export(cheap).toString();
  const storable = { keyId, kind, fingerprint, encryptedPem };
  return storeKey(placesIn(root, env).home, storable, new Secret(PASSPHRASE), Date.now());
}

/** Access to an embedded exchange with a plain key, which costs no key derivation. */
export function simAccess(rest: string, keyId = 'sim-1', root = tempDir()): Access {
  const file = privateFile(join(root, 'plain.pem'), generateKeyPair('ed25519').privateKey);
  const { home } = placesIn(root, 'sim');
  return { env: 'sim', home, sim: { rest, ws: rest.replace('http', 'ws') }, key: { id: keyId, file } };
}

export type Answers = (path: string, request: IncomingMessage) => { status: number; body: unknown } | undefined;

/** On loopback, closed after the test. What it has no answer to is a 404 in the exchange's form. */
export async function answering(answers: Answers): Promise<{ readonly rest: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/trade-api/v2', '').replace(/\?.*/, '');
    asked.push(`${request.method} ${path}`);
    const { status, body } = answers(path, request) ?? { status: 404, body: { error: { code: 'not_found' } } };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return { rest: `http://127.0.0.1:${(server.address() as AddressInfo).port}/trade-api/v2`, asked };
}

/** The code of what was thrown, which must be one of ours with a next step. */
export async function refusal(act: () => unknown): Promise<KmmError> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof KmmError)) throw error;
    expect(error.next.length).toBeGreaterThan(0);
    return error;
  }
  throw new Error('nothing was refused');
}
