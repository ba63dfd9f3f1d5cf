/** Where demo, production or an embedded exchange that is named in the configuration is reached, and with which key. */

import { ENDPOINTS, simEndpoints } from '../../adapters/kalshi/environments.ts';
import type { LockInfo } from '../../adapters/system/lock.ts';
import type { Access } from '../config/access.ts';
import { assertStamps, stampsOf } from '../config/environment-stamps.ts';
import { type ErrorDetails, KmmError } from '../errors/errors.ts';
import { Secret } from '../keys/secret.ts';
import type { KeyOfLink } from '../keys/signer.ts';
import type { ExchangeLink } from './link.ts';
import { assertTrust } from './tls-trust.ts';

/** Throws KMM_TLS; KMM_KEY_MISSING, KMM_SIM_URL; KMM_HOST_ENV, KMM_CONFIG_ENV, KMM_KEY_ENV, KMM_DB_ENV, KMM_LOCK_ENV. */
export function linkOf(access: Access): ExchangeLink {
  assertTrust(access.env);
  const link = configuredLink(access);
  assertStamps(access.env, stampsOf(access, link));
  return link;
}

/** The same without comparing stamps, for stopping alone. Throws KMM_KEY_MISSING, KMM_SIM_URL. */
export function configuredLink({ env, key, sim, subaccount }: Access): ExchangeLink {
  const endpoints = env === 'sim' ? sim && simEndpoints(sim.rest) : ENDPOINTS[env];
  if (endpoints === undefined) throw new KmmError('KMM_SIM_URL', 'no embedded exchange is named');
  if (key === undefined) throw new KmmError('KMM_KEY_MISSING', `there is no key for ${env}`, keyHint(env));
  const { id: keyId, file: keyFile, ...opening } = key;
  return {
    rest: endpoints.rest,
    ws: endpoints.stream,
    keyId,
    keyFile,
    ...opening,
    ...(subaccount !== undefined && { subaccount }),
  };
}

/** As much of a link as others on this machine may read in the lock: never a passphrase that was typed. */
export function lockedLink({ passphrase: _passphrase, ...link }: ExchangeLink): Omit<ExchangeLink, 'passphrase'> {
  return link;
}

/** The link of whoever holds the lock; undefined while it has none. */
export function runningLink(held: LockInfo | undefined): ExchangeLink | undefined {
  const { rest, ws, keyId, keyFile, passphraseFile, subaccount } = held ?? {};
  if (rest === undefined || ws === undefined || keyId === undefined || keyFile === undefined) return undefined;
  const opening = passphraseFile === undefined ? {} : { passphraseFile };
  return { rest, ws, keyId, keyFile, ...opening, ...(subaccount !== undefined && { subaccount }) };
}

/** What opens the configured key opens it wherever else it is named. */
export function openedBy<Link extends KeyOfLink>(key: Access['key'], link: Link): Link {
  if (key === undefined || key.file !== link.keyFile) return link;
  const { passphraseFile, passphrase } = key;
  return {
    ...{ ...link, ...(passphraseFile !== undefined && { passphraseFile }) },
    ...(passphrase !== undefined && { passphrase }),
  };
}

/** A link as it crosses to a child of ours: the passphrase in the clear, for this channel is seen by the two alone. */
export interface SentLink extends Omit<ExchangeLink, 'passphrase'> {
  readonly passphraseText?: string;
}

export function sentLink({ passphrase, ...link }: ExchangeLink): SentLink {
  return passphrase === undefined ? link : { ...link, passphraseText: passphrase.reveal() };
}

export function receivedLink({ passphraseText, ...link }: SentLink): ExchangeLink {
  return passphraseText === undefined ? link : { ...link, passphrase: new Secret(passphraseText) };
}

function keyHint(env: Access['env']): ErrorDetails {
  return env === 'sim'
    ? { next: ['--key-id and --key-file, as kmm sim serve prints them'] }
    : { next: [`kmm auth import FILE --key-id ID --env ${env}`] };
}
