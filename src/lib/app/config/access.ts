/**
 * Which exchange, which key, which data directory: the part of the configuration that stopping needs.
 *
 * `loadAccess` looks at nothing else, so that a mistyped limit or a missing one never stands in the way of `kmm kill`.
 */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { KmmError } from '../errors/errors.ts';
import { credentialsOf } from '../keys/credentials.ts';
import { storedKeys } from '../keys/key-store.ts';
import type { KeyPlace } from '../keys/passphrase.ts';
import { type Layers, type LayersRequest, openLayers } from './config-layers.ts';
import { problemOf } from './config-problems.ts';
import { type ConfigValues, configSchema } from './config-schema.ts';
import { type EnvironmentName, type Home, homeOf } from './home.ts';
import { type SimAddress, simAddress } from './sim-address.ts';

export interface Access {
  readonly env: EnvironmentName;
  /** An embedded exchange that runs already (sim only, loopback only). */
  readonly sim?: SimAddress;
  /** Of this environment; paths are absolute. */
  readonly key?: KeyPlace;
  readonly home: Home;
  /** The one that is traded on: 0 is the primary account; absent: the key's own. */
  readonly subaccount?: number;
  /** The environment that the config file says it is for. */
  readonly configStamp?: EnvironmentName;
}

/** What does not depend on a key being there: for commands that bring one in or take one away. */
export interface AccessPlaces extends Pick<Access, 'env' | 'home' | 'configStamp' | 'subaccount'> {
  /** The key id that is configured, and where its passphrase lies. */
  readonly keyId?: string;
  readonly passphraseFile?: string;
}

/** Throws KMM_CONFIG_*. */
export function loadPlaces(request: LayersRequest): AccessPlaces {
  const layers = openLayers(request);
  const result = accessSchema.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  return placesOf(result.data, request.environment, layers);
}

/** Throws KMM_CONFIG_* for a file that cannot be read at all or tables that are wrong, KMM_SIM_URL, KMM_KEY_MISSING. */
export function loadAccess(request: LayersRequest): Access {
  const layers = openLayers(request);
  const result = accessSchema.safeParse(layers.tree);
  if (!result.success) throw problemOf(result.error, layers, request.environment);
  return accessOf(result.data, request.environment, layers);
}

/**
 * The same for stopping: configuration that cannot be understood is left aside, for a running trader's lock and the
 * journal say as much. `problem` is for the user to read.
 */
export function accessAnyway(request: LayersRequest): { readonly access: Access; readonly problem?: KmmError } {
  try {
    return { access: loadAccess(request) };
  } catch (problem) {
    if (!(problem instanceof KmmError)) throw problem;
    const { environment: env, host } = request;
    return { access: { env, home: homeOf(env, host?.variables, host?.userHome) }, problem };
  }
}

/** The same from values that are checked already. */
export function accessOf(values: AccessValues, env: EnvironmentName, layers: Layers): Access {
  const places = placesOf(values, env, layers);
  const { home, configStamp, subaccount } = places;
  const { url } = values.sim;
  const key = keyOf(values, places, layers);
  return {
    ...{ env, home },
    ...(env === 'sim' && url !== undefined ? { sim: simAddress(url) } : {}),
    ...(key === undefined ? {} : { key }),
    ...(subaccount !== undefined && { subaccount }),
    ...(configStamp !== undefined && { configStamp }),
  };
}

type AccessValues = Pick<ConfigValues, EnvironmentName | 'environment'> & {
  readonly account?: { readonly subaccount?: number | undefined } | undefined;
};

/** Not strict: the other tables are none of its business. */
export const accessSchema = z.object({
  environment: configSchema.shape.environment,
  sim: configSchema.shape.sim,
  demo: configSchema.shape.demo,
  prod: configSchema.shape.prod,
  account: z.object({ subaccount: configSchema.shape.account.shape.subaccount }).optional(),
});

export function placesOf(values: AccessValues, env: EnvironmentName, layers: Layers): AccessPlaces {
  const { variables, userHome } = layers.host;
  const { key_id: keyId, passphrase_file: configured } = values[env];
  const lent = credentialsOf(variables).passphrase;
  const subaccount = values.account?.subaccount;
  const passphraseFile = configured === undefined ? lent : pathOf(configured, [env, 'passphrase_file'], layers);
  return {
    ...{ env, home: homeOf(env, variables, userHome) },
    ...(values.environment !== undefined && { configStamp: values.environment }),
    ...(subaccount !== undefined && { subaccount }),
    ...(keyId !== undefined && { keyId }),
    ...(passphraseFile !== undefined && { passphraseFile }),
  };
}

/** A key file that is named, else systemd's credential, else the key that was imported. */
function keyOf(values: AccessValues, places: AccessPlaces, layers: Layers): KeyPlace | undefined {
  const { env, home, keyId: id, passphraseFile } = places;
  const opening = passphraseFile === undefined ? {} : { passphraseFile };
  const { key_file: named } = values[env];
  if (named !== undefined) {
    if (id === undefined) throw new KmmError('KMM_KEY_MISSING', `${env}.key_id is missing beside the other`);
    return { id, file: pathOf(named, [env, 'key_file'], layers), ...opening };
  }
  const lent = env === 'sim' ? undefined : credentialsOf(layers.host.variables).key;
  if (lent !== undefined && id !== undefined) return { id, file: lent };
  const stored = storedKeys(home).filter(({ keyId }) => id === undefined || keyId === id);
  const [first, ...others] = stored;
  if (others.length > 0) {
    const ids = stored.map(({ keyId }) => keyId).join(', ');
    throw new KmmError('KMM_KEY_MISSING', `several keys are stored for ${env} and none is named: ${ids}`, {
      next: [`set ${env}.key_id`, `kmm auth forget --env ${env} --key-id ID`],
    });
  }
  if (first !== undefined) return { id: first.keyId, file: first.file, ...opening };
  if (id === undefined) return undefined;
  throw new KmmError('KMM_KEY_MISSING', `${env}.key_file is missing beside the other`, {
    next: [`kmm auth import FILE --key-id ${id} --env ${env}`, `set ${env}.key_file`],
  });
}

/** A path in a file counts from that file's directory, any other from the working directory. */
export function pathOf(path: string, key: readonly string[], layers: Layers): string {
  const { directory } = layers.host;
  const origin = layers.origin(key);
  return resolve(origin.kind === 'file' ? dirname(resolve(directory, origin.file)) : directory, path);
}
