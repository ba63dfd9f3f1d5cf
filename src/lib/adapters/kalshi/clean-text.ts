/**
 * Makes text from outside safe to show: composed form, one line, nothing invisible, capped. Titles, names and messages of
 * the exchange pass here once, at the decoder (reliability.md S14); stripping of terminal sequences alone is not enough.
 */

/** Code points, not UTF-16 units. */
const LENGTH_MAX = 200;

export function cleanText(text: string): string {
  const cleaned = text
    .slice(0, 8 * LENGTH_MAX)
    .toWellFormed()
    .normalize('NFC')
    .replace(BREAKS_AND_CONTROLS, ' ')
    .replace(INVISIBLE, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  const points = [...cleaned];
  return points.length > LENGTH_MAX ? `${points.slice(0, LENGTH_MAX - 1).join('')}…` : cleaned;
}

/** C0, C1 and the separators that end a line. */
const BREAKS_AND_CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Format characters (bidi, zero-width, tags), what renders as nothing, private use and unassigned code points. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Co}\p{Cn}]/gu;
