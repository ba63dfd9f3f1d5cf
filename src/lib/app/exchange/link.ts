/** How an exchange is reached, and what of it no message says. */
import type { Environment } from '../../adapters/kalshi/environments.ts';
import { READ_LAG_MS } from '../../core/orders/read-lag.ts';
import type { Secret } from '../keys/secret.ts';

/** What a process needs to speak for an account; `kmm kill` needs no more. */
export interface ExchangeLink {
  readonly rest: string;
  readonly ws: string;
  readonly keyId: string;
  readonly keyFile: string;
  /** The one that every call is about; absent: the key's own. */
  readonly subaccount?: number | undefined;
  /** Of an encrypted key, where one is configured. */
  readonly passphraseFile?: string;
  /** As it was typed. In memory only: never in the lock, the journal or an argument. */
  readonly passphrase?: Secret;
}

/** The exchange's read side is given this long to show what it answered (reliability.md V4); the embedded one has none. */
export const READ_LAG_OF: Readonly<Record<Environment, number>> = { sim: 50, demo: READ_LAG_MS, prod: READ_LAG_MS };

/** Shards of the exchange in autumn 2026 (kalshi/api.md 4), for keys to which it gives no breakdown. */
export const KNOWN_SHARDS: readonly number[] = [0, 1, 2, 3];
