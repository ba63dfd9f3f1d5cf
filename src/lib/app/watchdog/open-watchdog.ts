/**
 * A watchdog for one environment: its own key, its own connection with its own tokens, nothing of the trader's process.
 * Refuses to start with a key that it could not cancel with; an exchange that does not answer is waited for.
 */
import { ENDPOINTS, simEndpoints } from '../../adapters/kalshi/environments.ts';
import { KalshiApiKeys } from '../../adapters/kalshi/rest-api-keys.ts';
import { isShutOut } from '../../adapters/kalshi/result.ts';
import { readLock } from '../../adapters/system/lock.ts';
import { readMark } from '../../adapters/system/progress-file.ts';
import type { Access } from '../config/access.ts';
import { assertStamps } from '../config/environment-stamps.ts';
import { KmmError } from '../errors/errors.ts';
import { runningLink } from '../exchange/exchange-link.ts';
import { unreachable } from '../exchange/unreachable.ts';
import { EVERYTHING, kill } from '../kill/kill.ts';
import { type Reach, type ReachLink, reach } from '../run/reach.ts';
import { Watchdog } from './watchdog.ts';
import type { WatchdogAccess } from './watchdog-access.ts';
import type { WatchdogRecord } from './watchdog-records.ts';

export interface OpenedWatchdog {
  readonly watchdog: Watchdog;
  close(): void;
}

/** Throws KMM_KEY_*, KMM_SIM_URL, KMM_HOST_ENV, KMM_CONFIG_ENV, KMM_CLOCK. */
export async function openWatchdog(
  { access, limits }: WatchdogAccess,
  tell: (record: WatchdogRecord) => void,
): Promise<OpenedWatchdog> {
  const { env, home, configStamp } = access;
  const link = watchdogLink(access);
  assertStamps(env, { hosts: [link.rest], ...(configStamp !== undefined && { config: configStamp }) });
  const exchange = reach(env, link);
  const { rest, clock } = exchange;
  try {
    await assertUseful(exchange, link);
  } catch (error) {
    exchange.close();
    throw error;
  }
  tell({
    ...{ type: 'watchdog', schemaVersion: 1, env, at: new Date().toISOString() },
    ...{ host: new URL(link.rest).host, keyId: link.keyId },
    ...{ stallSeconds: limits.stallMs / 1_000, checkSeconds: limits.checkMs / 1_000 },
  });
  const watchdog = new Watchdog({
    ...{ env, limits, clock, tell, wallNow: Date.now },
    readMark: () => readMark(home.progress),
    resting: () => rest.orders({ status: 'resting' }),
    closeOf: async (ticker) => {
      const market = await rest.market(ticker);
      return market.ok ? market.value.closeAt : undefined;
    },
    kill: (reason) => kill(access, { ...EVERYTHING, reason, by: 'kmm watchdog', opened: { exchange, link } }),
  });
  return { watchdog, close: () => exchange.close() };
}

/** In sim the exchange of a running `kmm run` will do, with its key where the watchdog has none. */
function watchdogLink({ env, sim, key, home, subaccount }: Access): ReachLink {
  const running = env === 'sim' ? runningLink(readLock(home.lock)) : undefined;
  const address =
    env === 'sim' ? (sim === undefined ? running?.rest : simEndpoints(sim.rest).rest) : ENDPOINTS[env].rest;
  if (address === undefined)
    throw new KmmError('KMM_SIM_URL', 'no embedded exchange runs or is named', { next: ['kmm run', 'kmm sim serve'] });
  if (key !== undefined) {
    const { id: keyId, file: keyFile, ...opening } = key;
    return { rest: address, keyId, keyFile, ...opening, ...(subaccount !== undefined && { subaccount }) };
  }
  if (running !== undefined) return running;
  throw new KmmError('KMM_KEY_MISSING', `the watchdog has no key of its own for ${env}`, {
    next: ['set watchdog.key_id and watchdog.key_file: a second key, scopes read and write::trade'],
  });
}

/** What can be told for certain is told at once; a network that is down is no fault of the key. */
async function assertUseful({ rest, wire }: Reach, { keyId }: ReachLink): Promise<void> {
  const listed = await rest.orders({ status: 'resting' });
  const isCertain = !listed.ok && listed.error.kind === 'refused';
  if (isCertain && (isShutOut(listed.error) || listed.error.status === 401)) {
    throw unreachable('the watchdog cannot use its key', listed.error);
  }
  if (!listed.ok) return;
  const keys = await new KalshiApiKeys(wire).list();
  const own = keys.ok ? keys.value.keys.find((one) => one.keyId === keyId) : undefined;
  const mayCancel = own === undefined || own.scopes.some((scope) => scope === 'write' || scope === 'write::trade');
  if (!mayCancel) {
    throw new KmmError('KMM_KEY_SCOPE', `the watchdog's key ${keyId} may not cancel: write::trade is missing`);
  }
}
