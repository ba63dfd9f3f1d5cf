/** The ways in which a kill may reach the exchange, and the first that opens. */
import { existsSync } from 'node:fs';
import type { SessionRecord } from '../../adapters/store/journal-queries.ts';
import { readLock } from '../../adapters/system/lock.ts';
import type { Access } from '../config/access.ts';
import { assertStamps } from '../config/environment-stamps.ts';
import { KmmError } from '../errors/errors.ts';
import { subaccountOf } from '../exchange/account-name.ts';
import { configuredLink, openedBy, runningLink } from '../exchange/exchange-link.ts';
import { type Reach, type ReachLink, reach } from '../run/reach.ts';

/** Where orders of ours may rest, likeliest first. A key that the user has configured is newer than a past session's. */
export function linksOf(access: Access, last: SessionRecord | undefined): readonly ReachLink[] {
  const { env, home, sim, key } = access;
  const locked = runningLink(readLock(home.lock));
  const running: readonly ReachLink[] = locked === undefined ? [] : [locked];
  const past = last === undefined ? [] : [pastLink(last)];
  const configured = key !== undefined && (env !== 'sim' || sim !== undefined) ? [configuredLink(access)] : [];
  const links = env === 'sim' ? [...running, ...past, ...configured] : [...running, ...configured, ...past];
  return links.map((link) => openedBy(key, link));
}

function pastLink({ restUrl: rest, keyId, keyFile, account }: SessionRecord): ReachLink {
  const subaccount = subaccountOf(account);
  return { rest, keyId, keyFile, ...(subaccount !== undefined && { subaccount }) };
}

export interface Opened {
  readonly exchange: Reach;
  readonly link: ReachLink;
}

/**
 * Undefined: in sim, when the exchange has ended, on virtual time or with its key. `position`: what it means for the position
 * that none opens. Throws KMM_KEY_*.
 */
export function openFirst(access: Access, links: readonly ReachLink[], position: string): Opened | undefined {
  const { env } = access;
  const isThere = ({ rest, keyFile }: ReachLink) => URL.canParse(rest) && existsSync(keyFile);
  const likely = env === 'sim' ? links.filter(isThere).slice(0, 1) : links;
  if (likely.length === 0 && env === 'sim') return undefined;
  let failure: KmmError | undefined;
  for (const link of likely) {
    try {
      assertStamps(env, { hosts: [link.rest] });
      return { exchange: reach(env, link), link };
    } catch (error) {
      if (!(error instanceof KmmError)) throw error;
      failure ??= new KmmError(error.code, error.what, { position, next: nextAfter(error) });
    }
  }
  throw failure ?? noWay(env, position);
}

/** A kill never asks: where a person would have to type, a file is the way. */
function nextAfter({ code, next }: KmmError): readonly string[] {
  return code === 'KMM_KEY_PASSPHRASE' ? ['kmm kill --passphrase-file FILE', ...next] : next;
}

function noWay(env: string, position: string): KmmError {
  const what = `nothing here says how to reach ${env}: no session has run and no key is configured`;
  return new KmmError('KMM_KEY_MISSING', what, { position });
}
