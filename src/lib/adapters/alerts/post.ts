/**
 * One attempt to hand something to somebody else's server, over got: nothing is resent here, no redirect is followed, every
 * phase has its bound, and of the answer no more is read than tells what became of it. Never rejects. The address is a
 * secret: it stands in no reason.
 */
import got, { RequestError } from 'got';
import { type Reply, replyOf, shortOf } from './reply.ts';

export interface Posting {
  readonly method: 'POST' | 'GET';
  readonly address: string;
  /** JSON text. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Milliseconds of real time; `request` bounds the whole attempt. */
export interface PostTimeouts {
  readonly connect: number;
  readonly request: number;
}

export type Post = (posting: Posting) => Promise<Reply>;

const DEFAULT_TIMEOUTS: PostTimeouts = { connect: 5_000, request: 10_000 };
/** Of an answer; Discord's with the whole message in it has some two thousand. */
const ANSWER_BYTES_MAX = 65_536;

/** `stopped`: attempts under way end then. */
export function poster(stopped?: AbortSignal, timeouts: PostTimeouts = DEFAULT_TIMEOUTS): Post {
  return async ({ method, address, body, headers }) => {
    // got's own bound of a request ends with the head of the answer.
    const bound = AbortSignal.timeout(timeouts.request);
    const signal = stopped === undefined ? bound : AbortSignal.any([bound, stopped]);
    try {
      const stream = got.stream(address, {
        method,
        ...(body !== undefined && { body }),
        headers: {
          'user-agent': 'kmm',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        retry: { limit: 0 },
        followRedirect: false,
        throwHttpErrors: false,
        // A small answer that unpacks to a huge one is not unpacked.
        decompress: false,
        /** Stated, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment changes nothing. */
        https: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
        timeout: {
          lookup: timeouts.connect,
          connect: timeouts.connect,
          secureConnect: timeouts.connect,
          request: timeouts.request,
        },
        signal,
      });
      return await heard(stream);
    } catch (error) {
      return { kind: 'later', reason: reasonOf(error) };
    }
  };
}

async function heard(stream: ReturnType<typeof got.stream>): Promise<Reply> {
  const answer: { status?: number; headers?: Readonly<Record<string, string | string[] | undefined>> } = {};
  stream.on('response', ({ statusCode, headers }: { statusCode: number; headers: typeof answer.headers }) => {
    answer.status = statusCode;
    if (headers !== undefined) answer.headers = headers;
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > ANSWER_BYTES_MAX) break;
    }
  } catch (error) {
    // The status said what became of it; that the rest did not come changes nothing.
    if (answer.status === undefined) throw error;
  } finally {
    stream.destroy();
  }
  if (answer.status === undefined) return { kind: 'later', reason: 'no answer' };
  const text = Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
  return replyOf(answer.status, answer.headers ?? {}, text, Date.now());
}

/** The kind of trouble, and no word that could have the address in it. */
function reasonOf(error: unknown): string {
  if (error instanceof RequestError) return WORDS[error.code] ?? shortOf(error.code);
  return error instanceof Error ? error.name : 'unknown error';
}

const WORDS: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'it did not answer in time',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'its host has no address',
  EAI_AGAIN: 'no name server answers',
  EPROTO: 'it does not speak TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not vouched for',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};
