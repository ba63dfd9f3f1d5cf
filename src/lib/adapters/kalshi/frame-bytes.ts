/**
 * A frame's bytes copied to where they can be compared four at a time, which is what makes the scanner fast.
 *
 * Behind the frame stands a zero byte. No literal, text or number of a frame holds one, so whatever reads on byte by byte
 * or word by word stops there, and the rest of an earlier, longer frame is never taken for this one.
 */

/** A delta frame has about 300 bytes. Longer ones are not for the scanner. */
const FRAME_BYTES_MAX = 1_024;
/** Room for the zero and for a word that begins on it. */
const PADDING = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const ASCII_LAST = 0x7f;

export class FrameBytes {
  readonly bytes = new Uint8Array(FRAME_BYTES_MAX + PADDING);
  readonly words = new DataView(this.bytes.buffer);
  length = 0;
  /** The number read last, by frame-numbers.ts. */
  value = 0;

  /** False when the frame is too long. */
  load(frame: Buffer): boolean {
    if (frame.length > FRAME_BYTES_MAX) return false;
    this.bytes.set(frame);
    this.length = frame.length;
    this.bytes[this.length] = 0;
    return true;
  }

  /** From an opening quote to behind its closing one; -1 when the text is not plain: ASCII without escapes or controls. */
  afterText(start: number): number {
    const { bytes, words } = this;
    if (bytes[start] !== QUOTE) return -1;
    let at = start + 1;
    while (isPlain(words.getInt32(at, true))) at += 4;
    for (; ; at += 1) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH || byte < SPACE || byte > ASCII_LAST) return -1;
    }
  }
}

/** Known ASCII text, at least four characters, cut into words as they lie in memory. */
export class Literal {
  readonly length: number;
  /** The whole words. */
  readonly heads: Int32Array;
  /** The up to three bytes behind them. */
  readonly tail: number;
  readonly tailMask: number;

  constructor(text: string) {
    this.length = text.length;
    const padded = new DataView(new ArrayBuffer(text.length + 4));
    for (let index = 0; index < text.length; index += 1) padded.setUint8(index, text.charCodeAt(index));
    this.heads = Int32Array.from({ length: text.length >>> 2 }, (_, index) => padded.getInt32(4 * index, true));
    this.tail = padded.getInt32(text.length & ~3, true);
    this.tailMask = (1 << (8 * (text.length & 3))) - 1;
  }
}

/** Does `literal` stand at `start`? `words` are those of a FrameBytes. */
export function startsWith(words: DataView, start: number, literal: Literal): boolean {
  const { heads } = literal;
  let at = start;
  for (let index = 0; index < heads.length; index += 1) {
    if (words.getInt32(at, true) !== heads[index]) return false;
    at += 4;
  }
  return ((words.getInt32(at, true) ^ literal.tail) & literal.tailMask) === 0;
}

/** No quote, no backslash, no control byte, nothing above ASCII in these four bytes: each line marks such bytes in bit 7. */
function isPlain(word: number): boolean {
  const quotes = word ^ 0x22222222;
  const backslashes = word ^ 0x5c5c5c5c;
  const marks =
    ((quotes - 0x01010101) & ~quotes) |
    ((backslashes - 0x01010101) & ~backslashes) |
    ((word - 0x20202020) & ~word) |
    word;
  return (marks & 0x80808080) === 0;
}
