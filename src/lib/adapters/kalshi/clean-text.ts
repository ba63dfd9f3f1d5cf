/**
 * Makes text from outside safe to show: composed form, nothing invisible, capped. Titles, names, rules and messages of
 * the exchange pass here once, at the decoder (reliability.md S14); stripping of terminal sequences alone is not enough.
 */

/** Code points, not UTF-16 units. */
const LENGTH_MAX = 200;
/** Of rules and other prose; the longest that were seen have some 3,000. */
const PROSE_LENGTH_MAX = 20_000;

/** One line. */
export function cleanText(text: string): string {
  return cleaned(text, LENGTH_MAX);
}

/** Paragraphs: one line each, empty ones left out. */
export function cleanProse(text: string): readonly string[] {
  return text
    .slice(0, PROSE_LENGTH_MAX)
    .split(/[\r\n\p{Zl}\p{Zp}]+/u)
    .map((paragraph) => cleaned(paragraph, PROSE_LENGTH_MAX))
    .filter((paragraph) => paragraph !== '');
}

function cleaned(text: string, lengthMax: number): string {
  const line = text
    .slice(0, 8 * lengthMax)
    .toWellFormed()
    .normalize('NFC')
    .replace(BREAKS_AND_CONTROLS, ' ')
    .replace(INVISIBLE, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  const points = [...line];
  return points.length > lengthMax ? `${points.slice(0, lengthMax - 1).join('')}…` : line;
}

/** C0, C1 and the separators that end a line. */
const BREAKS_AND_CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Format characters (bidi, zero-width, tags), what renders as nothing, private use and unassigned code points. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Co}\p{Cn}]/gu;
