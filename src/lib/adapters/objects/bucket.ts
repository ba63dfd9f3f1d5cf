/**
 * A folder of S3-compatible storage: objects are written whole, read and asked for. Writing an object twice leaves one, so a
 * request that failed for a passing reason is made again; redirects are not followed, and every request has its bound.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import got, { RequestError } from 'got';
import { type Credentials, EMPTY_DIGEST, encodedPath, signedHeaders } from './sign.ts';

export interface BucketPlace {
  readonly bucket: string;
  /** Before the names of all objects; empty, or ending in a slash. */
  readonly prefix: string;
  /** `https://s3.eu-central-1.amazonaws.com`, or a server of one's own; the bucket is the first part of the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

export class BucketProblem {
  readonly code = 'KMM_ARTIFACTS';
  /** One sentence without a full stop; without a secret. */
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export interface Bucket {
  /** `s3://bucket/prefix/name` */
  nameOf(name: string): string;
  put(name: string, body: Buffer, type: string): Promise<BucketProblem | undefined>;
  /** Undefined: it is not there. */
  get(name: string): Promise<Buffer | BucketProblem | undefined>;
  has(name: string): Promise<boolean | BucketProblem>;
}

const ATTEMPTS = 4;
const BACKOFF_MS = 200;
const CONNECT_MS = 5_000;
const REQUEST_MS = 120_000;
const REASON_CHARACTERS_MAX = 200;

export function openBucket(place: BucketPlace): Bucket {
  const said = (name: string) => `s3://${place.bucket}/${place.prefix}${name}`;
  const problem = (name: string, reason: string) => new BucketProblem(`${said(name)}: ${reason}`);
  return {
    nameOf: said,
    async put(name, body, type) {
      const answer = await request(place, 'PUT', name, body, type);
      if (typeof answer === 'string') return problem(name, answer);
      return answer.status < 300 ? undefined : problem(name, refusal(answer));
    },
    async get(name) {
      const answer = await request(place, 'GET', name);
      if (typeof answer === 'string') return problem(name, answer);
      if (answer.status === 404) return undefined;
      return answer.status < 300 ? answer.body : problem(name, refusal(answer));
    },
    async has(name) {
      const answer = await request(place, 'HEAD', name);
      if (typeof answer === 'string') return problem(name, answer);
      if (answer.status === 404) return false;
      return answer.status < 300 ? true : problem(name, refusal(answer));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** The last answer, or why there is none. */
async function request(
  { bucket, prefix, endpoint, region, credentials }: BucketPlace,
  method: 'GET' | 'HEAD' | 'PUT',
  name: string,
  body?: Buffer,
  type?: string,
): Promise<Answer | string> {
  const url = new URL(`${endpoint.replace(/\/+$/, '')}/${encodedPath(`${bucket}/${prefix}${name}`)}`);
  const bodyDigest = body === undefined ? EMPTY_DIGEST : createHash('sha256').update(body).digest('hex');
  const more = type === undefined ? {} : { headers: { 'content-type': type } };
  for (let attempt = 1; ; attempt++) {
    const headers = signedHeaders({ method, url, region, bodyDigest, at: new Date(), ...more }, credentials);
    const answer = await attempted(url, method, headers, body);
    const isPassing = typeof answer === 'string' || answer.status >= 500 || answer.status === 429;
    if (!isPassing || attempt === ATTEMPTS) return answer;
    await sleep(BACKOFF_MS * 2 ** attempt);
  }
}

async function attempted(
  url: URL,
  method: 'GET' | 'HEAD' | 'PUT',
  headers: Readonly<Record<string, string>>,
  body: Buffer | undefined,
): Promise<Answer | string> {
  try {
    const { statusCode: status, rawBody } = await got(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      responseType: 'buffer',
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
      /** Stated, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment changes nothing. */
      https: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
      timeout: { lookup: CONNECT_MS, connect: CONNECT_MS, secureConnect: CONNECT_MS, request: REQUEST_MS },
    });
    return { status, body: Buffer.from(rawBody) };
  } catch (error) {
    return error instanceof RequestError ? `it does not answer (${error.code})` : 'it does not answer';
  }
}

/** `403 SignatureDoesNotMatch`; the answer's own words may repeat what was sent, so only its code is taken. */
function refusal({ status, body }: Answer): string {
  const code = /<Code>(\w+)<\/Code>/.exec(body.subarray(0, 4_096).toString('utf8'))?.[1];
  return `it answers ${status}${code === undefined ? '' : ` ${code}`}`.slice(0, REASON_CHARACTERS_MAX);
}
