/** Signatures against the examples that AWS publishes ("Signature Calculations: Transferring Payload in a Single Chunk"), then a server. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BucketProblem, openBucket } from '../../../src/lib/adapters/objects/bucket.ts';
import { EMPTY_DIGEST, encodedPath, signedHeaders } from '../../../src/lib/adapters/objects/sign.ts';
import { KEY_ID, SECRET, startObjectServer } from '../../support/object-server.ts';

const EXAMPLE = { keyId: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const AT = new Date('2013-05-24T00:00:00Z');

describe('a signature', () => {
  test('of a reading is the published one', () => {
    const { authorization } = signedHeaders(
      {
        ...{
          method: 'GET',
          url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'),
          region: 'us-east-1',
          at: AT,
        },
        ...{ bodyDigest: EMPTY_DIGEST, headers: { range: 'bytes=0-9' } },
      },
      EXAMPLE,
    );
    expect(authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
        'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,' +
        'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  test('of a writing is the published one, whatever is in its name', () => {
    const { authorization } = signedHeaders(
      {
        ...{ method: 'PUT', url: new URL(`https://examplebucket.s3.amazonaws.com/${encodedPath('test$file.text')}`) },
        ...{
          region: 'us-east-1',
          at: AT,
          bodyDigest: createHash('sha256').update('Welcome to Amazon S3.').digest('hex'),
        },
        headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      },
      EXAMPLE,
    );
    expect(authorization).toContain('Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
  });
});

describe('a bucket', () => {
  const place = (endpoint: string) => ({
    ...{ bucket: 'kmm', prefix: 'sweeps/gamma 1/', endpoint, region: 'eu-central-1' },
    credentials: { keyId: KEY_ID, secret: SECRET },
  });

  test('keeps an object, hands it back, and knows what it lacks', async () => {
    const server = await startObjectServer();
    const bucket = openBucket(place(server.endpoint));
    expect(await bucket.has('a(1).json')).toBe(false);
    expect(await bucket.get('a(1).json')).toBeUndefined();
    expect(await bucket.put('a(1).json', Buffer.from('{"é":1}'), 'application/json')).toBeUndefined();
    expect(await bucket.has('a(1).json')).toBe(true);
    expect(await bucket.get('a(1).json')).toEqual(Buffer.from('{"é":1}'));
    expect([...server.objects.keys()]).toEqual(['/kmm/sweeps/gamma 1/a(1).json']);
  });

  test('asks again when it is told to come back later, and not when it is refused', async () => {
    const server = await startObjectServer();
    server.failures = 1;
    expect(await openBucket(place(server.endpoint)).put('a', Buffer.from('a'), 'text/plain')).toBeUndefined();
    expect(server.requests).toHaveLength(2);
    const stranger = { ...place(server.endpoint), credentials: { keyId: KEY_ID, secret: 'not-the-secret' } };
    const refused = await openBucket(stranger).put('b', Buffer.from('b'), 'text/plain');
    expect(refused).toEqual(new BucketProblem('s3://kmm/sweeps/gamma 1/b: it answers 403 SignatureDoesNotMatch'));
    expect(server.requests).toHaveLength(3);
  });
});
