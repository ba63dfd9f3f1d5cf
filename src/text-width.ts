/** How wide text is on a terminal, and text cut or broken to a width: wide characters and emoji take two columns. */

export function textWidth(text: string): number {
  return isPlain(text) ? text.length : graphemes(text).reduce((sum, one) => sum + cellsOf(one), 0);
}

/** The beginning that fits into `width` columns. */
export function fittedText(text: string, width: number): string {
  return isPlain(text) ? text.slice(0, Math.max(0, width)) : taken(graphemes(text), width).join('');
}

/** The beginning and the end with `dots` between them, in `width` columns; all of it where it fits. */
export function middleCut(text: string, width: number, dots: string): string {
  if (textWidth(text) <= width) return text;
  if (width <= 1) return dots.slice(0, width);
  const cells = graphemes(text);
  const tail = Math.floor((width - 1) / 2);
  return taken(cells, width - 1 - tail).join('') + dots + taken(cells.toReversed(), tail).toReversed().join('');
}

/** Lines of at most `width` columns, broken between words; a word that is longer stands alone and is not cut. */
export function brokenText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Letters without their marks, and a question mark for what a plain terminal has no sign for. */
export function asciiText(text: string): string {
  if (isPlain(text)) return text;
  const bare = text.normalize('NFKD').replace(/\p{M}/gu, '');
  return bare.replace(/[^ -~]/gu, (sign) => KNOWN.get(sign) ?? '?');
}

/** What the exchange's titles are full of. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ...(['‐', '‑', '–', '—', '−', '·'] as const).map((sign) => [sign, '-'] as const),
  ...(['‘', '’'] as const).map((sign) => [sign, "'"] as const),
  ...(['“', '”'] as const).map((sign) => [sign, '"'] as const),
  ...([
    ['≥', '>='],
    ['≤', '<='],
    ['°', ''],
    ['×', 'x'],
  ] as const),
]);

/** Almost all text is, and is then measured at once. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Unicode's East Asian wide and full-width blocks, and what is drawn as a picture. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

function graphemes(text: string): readonly string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

function cellsOf(grapheme: string): 1 | 2 {
  return WIDE.test(grapheme) ? 2 : 1;
}

function taken(cells: readonly string[], width: number): readonly string[] {
  let used = 0;
  const end = cells.findIndex((one) => {
    used += cellsOf(one);
    return used > width;
  });
  return end === -1 ? cells : cells.slice(0, end);
}
