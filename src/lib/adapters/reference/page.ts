/**
 * A public page or file of figures: one GET, nothing resent, no redirect followed, no certificate excused, no more read than such a page
 * may be long. What it answers is somebody else's text: a parser of this room makes figures of it, or refuses.
 */
import got, { RequestError } from 'got';
import { SourceProblem } from '../../core/reference/source-problem.ts';

/** The longest known are the charts of the nowcasts, seven megabytes. */
export const PAGE_BYTES_MAX = 16 * 1_024 * 1_024;
const CONNECT_MS = 5_000;
/** api.weather.gov answers nobody who does not say who asks. */
const OF_ANYBODY = { 'user-agent': 'kmm (market maker; reads public figures)', accept: '*/*' };

export interface PageOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytesMax?: number;
}

/** Throws SourceProblem. */
export async function pageText(
  url: string,
  signal: AbortSignal,
  { headers = OF_ANYBODY, bytesMax = PAGE_BYTES_MAX }: PageOptions = {},
): Promise<string> {
  const stream = got.stream(url, {
    headers,
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
      if (bytes > bytesMax) {
        throw new SourceProblem('source_too_large', `the answer is larger than ${bytesMax / 1_024} KiB`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw problemOf(error);
  } finally {
    stream.destroy();
  }
  if (status === 429 || status >= 500) throw new SourceProblem('source_silent', `it answers status ${status}`);
  if (status !== 200) throw new SourceProblem('source_refuses', `it answers status ${status}`);
  return Buffer.concat(chunks).toString('utf8');
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
