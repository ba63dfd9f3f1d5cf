/**
 * The exchange that a command looks at: the one a running `kmm run` uses, one that is configured, or, in sim without
 * either, an embedded one started for this command alone.
 */
import { readLock } from '../adapters/system/lock.ts';
import type { Access } from './access.ts';
import { KmmError } from './errors.ts';
import { linkOf } from './exchange-link.ts';
import { prepareHome } from './home.ts';
import { EmbeddedExchange } from './run/embedded-exchange.ts';
import type { ExchangeLink } from './session/open-session.ts';

export interface UsedExchange {
  readonly link: ExchangeLink;
  /** `running`: shared with a trader. */
  readonly kind: 'running' | 'configured' | 'private';
  close(): Promise<void>;
}

export interface UseExchangeOptions {
  /** False: one that lasts, or none. */
  readonly mayStart?: boolean;
}

/** Throws KMM_KEY_MISSING, KMM_SIM_URL, KMM_HOME, KMM_UNREACHABLE, KMM_SIM_NOT_RUNNING. */
export async function useExchange(access: Access, { mayStart = true }: UseExchangeOptions = {}): Promise<UsedExchange> {
  const { env, home, sim } = access;
  if (env !== 'sim' || sim !== undefined) return { link: linkOf(access), kind: 'configured', close: async () => {} };
  const { rest, ws, keyId, keyFile } = readLock(home.lock) ?? {};
  if (rest !== undefined && ws !== undefined && keyId !== undefined && keyFile !== undefined) {
    return { link: { rest, ws, keyId, keyFile }, kind: 'running', close: async () => {} };
  }
  if (!mayStart) throw new KmmError('KMM_SIM_NOT_RUNNING', 'no embedded exchange runs here');
  prepareHome(home);
  return startPrivate(home.keys);
}

async function startPrivate(keyDirectory: string): Promise<UsedExchange> {
  const exchange = new EmbeddedExchange(
    { type: 'start', port: 0, speed: 1, keyKind: 'rsa', keyDirectory, world: { seed: 'a look', background: [] } },
    { onOver: () => {}, onLost: () => {} },
  );
  try {
    const { link } = await exchange.listening;
    return { link, kind: 'private', close: () => exchange.end() };
  } catch (error) {
    await exchange.end();
    throw error;
  }
}
