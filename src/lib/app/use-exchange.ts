/**
 * The exchange that a command looks at: the one a running `kmm run` uses, one that is configured, or, in sim without
 * either, an embedded one started for this command alone.
 */
import { readLock } from '../adapters/system/lock.ts';
import type { Access } from './access.ts';
import { assertStamps, stampsOf } from './environment-stamps.ts';
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

/** Throws KMM_KEY_MISSING, KMM_SIM_URL, KMM_HOME, KMM_UNREACHABLE. */
export async function useExchange(access: Access): Promise<UsedExchange> {
  const { env, home, sim } = access;
  if (env !== 'sim' || sim !== undefined) return { link: linkOf(access), kind: 'configured', close: async () => {} };
  const { rest, ws, keyId, keyFile } = readLock(home.lock) ?? {};
  if (rest !== undefined && ws !== undefined && keyId !== undefined && keyFile !== undefined) {
    const link = { rest, ws, keyId, keyFile };
    assertStamps(env, stampsOf(access, link));
    return { link, kind: 'running', close: async () => {} };
  }
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
