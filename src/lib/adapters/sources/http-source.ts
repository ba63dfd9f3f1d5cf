/**
 * A forecast document from somebody's server, read as any page is. A server that does not answer, or says that it cannot now,
 * is silent: what it said last holds until it is too old. What it does answer must be a document.
 */
import type { ForecastSource } from '../../ports.ts';
import { pageText } from '../reference/page.ts';
import { DOCUMENT_BYTES_MAX, forecastsFrom } from './document.ts';

export interface HttpSourceOptions {
  readonly url: string;
  /** Read anew each time, so that a token may be replaced while kmm runs. Throws SourceProblem. */
  readonly token?: () => string;
  readonly about?: readonly string[];
}

export function httpSource({ url, token, about }: HttpSourceOptions): ForecastSource {
  return {
    async read(now, { signal }) {
      const bearer = token?.();
      const headers = {
        ...{ 'user-agent': 'kmm', accept: 'application/json' },
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      };
      return forecastsFrom(await pageText(url, signal, { headers, bytesMax: DOCUMENT_BYTES_MAX }), now, about);
    },
  };
}
