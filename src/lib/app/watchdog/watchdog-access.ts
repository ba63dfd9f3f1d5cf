/** The part of the configuration that a watchdog needs. On a host of its own no limits and no markets are written down. */
import { z } from 'zod';
import { type Access, accessSchema, pathOf, placesOf } from '../config/access.ts';
import { type Layers, type LayersRequest, openLayers } from '../config/config-layers.ts';
import { problemOf } from '../config/config-problems.ts';
import { configSchema } from '../config/config-schema.ts';
import { simAddress } from '../config/sim-address.ts';
import { KmmError } from '../errors/errors.ts';
import { credentialsOf } from '../keys/credentials.ts';
import type { KeyPlace } from '../keys/passphrase.ts';
import type { WatchdogLimits } from './watchdog-limits.ts';

export interface WatchdogAccess {
  /** Its key is the watchdog's. */
  readonly access: Access;
  readonly limits: WatchdogLimits;
}

/** Its own key, its patience, and what the trader does with leases. Throws KMM_CONFIG_*, KMM_SIM_URL, KMM_KEY_MISSING. */
export function loadWatchdog(request: LayersRequest): WatchdogAccess {
  const layers = openLayers(request);
  const result = watchdogSchema.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  const { watchdog, quoting, sim } = result.data;
  const { home, configStamp, subaccount } = placesOf(result.data, request.environment, layers);
  const key = watchdogKeyOf(result.data, layers);
  const access: Access = {
    ...{ env: request.environment, home },
    ...(request.environment === 'sim' && sim.url !== undefined ? { sim: simAddress(sim.url) } : {}),
    ...(key !== undefined && { key }),
    ...(subaccount !== undefined && { subaccount }),
    ...(configStamp !== undefined && { configStamp }),
  };
  return {
    access,
    limits: {
      ...{ stallMs: watchdog.stall_seconds * 1_000, checkMs: watchdog.check_seconds * 1_000 },
      ...{ leaseMs: quoting.lease_seconds * 1_000, freezeMs: freezeMsOf(result.data) },
    },
  };
}

type WatchdogValues = z.output<typeof watchdogSchema>;

const watchdogSchema = z.object({
  ...accessSchema.shape,
  watchdog: configSchema.shape.watchdog,
  quoting: configSchema.shape.quoting,
  clock: configSchema.shape.clock,
});

/** No order of any series may rest longer than the shortest of the freezes allows. */
function freezeMsOf({ quoting, clock }: WatchdogValues): number {
  const ofSeries = Object.values(clock.series).map(({ freeze_seconds: seconds }) => seconds);
  return Math.min(quoting.freeze_seconds, ...ofSeries) * 1_000;
}

/** The key that the watchdog has for itself; undefined: none is named. Throws KMM_KEY_MISSING for half of one. */
function watchdogKeyOf({ watchdog }: WatchdogValues, layers: Layers): KeyPlace | undefined {
  const { key_id: id, key_file: named, passphrase_file: opens } = watchdog;
  const lent = credentialsOf(layers.host.variables);
  const file = named === undefined ? lent.key : pathOf(named, ['watchdog', 'key_file'], layers);
  if (id === undefined && named === undefined) return undefined;
  if (id === undefined || file === undefined) {
    const missing = id === undefined ? 'key_id' : 'key_file';
    throw new KmmError('KMM_KEY_MISSING', `watchdog.${missing} is missing beside the other`, {
      next: [`set watchdog.${missing}`],
    });
  }
  const passphraseFile = opens === undefined ? lent.passphrase : pathOf(opens, ['watchdog', 'passphrase_file'], layers);
  return { id, file, ...(passphraseFile !== undefined && { passphraseFile }) };
}
