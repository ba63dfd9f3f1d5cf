/**
 * A new key in the place of the stored one. The exchange is asked with the new key first, from memory; only when it
 * answers, and the key may do what it should, is anything on the disk changed. A failure leaves everything as it was.
 */
import { ENDPOINTS } from '../../adapters/kalshi/environments.ts';
import type { AccessPlaces } from '../config/access.ts';
import { assertStamps, stampsOf } from '../config/environment-stamps.ts';
import { simAddress } from '../config/sim-address.ts';
import { KmmError } from '../errors/errors.ts';
import { assertNobodyTrades, replaceKey, theStoredKey } from './change-key.ts';
import { checkWith, type KeyReport, verdictOf } from './check-key.ts';
import { assertOfNobodyElse, type FoundKey, openKey } from './import-key.ts';
import type { StoredKey } from './key-store.ts';
import type { Secret } from './secret.ts';

export interface RotateOptions {
  readonly passphrase: Secret;
  readonly isBroadAllowed: boolean;
  /** Sim: the exchange that knows the new key. */
  readonly simUrl?: string;
}

export interface Rotated {
  readonly old: StoredKey;
  readonly stored: StoredKey;
  readonly report: KeyReport;
}

/** Throws KMM_KEY_*, KMM_CLOCK, KMM_UNREACHABLE, KMM_LOCKED, KMM_HOME and the stamps' errors. */
export async function rotateKey(places: AccessPlaces, found: FoundKey, options: RotateOptions): Promise<Rotated> {
  const { env } = places;
  const { passphrase, isBroadAllowed } = options;
  const old = theStoredKey(places);
  if (old.keyId === found.keyId) {
    throw new KmmError('KMM_KEY_EXISTS', `${old.keyId} is the key that is stored`, {
      next: ['give the id of the new key'],
    });
  }
  assertNobodyTrades(places);
  assertOfNobodyElse(places, found.keyId);
  const rest = restOf(places, options.simUrl);
  assertStamps(env, stampsOf(places, { rest, keyId: found.keyId, keyFile: found.file }));
  const signer = openKey(found, passphrase);
  const report = await checkWith(env, { rest, subaccount: places.subaccount }, signer);
  const verdict = verdictOf(report.findings, isBroadAllowed);
  if (verdict !== undefined) throw verdict;
  return { old, report, stored: replaceKey(places, { old, signer, passphrase, now: Date.now() }) };
}

function restOf({ env }: AccessPlaces, simUrl: string | undefined): string {
  if (env !== 'sim') return ENDPOINTS[env].rest;
  if (simUrl === undefined) throw new KmmError('KMM_SIM_URL', 'no embedded exchange is named');
  return simAddress(simUrl).rest;
}
