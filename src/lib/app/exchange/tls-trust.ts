/**
 * Who may vouch for the exchange is what Node was shipped with. Connections demand proof whatever NODE_TLS_REJECT_UNAUTHORIZED
 * says; still, a shell that asks for less, or adds an authority of its own, is no place to trade from (reliability.md S9).
 * Stopping is not asked: a kill works in any shell.
 */
import type { EnvironmentName, Variables } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';

/** Throws KMM_TLS, where there is TLS. */
export function assertTrust(env: EnvironmentName, variables: Variables = process.env): void {
  if (env === 'sim') return;
  const found = weakened(variables);
  if (found !== undefined) throw new KmmError('KMM_TLS', found, { next: [`unset ${found.split(' ')[0]}`] });
}

function weakened({ NODE_TLS_REJECT_UNAUTHORIZED: proof, NODE_EXTRA_CA_CERTS: extra }: Variables): string | undefined {
  if (proof === '0') return 'NODE_TLS_REJECT_UNAUTHORIZED is 0: any server could pose as the exchange';
  if (extra !== undefined && extra !== '')
    return `NODE_EXTRA_CA_CERTS is ${extra}: its owner could pose as the exchange`;
  return undefined;
}
