/**
 * Reads what a rule text says of prints that an average leaves out. Understood is only what drops as many of the highest as of
 * the lowest, said as a number or as a share of the sixty that is a whole number of them: "after removing the highest and lowest
 * 20% of prices", "the twelve highest and the twelve lowest values are excluded". Whatever else speaks of leaving out is told
 * as not understood. The exchange's own texts drop nothing (kalshi/api.md 9.1).
 */

export type Trimming =
  | { readonly kind: 'none' }
  | { readonly kind: 'dropped'; readonly each: number }
  | { readonly kind: 'not understood' };

const PRINTS = 60;

/** @param text of a market on an average of sixty prints */
export function trimmingOf(text: string): Trimming {
  if (!SPOKEN_OF.test(text)) return { kind: 'none' };
  const found = [...text.matchAll(ACTIVE), ...text.matchAll(PASSIVE)];
  const [match, ...more] = found;
  if (match === undefined || more.length > 0) return NOT_UNDERSTOOD;
  // The text itself begins with "If the simple average …": that one is no doubt about the trimming.
  if (QUALIFIED.test(sentenceAround(text.replace(/^If\b/, 'On'), match.index))) return NOT_UNDERSTOOD;
  const rest = text.replace(match[0], ' ').replaceAll(NAMED, ' ');
  if (SPOKEN_OF.test(rest)) return NOT_UNDERSTOOD;
  const each = droppedBy(match.groups ?? {});
  return each === undefined ? NOT_UNDERSTOOD : { kind: 'dropped', each };
}

const NOT_UNDERSTOOD: Trimming = { kind: 'not understood' };

const WORDS = (
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen ' +
  'twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six twenty-seven twenty-eight twenty-nine thirty'
).split(' ');

const HIGH = 'highest|top|largest|greatest|maximum';
const LOW = 'lowest|bottom|smallest|least|minimum';
const LEAVE_OUT = 'remov|exclud|discard|drop|delet|eliminat|omit|disregard|ignor|trim';
const LEFT_OUT = 'removed|excluded|discarded|dropped|deleted|eliminated|omitted|disregarded|ignored|trimmed';
/** Longer words first, or "twenty" would be read of "twenty-five". */
const NUMBER = `\\d{1,2}(?:\\.\\d+)?|${[...WORDS].reverse().join('|')}`;
const SHARE = ' ?%| ?per ?cent';
const PRICES = '(?:prices?|prints?|values?|observations?|readings?|samples?)';
const OF_THEM = `(?: of (?:the |all |these |those )?)? ?(?:(?:sixty|60|RTI|BRTI|index|one-second|observed|recorded|collected) )*${PRICES}`;

function endOf(name: string): string {
  return `(?:(?<${name}Before>${NUMBER})(?<${name}BeforeShare>${SHARE})? )?(?<${name}>${HIGH}|${LOW})(?: (?<${name}After>${NUMBER})(?<${name}AfterShare>${SHARE})?)?`;
}
const BOTH = `(?:both )?(?:the )?${endOf('first')}(?<between>${OF_THEM})? and (?:the )?${endOf('second')}(?<noun>${OF_THEM}\\b)?`;
/** A share may be of what was named before; a number is of something that is named here. */
const ACTIVE = new RegExp(
  `\\b(?:${LEAVE_OUT})(?:[mp]?(?:ing|ed)|e?s?) ${BOTH}(?![\\w-]| \\w+ (?:prices|values))`,
  'gi',
);
const PASSIVE = new RegExp(
  `\\b${BOTH} (?:are|is|have been|will be|shall be) (?:first |then )?(?:${LEFT_OUT})\\b`,
  'gi',
);

/** Any word of leaving out, trimming or outliers. */
const SPOKEN_OF = new RegExp(
  `\\btrim|\\boutlier|\\bwinsor|\\b(?:${LEAVE_OUT})\\w* (?:of )?(?:[\\w%.-]+ ){0,6}(?:${HIGH}|${LOW}|extreme)|\\b(?:${HIGH}|${LOW}|extreme)\\b[^.]{0,80}\\b(?:${LEFT_OUT})\\b`,
  'i',
);
/** The name of what is described elsewhere. */
const NAMED = /\b(?:the|a|this) trimmed (?:average|mean)\b/gi;
/** What is denied, optional or shared between both ends. */
const QUALIFIED =
  /\b(?:no|not|never|without|instead|rather|if|unless|may|might|can|could|discretion|except|total|combined|together|altogether|half|between them|up to|at least|about|approximately)\b/i;

function sentenceAround(text: string, at: number): string {
  const from = Math.max(text.lastIndexOf('. ', at), text.lastIndexOf('; ', at)) + 1;
  const to = text.slice(at).search(/[.;](?:\s|$)/);
  return text.slice(from, to === -1 ? undefined : at + to);
}

/** How many at each end; undefined where the ends differ, or it is no whole number of prints. */
function droppedBy(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const { first = '', second = '', noun } = groups;
  if (isHigh(first) === isHigh(second)) return undefined;
  const { firstBefore, firstAfter, secondBefore, secondAfter } = groups;
  const before = countOf(firstBefore, groups.firstBeforeShare);
  const after = countOf(secondAfter, groups.secondAfterShare);
  const firstCount = before ?? countOf(firstAfter, groups.firstAfterShare);
  const secondCount = after ?? countOf(secondBefore, groups.secondBeforeShare);
  const isTwice =
    (firstBefore !== undefined && firstAfter !== undefined) ||
    (secondBefore !== undefined && secondAfter !== undefined);
  if (isTwice) return undefined;
  const isShare = [
    groups.firstBeforeShare,
    groups.firstAfterShare,
    groups.secondBeforeShare,
    groups.secondAfterShare,
  ].some((share) => share !== undefined);
  if (noun === undefined && !isShare) return undefined;
  const each = eachOf();
  return each !== undefined && Number.isInteger(each) && each >= 1 && 2 * each < PRINTS ? each : undefined;

  function eachOf(): number | undefined {
    if (firstCount !== undefined && secondCount !== undefined)
      return firstCount === secondCount ? firstCount : undefined;
    // "The highest and lowest twelve", "the twelve highest and lowest": of each. One number in the middle is of one end only.
    if (firstCount === undefined && secondCount === undefined) return /s$/i.test(noun ?? '') ? undefined : 1;
    return firstCount === undefined ? (secondBefore === undefined ? secondCount : undefined) : before;
  }
}

function isHigh(word: string): boolean {
  return HIGH.split('|').includes(word.toLowerCase());
}

function countOf(number: string | undefined, share: string | undefined): number | undefined {
  if (number === undefined) return undefined;
  const word = WORDS.indexOf(number.toLowerCase()) + 1;
  const count = word === 0 ? Number(number) : word;
  return share === undefined ? count : (count * PRINTS) / 100;
}
