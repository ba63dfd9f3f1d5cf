/**
 * The API keys of every account: which there are, what each may do, and that a deleted one is unknown from that moment on
 * (kalshi/api.md 2). Keeps public keys only.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { FULL_ACCESS, type Grant, type Scope } from './access.ts';

export interface SimKey {
  readonly keyId: string;
  /** SPKI. */
  readonly publicKeyPem: string;
  readonly accountId: string;
  /** What the owner calls it. */
  readonly name?: string;
  /** Absent: `read` and `write`. */
  readonly scopes?: readonly Scope[];
  readonly subaccount?: number;
}

export interface StoredKey {
  readonly keyId: string;
  readonly accountId: string;
  readonly name: string;
  readonly grant: Grant;
  readonly publicKey: KeyObject;
}

export class KeyStore {
  readonly #keys = new Map<string, StoredKey>();
  readonly #onRevoked = new Set<(keyId: string) => void>();

  /** Throws when a public key is not one. */
  constructor(keys: readonly SimKey[] = []) {
    for (const key of keys) this.add(key);
  }

  /** Throws when the public key is not one, or not of a kind that the exchange takes. */
  add({ keyId, publicKeyPem, accountId, name = 'kmm', scopes, subaccount }: SimKey): void {
    const publicKey = createPublicKey(publicKeyPem);
    const kind = publicKey.asymmetricKeyType;
    if (kind !== 'rsa' && kind !== 'ed25519') throw new TypeError(`a public key of kind ${kind}`);
    const grant = {
      scopes: scopes ?? FULL_ACCESS.scopes,
      ...(subaccount === undefined ? {} : { subaccount }),
    };
    this.#keys.set(keyId, { keyId, accountId, name, grant, publicKey });
  }

  find(keyId: string): StoredKey | undefined {
    return this.#keys.get(keyId);
  }

  /** In the order in which they were made. */
  of(accountId: string): readonly StoredKey[] {
    return [...this.#keys.values()].filter((key) => key.accountId === accountId);
  }

  /** False when the account has no such key. Everyone who asked is told before this returns. */
  revoke(accountId: string, keyId: string): boolean {
    if (this.#keys.get(keyId)?.accountId !== accountId) return false;
    this.#keys.delete(keyId);
    for (const tell of this.#onRevoked) tell(keyId);
    return true;
  }

  /** From now on the key may do this and no more. False when there is no such key. */
  limit(keyId: string, scopes: readonly Scope[]): boolean {
    const key = this.#keys.get(keyId);
    if (key === undefined) return false;
    this.#keys.set(keyId, { ...key, grant: { ...key.grant, scopes } });
    return true;
  }

  onRevoked(handler: (keyId: string) => void): void {
    this.#onRevoked.add(handler);
  }
}
