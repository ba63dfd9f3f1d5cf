/**
 * What the text of a market's rules says that it settles on, as far as kmm can read it. A rule that was not understood has no
 * fair value here: refusing is right, guessing is not.
 */

export type SettlementRule =
  /** The plain mean of the one-second prints of an index in the last `seconds` before the close (kalshi/api.md 9.1). */
  | { readonly kind: 'average'; readonly index: string; readonly seconds: number }
  /** The mean of what is left of those when the highest and the lowest `dropped` of them are left out. */
  | { readonly kind: 'trimmed-average'; readonly index: string; readonly seconds: number; readonly dropped: number }
  /** The level of an index at the close itself (kalshi/api.md 9.2). */
  | { readonly kind: 'level'; readonly index: string }
  /** A figure that somebody else measures and reports: the high or low of a day at a place. */
  | {
      readonly kind: 'reported';
      readonly figure: 'highest temperature' | 'lowest temperature';
      readonly place: string;
      readonly source: string;
    }
  /** A mean that leaves prints out in a way that was not understood, a median, an extreme: named, and priced by nobody here. */
  | { readonly kind: 'unpriced'; readonly why: string };

/** The index whose values it settles on; undefined where it settles on none, or nobody knows. */
export function indexOf(settles: SettlementRule | undefined): string | undefined {
  return isAverage(settles) || settles?.kind === 'level' ? settles.index : undefined;
}

/** A mean of prints of an index before the close, plain or trimmed. */
export function isAverage(
  settles: SettlementRule | undefined,
): settles is Extract<SettlementRule, { kind: 'average' | 'trimmed-average' }> {
  return settles?.kind === 'average' || settles?.kind === 'trimmed-average';
}

/** What was read, in words. */
export function settlementText(settles: SettlementRule): string {
  switch (settles.kind) {
    case 'average':
      return `the mean of the last ${settles.seconds} s of ${settles.index}`;
    case 'trimmed-average':
      return `the mean of the last ${settles.seconds} s of ${settles.index} without the ${settles.dropped} highest and the ${settles.dropped} lowest prints`;
    case 'level':
      return `the level of ${settles.index} at the close`;
    case 'reported':
      return `the ${settles.figure} of ${settles.place} by ${settles.source}`;
    case 'unpriced':
      return `${settles.why}: not priced`;
    default:
      return settles satisfies never;
  }
}
