/** One string per ticker, found by its bytes, so that reading a frame makes no new text. Bounded: forgets all when full. */
import { type FrameBytes, Literal, startsWith } from './frame-bytes.ts';

const ENTRIES_MAX = 16_384;

/** What fields.ts takes for a name. */
const NAME = /^\w[\w.:+=-]{0,127}$/;

interface Entry {
  readonly text: string;
  /** With its quotes. */
  readonly literal: Literal;
}

export class TickerTable {
  readonly #byHash = new Map<number, Entry>();
  /** One match comes as several deltas, so the next ticker is mostly this one. */
  #last: Entry | undefined;

  /** The ticker whose opening quote is at `start`; undefined when no name stands there. */
  read(frame: FrameBytes, start: number): string | undefined {
    const last = this.#last;
    if (last !== undefined && startsWith(frame.words, start, last.literal)) return last.text;
    const end = frame.afterText(start);
    if (end === -1) return undefined;
    const entry = this.#find(frame, start, end) ?? this.#add(frame, start, end);
    if (entry !== undefined) this.#last = entry;
    return entry?.text;
  }

  #find(frame: FrameBytes, start: number, end: number): Entry | undefined {
    const entry = this.#byHash.get(hashOf(frame.bytes, start, end));
    return entry !== undefined && startsWith(frame.words, start, entry.literal) ? entry : undefined;
  }

  #add(frame: FrameBytes, start: number, end: number): Entry | undefined {
    const text = String.fromCharCode(...frame.bytes.subarray(start + 1, end - 1));
    if (!NAME.test(text)) return undefined;
    if (this.#byHash.size >= ENTRIES_MAX) this.#byHash.clear();
    const entry = { text, literal: new Literal(`"${text}"`) };
    this.#byHash.set(hashOf(frame.bytes, start, end), entry);
    return entry;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start + 1; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
  return hash;
}
