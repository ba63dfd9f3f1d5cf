/** What a file of data is known by, wherever it lies. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { DataFile } from '../../core/backtest/result.ts';

export type Stamp = Pick<DataFile, 'bytes' | 'sha256'>;

export async function stampOf(file: string): Promise<Stamp> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
