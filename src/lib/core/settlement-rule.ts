/**
 * What the text of a market's rules says that it settles on, as far as kmm can read it. A rule that was not understood has no
 * fair value here: refusing is right, guessing is not.
 */

export type SettlementRule =
  /** The plain mean of the one-second prints of an index in the last `seconds` before the close (kalshi/api.md 9.1). */
  | { readonly kind: 'average'; readonly index: string; readonly seconds: number }
  /** The level of an index at the close itself (kalshi/api.md 9.2). */
  | { readonly kind: 'level'; readonly index: string }
  /** A figure that somebody else measures and reports: the high or low of a day at a place. */
  | {
      readonly kind: 'reported';
      readonly figure: 'highest temperature' | 'lowest temperature';
      readonly place: string;
      readonly source: string;
    }
  /** A mean that leaves prints out, a median, an extreme: named, and priced by nobody here. */
  | { readonly kind: 'unpriced'; readonly why: string };

/** The index whose values it settles on; undefined where it settles on none, or nobody knows. */
export function indexOf(settles: SettlementRule | undefined): string | undefined {
  return settles?.kind === 'average' || settles?.kind === 'level' ? settles.index : undefined;
}

/** What was read, in words. */
export function settlementText(settles: SettlementRule): string {
  switch (settles.kind) {
    case 'average':
      return `the mean of the last ${settles.seconds} s of ${settles.index}`;
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
