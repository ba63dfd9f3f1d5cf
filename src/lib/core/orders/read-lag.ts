/**
 * How old the exchange's read side may be. Each statement over REST is asked for after `user_data_timestamp`, which says up
 * to when the account's data is complete; what happened later may be missing from it (reliability.md 2 and V4). The two
 * may lie: we never count on a statement being newer than the least lag, and one without that time has just this.
 */
import { type EpochMs, epochMs } from '../units.ts';

/** The least we reckon with, and what we reckon with where the exchange does not say. */
export const READ_LAG_MS = 5_000;
/** V4: no more than this has to be reckoned with; what is older than this by the exchange's own word proves nothing. */
export const READ_LAG_MS_MAX = 30_000;

/** When it was asked for, and up to when the account's data was complete, told before that; absent: not told. */
export interface Asked {
  readonly askedAt: EpochMs;
  readonly asOf?: EpochMs;
}

/** Everything of the account that happened up to this moment is in the statement. */
export function completeUpTo({ askedAt, asOf }: { askedAt: EpochMs; asOf?: EpochMs | undefined }): EpochMs {
  return epochMs(Math.min(askedAt - READ_LAG_MS, asOf ?? Number.POSITIVE_INFINITY));
}

/** The lag of one statement, ms. */
export function lagOf(asked: Asked): number {
  return asked.askedAt - completeUpTo(asked);
}
