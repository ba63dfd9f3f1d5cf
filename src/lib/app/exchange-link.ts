/** Where demo, production or an embedded exchange that is named in the configuration is reached, and with which key. */
import { ENDPOINTS, simEndpoints } from '../adapters/kalshi/environments.ts';
import type { Access } from './access.ts';
import { type ErrorDetails, KmmError } from './errors.ts';
import type { ExchangeLink } from './session/open-session.ts';

/** Throws KMM_KEY_MISSING, KMM_SIM_URL. */
export function linkOf({ env, key, sim }: Access): ExchangeLink {
  const endpoints = env === 'sim' ? sim && simEndpoints(sim.rest) : ENDPOINTS[env];
  if (endpoints === undefined) throw new KmmError('KMM_SIM_URL', 'no embedded exchange is named');
  if (key === undefined) throw new KmmError('KMM_KEY_MISSING', `there is no key for ${env}`, keyHint(env));
  return { rest: endpoints.rest, ws: endpoints.stream, keyId: key.id, keyFile: key.file };
}

function keyHint(env: Access['env']): ErrorDetails {
  return env === 'sim' ? { next: ['--key-id and --key-file, as kmm sim serve prints them'] } : {};
}
