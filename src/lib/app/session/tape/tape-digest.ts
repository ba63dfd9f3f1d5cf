/**
 * The rolling digest over the records of a session's tape, noted in it now and then: whoever replays knows whether the tape
 * is what was written, and between which two turns it is not.
 *
 * Each digest covers the records since the one before it, and that one itself. It finds damage and mistakes; whoever forges
 * a whole tape anew makes its digests anew as well (the journal is the witness against that).
 */
import { createHash, type Hash } from 'node:crypto';
import type { EpochMs } from '../../../core/units.ts';
import type { TapeKind } from '../../../ports.ts';

/** As long as is needed, in a record that comes a million times a day. */
export const DIGEST_CHARACTERS = 32;

export class TapeDigest {
  #hash: Hash = createHash('sha256');
  #records = 0;

  /** Since the last digest. */
  get records(): number {
    return this.#records;
  }

  add(kind: TapeKind, at: EpochMs, conn: number, data: Buffer): void {
    this.#hash.update(`${kind} ${at} ${conn} ${data.length}\n`);
    this.#hash.update(data);
    this.#records += 1;
  }

  /** Ends the interval; the next one begins with its digest. */
  take(): string {
    const digest = this.#hash.digest('hex').slice(0, DIGEST_CHARACTERS);
    this.begin(digest);
    return digest;
  }

  /** Behind a digest that somebody else noted. */
  begin(digest: string): void {
    this.#hash = createHash('sha256').update(digest);
    this.#records = 0;
  }
}
