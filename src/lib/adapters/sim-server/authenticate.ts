/**
 * Who signed a request: real signatures over `<timestamp><METHOD><path>`, by RSA-PSS or Ed25519 as the key says, with
 * stamps of at most fifteen seconds' age, or as much as it is told, and not further ahead. Answers 401 bodies as captured (kalshi/api.md 2).
 */
import type { IncomingHttpHeaders } from 'node:http';
import { verifySignature } from '../kalshi/sign.ts';
import type { KeyStore, StoredKey } from './key-store.ts';
import { EXPIRED_STAMP, type RestAnswer, refuse } from './rest-answer.ts';

/** An anonymous caller may read market data. */
export type Identity =
  | { readonly kind: 'account'; readonly key: StoredKey }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused'; readonly answer: RestAnswer };

/** The live bound lies between ten and thirty seconds. */
const STAMP_WINDOW_MS = 15_000;
const HEADERS = ['kalshi-access-key', 'kalshi-access-timestamp', 'kalshi-access-signature'] as const;

export const SIGNATURE_MISSING = refuse(401, 'signature_is_missing_from_headers');

export class Authenticator {
  readonly #keys: KeyStore;
  readonly #wallNow: () => number;
  readonly #staleMsMax: number;

  /** `wallNow`: the host's clock, which stamps are held against, in Unix ms. */
  constructor(keys: KeyStore, wallNow: () => number, staleMsMax = STAMP_WINDOW_MS) {
    this.#keys = keys;
    this.#wallNow = wallNow;
    this.#staleMsMax = staleMsMax;
  }

  /** `path` from the root, without the query. */
  identify(method: string, path: string, headers: IncomingHttpHeaders): Identity {
    const [keyId, timestamp, signature] = HEADERS.map((name) => headers[name]);
    if (keyId === undefined && timestamp === undefined && signature === undefined) return { kind: 'anonymous' };
    if (typeof keyId !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
      return { kind: 'refused', answer: SIGNATURE_MISSING };
    }
    if (!this.#isFresh(timestamp)) return { kind: 'refused', answer: EXPIRED_STAMP };
    const key = this.#keys.find(keyId);
    if (key === undefined) return denied('NOT_FOUND');
    return verifySignature(key.publicKey, { timestamp, method, path }, signature)
      ? { kind: 'account', key }
      : denied('INCORRECT_API_KEY_SIGNATURE');
  }

  #isFresh(timestamp: string): boolean {
    if (!/^\d{1,16}$/.test(timestamp)) return false;
    const aheadMs = Number(timestamp) - this.#wallNow();
    return -aheadMs <= this.#staleMsMax && aheadMs <= STAMP_WINDOW_MS;
  }
}

/** Here the message repeats the code as it is. */
function denied(details: string): Identity {
  const error = { code: 'authentication_error', message: 'authentication_error', details };
  return { kind: 'refused', answer: { status: 401, body: JSON.stringify({ error }) } };
}
