/**
 * Which exchange, which key, which data directory: the part of the configuration that stopping needs.
 *
 * `loadAccess` looks at nothing else, so that a mistyped limit or a missing one never stands in the way of `kmm kill`.
 */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { type Layers, type LayersRequest, openLayers } from './config-layers.ts';
import { problemOf } from './config-problems.ts';
import { type ConfigValues, configSchema } from './config-schema.ts';
import { KmmError } from './errors.ts';
import { type EnvironmentName, type Home, homeOf } from './home.ts';
import { type SimAddress, simAddress } from './sim-address.ts';

export interface Access {
  readonly env: EnvironmentName;
  /** An embedded exchange that runs already (sim only, loopback only). */
  readonly sim?: SimAddress;
  /** Of this environment; the file's path is absolute. */
  readonly key?: { readonly id: string; readonly file: string };
  readonly home: Home;
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
  const { variables, userHome } = layers.host;
  const { url } = values.sim;
  const key = keyOf(values, env, layers);
  return {
    env,
    home: homeOf(env, variables, userHome),
    ...(env === 'sim' && url !== undefined ? { sim: simAddress(url) } : {}),
    ...(key === undefined ? {} : { key }),
  };
}

type AccessValues = Pick<ConfigValues, EnvironmentName>;

/** Not strict: the other tables are none of its business. */
const accessSchema = z.object({
  sim: configSchema.shape.sim,
  demo: configSchema.shape.demo,
  prod: configSchema.shape.prod,
});

/** A path in a file counts from that file's directory, any other from the working directory. */
function keyOf(values: AccessValues, env: EnvironmentName, layers: Layers): Access['key'] {
  const { key_id: id, key_file: file } = values[env];
  if (id === undefined && file === undefined) return undefined;
  if (id === undefined || file === undefined) {
    throw new KmmError(
      'KMM_KEY_MISSING',
      `${env}.${id === undefined ? 'key_id' : 'key_file'} is missing beside the other`,
    );
  }
  const { directory } = layers.host;
  const origin = layers.origin([env, 'key_file']);
  const base = origin.kind === 'file' ? dirname(resolve(directory, origin.file)) : directory;
  return { id, file: resolve(base, file) };
}
