/**
 * Who may vouch for the exchange. Connections demand proof whatever NODE_TLS_REJECT_UNAUTHORIZED says; still, a shell that asks
 * for none is no place to trade from (reliability.md S9). An authority that NODE_EXTRA_CA_CERTS adds is common behind a
 * company's proxy: it is named, not refused. Stopping is not asked: a kill works in any shell.
 */
import type { EnvironmentName, Variables } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';

/** Throws KMM_TLS, where there is TLS. */
export function assertTrust(env: EnvironmentName, variables: Variables = process.env): void {
  if (env === 'sim' || variables.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  const what = 'NODE_TLS_REJECT_UNAUTHORIZED is 0: any server could pose as the exchange';
  throw new KmmError('KMM_TLS', what, { next: ['unset NODE_TLS_REJECT_UNAUTHORIZED'] });
}

/** In words, who may vouch for the exchange besides those whom Node ships with; undefined: nobody, or there is no TLS. */
export function addedTrust(env: EnvironmentName, variables: Variables = process.env): string | undefined {
  const extra = variables.NODE_EXTRA_CA_CERTS;
  if (env === 'sim' || extra === undefined || extra === '') return undefined;
  return `NODE_EXTRA_CA_CERTS is ${extra}: who owns a key of it could pose as the exchange`;
}
