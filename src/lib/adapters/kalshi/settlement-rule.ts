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
  const level = LEVEL.exec(primary);
  return level === null ? undefined : { kind: 'level', index: LEVEL_INDEX[(level[1] ?? '').toUpperCase()] ?? '' };
}

/** "If the simple average of the sixty seconds of CF Benchmarks' Bitcoin Real-Time Index (BRTI) before 9 PM EDT is …" */
const AVERAGE =
  /\bsimple average of the (?:sixty|60) (?:seconds|one-second \S+)\b[^.]*?\(([A-Z]{3,12}(?:_RTI)?)\)[^.]*\bbefore\b/;
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
