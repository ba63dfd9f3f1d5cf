/**
 * The fingerprint of everything a session asked for: SHA-256 over one line per intent, in order.
 *
 * It covers ticker, kind, side, price, size and counter, and neither instance nor session ids, so that the same engine
 * on the same facts has the same fingerprint in any directory.
 */
import { createHash } from 'node:crypto';
import { type Intent, intentLine } from '../../../core/intents.ts';

export class IntentsHash {
  readonly #hash = createHash('sha256');
  #count = 0;

  add(intents: readonly Intent[]): void {
    for (const intent of intents) this.#hash.update(intentLine(intent));
    this.#count += intents.length;
  }

  get count(): number {
    return this.#count;
  }

  /** Hex digest so far; more may be added after. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
