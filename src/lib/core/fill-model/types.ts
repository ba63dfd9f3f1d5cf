/** The three queue assumptions that stand side by side, and an interval of an estimate. */
export type Band = 'pessimistic' | 'calibrated' | 'optimistic';
export const BANDS: readonly Band[] = ['pessimistic', 'calibrated', 'optimistic'];

/** 95 %, clustered by market; null where there are too few markets to say. */
export interface Span {
  readonly low: number | null;
  readonly high: number | null;
}
