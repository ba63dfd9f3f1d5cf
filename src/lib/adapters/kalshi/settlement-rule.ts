/**
 * Reads from the text of a market's rules what it settles on. Knows the sentences that were seen (kalshi/api.md 9.1, 9.2) and
 * takes no other for them: a text that speaks of trimming, a median or an extreme is named as such, and one that says
 * something else is not understood.
 */
import type { SettlementRule } from '../../core/settlement-rule.ts';

/** Undefined: not understood. */
export function settlementRuleOf(primary: string, secondary: string): SettlementRule | undefined {
  const text = `${primary} ${secondary}`;
  const other = OTHER_AVERAGES.find(([pattern]) => pattern.test(text));
  if (other !== undefined) return { kind: 'unpriced', why: other[1] };
  const average = AVERAGE.exec(primary);
  if (average !== null) return { kind: 'average', index: average[1] ?? '', seconds: 60 };
  const day = DAY_EXTREME.exec(primary);
  if (day !== null) return { kind: 'reported', ...extremeOf(day) };
  const level = LEVEL.exec(primary);
  return level === null ? undefined : { kind: 'level', index: LEVEL_INDEX[(level[1] ?? '').toUpperCase()] ?? '' };
}

/** "If the simple average of the sixty seconds of CF Benchmarks' Bitcoin Real-Time Index (BRTI) before 9 PM EDT is …" */
const AVERAGE =
  /\bsimple average of the (?:sixty|60) (?:seconds|one-second \S+)\b[^.]*?\(([A-Z]{3,12}(?:_RTI)?)\)[^.]*\bbefore\b/;
/**
 * "If the highest temperature recorded in Central Park, New York for August 12, 2026 as reported by the National Weather
 * Service's Climatological Report (Daily), is greater than 90°, then …", and since the source was changed "If the maximum
 * temperature recorded at New York City (CLINYC) for Aug 17, 2026, is greater than 91° fahrenheit according to The Weather
 * Company, then …".
 */
const DAY_EXTREME =
  /^If the (highest|maximum|lowest|minimum) temperature recorded (?:in|at) (.{2,80}?) for [A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}\b.*?\b(?:as reported by|according to) (?:the )?(.{3,80}?), (?:is|then) /;

function extremeOf([, word, place = '', source = '']: RegExpExecArray) {
  const figure = word === 'highest' || word === 'maximum' ? 'highest temperature' : 'lowest temperature';
  return { figure, place, source } as const;
}

/** "If the S&P 500 index value on … is …" */
const LEVEL = /^If the (S&P 500|Nasdaq-100)(?: Index| index)?(?: level| value)? /i;
const LEVEL_INDEX: Readonly<Record<string, string>> = { 'S&P 500': 'SPX', 'NASDAQ-100': 'NDX' };

const OTHER_AVERAGES: readonly (readonly [RegExp, string])[] = [
  [
    /\btrimm|\bexclud(?:e|es|ed|ing) the (?:highest|lowest|top|bottom)|\bdiscard(?:s|ed|ing)? the (?:highest|lowest)/i,
    'a trimmed average',
  ],
  [/\bmedian\b/i, 'a median'],
  [/\b(?:volume|time)[- ]weighted average\b/i, 'a weighted average'],
];
