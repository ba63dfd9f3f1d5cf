/** Requests as what they do to orders. */
import { REST_ROOT } from '../../src/lib/adapters/kalshi/environments.ts';
import type { Write } from './observation.ts';

const ORDERS = `${REST_ROOT}/portfolio/events/orders`;

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** Undefined for a read. */
export function writeOf({ method, path, body = '' }: Call): Write | undefined {
  if (method === 'GET') return undefined;
  return { verb: verbOf(method, path), path, body: body === '' ? {} : JSON.parse(body) };
}

function verbOf(method: string, path: string): Write['verb'] {
  if (!path.startsWith(ORDERS)) return 'other';
  if (method === 'DELETE') return 'cancel';
  if (path === ORDERS) return 'create';
  return path.endsWith('/amend') ? 'amend' : 'other';
}
