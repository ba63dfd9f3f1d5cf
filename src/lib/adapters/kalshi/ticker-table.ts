/** One string per ticker, found by its bytes, so that reading a frame makes no new text. Bounded; forgets all when full. */

const ENTRIES_MAX = 16_384;

export class TickerTable {
  readonly #byHash = new Map<number, string>();

  /** The text of `bytes[start, end)`, which are ASCII; `hash` is any function of them. */
  intern(bytes: Buffer, start: number, end: number, hash: number): string {
    const known = this.#byHash.get(hash);
    if (known !== undefined && isSame(known, bytes, start, end)) return known;
    if (this.#byHash.size >= ENTRIES_MAX) this.#byHash.clear();
    const text = bytes.toString('latin1', start, end);
    this.#byHash.set(hash, text);
    return text;
  }
}

function isSame(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = start; at < end; at += 1) {
    if (text.charCodeAt(at - start) !== bytes[at]) return false;
  }
  return true;
}
