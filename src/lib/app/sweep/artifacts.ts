/**
 * Where a sweep leaves what others read: a folder, or S3-compatible storage. The storage also hands recordings to workers
 * elsewhere, each under its digest. Credentials come from the variables that every tool for it reads, or from files that
 * they name; they stand in no output.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bucket, BucketProblem, openBucket } from '../../adapters/objects/bucket.ts';
import { makeFolders } from '../../adapters/store/make-folders.ts';
import type { Variables } from '../config/home.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { Secret } from '../keys/secret.ts';
import { writeWhole } from '../report/write-file.ts';
import type { JobFile } from './job.ts';

export interface Artifacts {
  /** Whole or not at all. Throws KMM_ARTIFACTS, KMM_OUT. */
  write(name: string, text: string): Promise<string>;
}

export const isBucketUrl = (out: string): boolean => out.startsWith('s3://');

export function folderArtifacts(folder: string): Artifacts {
  return {
    async write(name, text) {
      const path = join(folder, name);
      writeWhole(path, text);
      return path;
    },
  };
}

export function bucketArtifacts(bucket: Bucket): Artifacts {
  return {
    async write(name, text) {
      const type = name.endsWith('.csv') ? 'text/csv' : name.endsWith('.json') ? 'application/json' : 'text/plain';
      const problem = await bucket.put(name, Buffer.from(text), type);
      if (problem !== undefined) throw kmmError(problem);
      return bucket.nameOf(name);
    },
  };
}

/** `s3://bucket/prefix`, with endpoint, region and credentials from the variables. Throws KMM_USAGE, KMM_ARTIFACTS. */
export function bucketOf(url: string, variables: Variables = process.env): Bucket {
  const [, bucket = '', path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,62})(?:\/(.*))?$/.exec(url) ?? [];
  if (bucket === '') throw new KmmError('KMM_USAGE', `${url} is no s3://bucket/prefix`);
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION, AWS_SESSION_TOKEN } = variables;
  const region = AWS_REGION || AWS_DEFAULT_REGION || 'us-east-1';
  const endpoint = AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || `https://s3.${region}.amazonaws.com`;
  if (!URL.canParse(endpoint)) throw new KmmError('KMM_ARTIFACTS', `AWS_ENDPOINT_URL ${endpoint} is no URL`);
  const keyId = credential('AWS_ACCESS_KEY_ID', variables);
  const secret = new Secret(credential('AWS_SECRET_ACCESS_KEY', variables));
  const token = AWS_SESSION_TOKEN ? new Secret(AWS_SESSION_TOKEN) : undefined;
  const prefix = path === '' ? '' : `${path.replace(/\/+$/, '')}/`;
  const credentials = { keyId, secret: secret.reveal(), ...(token !== undefined && { token: token.reveal() }) };
  return openBucket({ bucket, prefix, endpoint, region, credentials });
}

/** The variable, or the file that `NAME_FILE` names. */
function credential(name: string, variables: Variables): string {
  const { [`${name}_FILE`]: file, [name]: said } = variables;
  if (file === undefined || file === '') {
    if (said !== undefined && said !== '') return said;
    throw new KmmError('KMM_ARTIFACTS', `neither ${name} nor ${name}_FILE is set`);
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new KmmError('KMM_ARTIFACTS', `${name}_FILE cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** Puts a recording where workers elsewhere find it; nothing when it is there. Throws KMM_ARTIFACTS. */
export async function handOver(bucket: Bucket, { path, sha256 }: JobFile): Promise<void> {
  const isThere = await bucket.has(objectOf(sha256));
  if (isThere === true) return;
  const problem =
    isThere === false ? await bucket.put(objectOf(sha256), readFileSync(path), 'application/octet-stream') : isThere;
  if (problem !== undefined) throw kmmError(problem);
}

/** Brings a recording into the folder, under its digest; undefined when the storage lacks it. Throws KMM_ARTIFACTS. */
export async function bring(bucket: Bucket, folder: string, { sha256 }: JobFile): Promise<string | undefined> {
  const body = await bucket.get(objectOf(sha256));
  if (body instanceof BucketProblem) throw kmmError(body);
  if (body === undefined) return undefined;
  makeFolders(folder);
  const path = join(folder, sha256);
  // Two threads may bring the same one.
  const partial = `${path}.partial-${randomUUID()}`;
  writeFileSync(partial, body, { mode: 0o600 });
  renameSync(partial, path);
  return path;
}

const objectOf = (sha256: string): string => `data/${sha256}`;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
