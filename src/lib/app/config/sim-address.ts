/** The address of an embedded exchange that runs already. Anything but plain HTTP on loopback is refused (S10). */
import { KmmError } from '../errors/errors.ts';

export interface SimAddress {
  /** Base URLs without a slash at the end, as `kmm sim serve` prints them. */
  readonly rest: string;
  readonly ws: string;
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
const REST_PATH = '/trade-api/v2';
const STREAM_PATH = '/trade-api/ws/v2';

/** Takes `http://127.0.0.1:PORT`, with or without the REST path behind it. Throws KMM_SIM_URL. */
export function simAddress(text: string): SimAddress {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'http:' || !LOOPBACK.has(url.hostname) || url.username !== '') {
    throw new KmmError('KMM_SIM_URL', `${text} is not http://127.0.0.1:PORT`);
  }
  const path = url.pathname.replace(/\/$/, '');
  if ((path !== '' && path !== REST_PATH) || url.search !== '' || url.hash !== '') {
    throw new KmmError('KMM_SIM_URL', `${text} names a path; give the host and the port alone`);
  }
  return { rest: `http://${url.host}${REST_PATH}`, ws: `ws://${url.host}${STREAM_PATH}` };
}
