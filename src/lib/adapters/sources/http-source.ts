/**
 * A forecast document from somebody's server: one GET, nothing resent, no redirect followed, no certificate excused, no
 * more read than a document may be long. A server that does not answer, or says that it cannot now, is silent: what it said
 * last holds until it is too old. What it does answer must be a document.
 */
import got, { RequestError } from 'got';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import type { ForecastSource } from '../../ports.ts';
import { DOCUMENT_BYTES_MAX, forecastsFrom } from './document.ts';
import { tooLarge } from './read-file.ts';

export interface HttpSourceOptions {
  readonly url: string;
  /** Read anew each time, so that a token may be replaced while kmm runs. Throws SourceProblem. */
  readonly token?: () => string;
  readonly about?: readonly string[];
}

const CONNECT_MS = 5_000;

export function httpSource({ url, token, about }: HttpSourceOptions): ForecastSource {
  return {
    async read(now, { signal }) {
      const bearer = token?.();
      const { status, body } = await fetched(url, bearer, signal);
      if (status === 429 || status >= 500) throw new SourceProblem('source_silent', `it answers status ${status}`);
      if (status !== 200) throw new SourceProblem('source_refuses', `it answers status ${status}`);
      return forecastsFrom(body, now, about);
    },
  };
}

async function fetched(url: string, bearer: string | undefined, signal: AbortSignal) {
  const stream = got.stream(url, {
    headers: {
      ...{ 'user-agent': 'kmm', accept: 'application/json' },
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    retry: { limit: 0 },
    ...{ followRedirect: false, throwHttpErrors: false, signal },
    // A small answer that unpacks to a huge one is not unpacked.
    decompress: false,
    /** Stated, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment changes nothing. */
    https: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    timeout: { lookup: CONNECT_MS, connect: CONNECT_MS, secureConnect: CONNECT_MS },
  });
  let status = 0;
  stream.on('response', (response: { statusCode: number }) => {
    status = response.statusCode;
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > DOCUMENT_BYTES_MAX) throw tooLarge('the answer', DOCUMENT_BYTES_MAX);
      chunks.push(chunk);
    }
  } catch (error) {
    throw problemOf(error);
  } finally {
    stream.destroy();
  }
  return { status, body: Buffer.concat(chunks).toString('utf8') };
}

/** The kind of trouble alone: an address may have in it what is nobody's business. */
function problemOf(error: unknown): SourceProblem {
  if (error instanceof SourceProblem) return error;
  const code = error instanceof RequestError ? error.code : error instanceof Error ? error.name : '';
  return new SourceProblem('source_silent', WORDS[code] ?? `it cannot be reached (${code.slice(0, 40)})`);
}

const WORDS: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'it did not answer in time',
  ERR_ABORTED: 'it did not answer in time',
  AbortError: 'it did not answer in time',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'its host has no address',
  EAI_AGAIN: 'no name server answers',
};
