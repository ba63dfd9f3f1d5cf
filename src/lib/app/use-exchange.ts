/**
 * The exchange that a command looks at: the one a running `kmm run` uses, one that is configured, or, in sim without
 * either, an embedded one started for this command alone.
 */
import { readLock } from '../adapters/system/lock.ts';
import type { Configuration } from './config.ts';
import { KmmError } from './errors.ts';
import { prepareHome } from './home.ts';
import { endExchange, startChild } from './run/child.ts';
import type { ExchangeStart, FromExchange } from './run/messages.ts';
import { linkOf } from './run/run-live.ts';
import type { ExchangeLink } from './session/open-session.ts';

export interface UsedExchange {
  readonly link: ExchangeLink;
  /** `running`: shared with a trader. */
  readonly kind: 'running' | 'configured' | 'private';
  close(): Promise<void>;
}

/** Throws KMM_KEY_MISSING, KMM_SIM_URL, KMM_UNREACHABLE. */
export async function useExchange(configuration: Configuration): Promise<UsedExchange> {
  const { env, home, sim, key } = configuration;
  if (env !== 'sim' || (sim !== undefined && key !== undefined)) {
    return { link: linkOf(configuration), kind: 'configured', close: async () => {} };
  }
  const { rest, ws, keyId, keyFile } = readLock(home.lock) ?? {};
  if (rest !== undefined && ws !== undefined && keyId !== undefined && keyFile !== undefined) {
    return { link: { rest, ws, keyId, keyFile }, kind: 'running', close: async () => {} };
  }
  prepareHome(home);
  return startPrivate({
    ...{ type: 'start', port: 0, speed: 1, keyKind: 'rsa', keyDirectory: home.keys },
    world: { seed: 'a look', background: [] },
  });
}

async function startPrivate(start: ExchangeStart): Promise<UsedExchange> {
  const child = startChild('exchange-process');
  const link = await new Promise<ExchangeLink>((resolve, reject) => {
    child.on('message', (message: FromExchange) => {
      if (message.type === 'listening') resolve(message.link);
      else if (message.type === 'failed') reject(new KmmError('KMM_UNREACHABLE', message.error.message));
    });
    child.once('exit', () => reject(new KmmError('KMM_UNREACHABLE', 'the embedded exchange did not start')));
    child.send(start);
  });
  return {
    ...{ link, kind: 'private' },
    close: () => endExchange(child),
  };
}
