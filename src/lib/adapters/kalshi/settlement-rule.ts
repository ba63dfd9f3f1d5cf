/**
 * Reads from the text of a market's rules what it settles on. Knows the sentences that were seen (kalshi/api.md 9.1, 9.2) and
 * takes no other for them: a text that speaks of a median, an extreme, or trimming in words that are not known (trimming.ts) is
 * named as such, and one that says something else is not understood.
 */
import type { SettlementRule } from '../../core/reference/settlement-rule.ts';
import { type Trimming, trimmingOf } from './trimming.ts';

/** Undefined: not understood. */
export function settlementRuleOf(primary: string, secondary: string): SettlementRule | undefined {
  const text = `${primary} ${secondary}`;
  const other = OTHER_AVERAGES.find(([pattern]) => pattern.test(text));
  if (other !== undefined) return { kind: 'unpriced', why: other[1] };
  const average = AVERAGE.exec(primary);
  if (average !== null) return averageOf(average, trimmingOf(text));
  if (TRIMMED.test(text)) return UNREAD_TRIMMING;
  const day = DAY_EXTREME.exec(primary);
  if (day !== null) return { kind: 'reported', ...extremeOf(day) };
  const level = LEVEL.exec(primary);
  return level === null ? undefined : { kind: 'level', index: LEVEL_INDEX[(level[1] ?? '').toUpperCase()] ?? '' };
}

function averageOf([, kind, index = '']: RegExpExecArray, trimming: Trimming): SettlementRule {
  const seconds = 60;
  if (trimming.kind === 'dropped') return { kind: 'trimmed-average', index, seconds, dropped: trimming.each };
  // What calls itself trimmed and does not say how is no plain average.
  return trimming.kind === 'none' && kind === 'simple' ? { kind: 'average', index, seconds } : UNREAD_TRIMMING;
}

const UNREAD_TRIMMING: SettlementRule = { kind: 'unpriced', why: 'a trimmed average' };

/** "If the simple average of the sixty seconds of CF Benchmarks' Bitcoin Real-Time Index (BRTI) before 9 PM EDT is …" */
const AVERAGE =
  /\b(simple|trimmed) average of the (?:sixty|60) (?:seconds|one-second \S+)\b[^.]*?\(([A-Z]{3,12}(?:_RTI)?)\)[^.]*\bbefore\b/;
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

/** Of what is no average of sixty prints. */
const TRIMMED =
  /\btrimm|\bexclud(?:e|es|ed|ing) the (?:highest|lowest|top|bottom)|\bdiscard(?:s|ed|ing)? the (?:highest|lowest)/i;

const OTHER_AVERAGES: readonly (readonly [RegExp, string])[] = [
  [/\bmedian\b/i, 'a median'],
  [/\b(?:volume|time)[- ]weighted average\b/i, 'a weighted average'],
];
