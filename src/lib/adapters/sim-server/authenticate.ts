/**
 * Who signed a request: real signatures over `<timestamp><METHOD><path>`, by RSA-PSS or Ed25519 as the key says, with
 * stamps of at most fifteen seconds' age either way. Answers 401 bodies as captured (kalshi/api.md 2).
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { verifySignature } from '../kalshi/sign.ts';
import { type RestAnswer, refuse } from './rest-answer.ts';

export interface SimKey {
  readonly keyId: string;
  /** SPKI. */
  readonly publicKeyPem: string;
  readonly accountId: string;
}

/** An anonymous caller may read market data. */
export type Identity =
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused'; readonly answer: RestAnswer };

/** The live bound lies between ten and thirty seconds. */
const STAMP_WINDOW_MS = 15_000;
const HEADERS = ['kalshi-access-key', 'kalshi-access-timestamp', 'kalshi-access-signature'] as const;

export const SIGNATURE_MISSING = refuse(401, 'signature_is_missing_from_headers');

export class Authenticator {
  readonly #keys: ReadonlyMap<string, { readonly key: KeyObject; readonly accountId: string }>;
  readonly #wallNow: () => number;

  /** Throws when a public key is not one. `wallNow`: the host's clock, which stamps are held against, in Unix ms. */
  constructor(keys: readonly SimKey[], wallNow: () => number) {
    this.#keys = new Map(
      keys.map(({ keyId, publicKeyPem, accountId }) => [keyId, { key: createPublicKey(publicKeyPem), accountId }]),
    );
    this.#wallNow = wallNow;
  }

  /** `path` from the root, without the query. */
  identify(method: string, path: string, headers: IncomingHttpHeaders): Identity {
    const [keyId, timestamp, signature] = HEADERS.map((name) => headers[name]);
    if (keyId === undefined && timestamp === undefined && signature === undefined) return { kind: 'anonymous' };
    if (typeof keyId !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
      return { kind: 'refused', answer: SIGNATURE_MISSING };
    }
    if (!this.#isFresh(timestamp)) return { kind: 'refused', answer: refuse(401, 'header_timestamp_expired') };
    const known = this.#keys.get(keyId);
    if (known === undefined) return denied('NOT_FOUND');
    return verifySignature(known.key, { timestamp, method, path }, signature)
      ? { kind: 'account', accountId: known.accountId }
      : denied('INCORRECT_API_KEY_SIGNATURE');
  }

  #isFresh(timestamp: string): boolean {
    if (!/^\d{1,16}$/.test(timestamp)) return false;
    return Math.abs(Number(timestamp) - this.#wallNow()) <= STAMP_WINDOW_MS;
  }
}

/** Here the message repeats the code as it is. */
function denied(details: string): Identity {
  const error = { code: 'authentication_error', message: 'authentication_error', details };
  return { kind: 'refused', answer: { status: 401, body: JSON.stringify({ error }) } };
}
