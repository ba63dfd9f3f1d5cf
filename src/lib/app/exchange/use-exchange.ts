/**
 * The exchange that a command looks at. In sim, in this order: one that is named on the command line, the one a running
 * `kmm run` uses, one that is configured, a `kmm sim serve` that announces itself, or an embedded one for this command alone.
 */

import { readLock } from '../../adapters/system/lock.ts';
import type { Access } from '../config/access.ts';
import { assertStamps, stampsOf } from '../config/environment-stamps.ts';
import { prepareHome } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { EmbeddedExchange } from '../run/embedded-exchange.ts';
import { seriesAskedFor } from '../sim/asked-series.ts';
import { answering } from './announcement.ts';
import { linkOf, openedBy, runningLink } from './exchange-link.ts';
import type { ExchangeLink } from './link.ts';

export interface UsedExchange {
  readonly link: ExchangeLink;
  /** `running`: shared with a trader; `served`: of a `kmm sim serve`. */
  readonly kind: 'running' | 'configured' | 'served' | 'private';
  /** Which one it is, in a few words for the user. */
  readonly name: string;
  close(): Promise<void>;
}

export interface UseExchangeOptions {
  /** `--sim-url` stands on this command line: nothing else is meant, whatever runs here. */
  readonly isNamed?: boolean;
  /** False: one that lasts, or none. */
  readonly mayStart?: boolean;
  /** Markets, events or series that it must have, where one is started. */
  readonly names?: readonly string[];
}

/** Throws KMM_KEY_MISSING, KMM_SIM_URL, KMM_HOME, KMM_UNREACHABLE, KMM_SIM_NOT_RUNNING. */
export async function useExchange(access: Access, options: UseExchangeOptions = {}): Promise<UsedExchange> {
  const { isNamed = false, mayStart = true, names = [] } = options;
  const { env, home, sim } = access;
  if (env !== 'sim') return { ...shared(linkOf(access)), kind: 'configured', name: `the ${env} exchange` };
  if (isNamed) return configured(access);
  const held = readLock(home.lock);
  const locked = runningLink(held);
  if (locked !== undefined) {
    const running = openedBy(access.key, locked);
    assertStamps(env, stampsOf(access, running));
    const name = `the exchange of the running kmm run (pid ${held?.pid}, ${running.rest})`;
    return { ...shared(running), kind: 'running', name };
  }
  if (sim !== undefined) return configured(access);
  const [newest, ...others] = await answering(home);
  if (newest !== undefined) {
    const more = others.length === 0 ? '' : `; ${others.length} older one${others.length > 1 ? 's' : ''} left aside`;
    const name = `kmm sim serve (pid ${newest.pid}, ${newest.link.rest}${more})`;
    assertStamps(env, stampsOf(access, newest.link));
    return { ...shared(newest.link), kind: 'served', name };
  }
  if (!mayStart) throw new KmmError('KMM_SIM_NOT_RUNNING', 'no embedded exchange runs here');
  prepareHome(home);
  return startPrivate(home.keys, names);
}

function configured(access: Access): UsedExchange {
  const link = linkOf(access);
  return { ...shared(link), kind: 'configured', name: `the embedded exchange at ${link.rest}` };
}

function shared(link: ExchangeLink): Pick<UsedExchange, 'link' | 'close'> {
  return { link, close: async () => {} };
}

async function startPrivate(keyDirectory: string, names: readonly string[]): Promise<UsedExchange> {
  const world = { seed: 'a look', background: [], ...seriesAskedFor(names) };
  const exchange = new EmbeddedExchange(
    { type: 'start', port: 0, speed: 1, keyKind: 'rsa', keyDirectory, world },
    { onOver: () => {}, onLost: () => {} },
  );
  try {
    const { link } = await exchange.listening;
    const name = 'an embedded exchange of its own (no kmm run and no kmm sim serve here)';
    return { link, kind: 'private', name, close: () => exchange.end() };
  } catch (error) {
    await exchange.end();
    throw error;
  }
}
