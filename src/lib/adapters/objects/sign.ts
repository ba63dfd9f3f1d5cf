/**
 * AWS Signature Version 4, in headers, for the few requests that are made of S3-compatible storage. Source: the AWS General
 * Reference, "Signing AWS API requests"; its worked examples are the test. A library would bring its own fetch, without our
 * bounds of time and TLS; this is sixty lines of hashing that a published example proves.
 */
import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly keyId: string;
  readonly secret: string;
  /** Of temporary credentials. */
  readonly token?: string;
}

export interface Signable {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  /** Its path is as it will be sent, encoded once; it has no query. */
  readonly url: URL;
  readonly region: string;
  /** Hex sha256 of the body. */
  readonly bodyDigest: string;
  readonly at: Date;
  /** Further headers that are signed, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const EMPTY_DIGEST = createHash('sha256').digest('hex');
const SERVICE = 's3';
const ALGORITHM = 'AWS4-HMAC-SHA256';

/** All headers of the request but the length of its body. */
export function signedHeaders(
  request: Signable,
  { keyId, secret, token }: Credentials,
): Readonly<Record<string, string>> {
  const { method, url, region, bodyDigest, at } = request;
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const headers: Record<string, string> = {
    ...request.headers,
    host: url.host,
    'x-amz-content-sha256': bodyDigest,
    'x-amz-date': time,
    ...(token !== undefined && { 'x-amz-security-token': token }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    url.pathname,
    '',
    ...names.map((name) => `${name}:${headers[name]?.trim()}`),
    '',
    names.join(';'),
    bodyDigest,
  ].join('\n');
  const scope = `${day}/${region}/${SERVICE}/aws4_request`;
  const toSign = [ALGORITHM, time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const key = [day, region, SERVICE, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`);
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `${ALGORITHM} Credential=${keyId}/${scope},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { ...headers, authorization };
}

/** The path of an object, encoded as it is signed: RFC 3986, with the slashes left alone. */
export function encodedPath(path: string): string {
  const encode = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return path
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, encode))
    .join('/');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
