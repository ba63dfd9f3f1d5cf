/**
 * What the text of a market's rules says that it settles on, as far as kmm can read it. A rule that was not understood has no
 * fair value here: refusing is right, guessing is not.
 */

export type SettlementRule =
  /** The plain mean of the one-second prints of an index in the last `seconds` before the close (kalshi/api.md 9.1). */
  | { readonly kind: 'average'; readonly index: string; readonly seconds: number }
  /** The level of an index at the close itself (kalshi/api.md 9.2). */
  | { readonly kind: 'level'; readonly index: string }
  /** A mean that leaves prints out, a median, an extreme: named, and priced by nobody here. */
  | { readonly kind: 'unpriced'; readonly why: string };
