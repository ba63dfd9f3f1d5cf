/**
 * What `kmm model fit blend` learns of a series and writes: how much the settlement average weighs beside the market, from
 * which data, and how the pool did on later markets than it was fitted on. Plain JSON values.
 */
import type { RivalScore } from './rivals.ts';

export const BLEND_SCHEMA = 'kmm-blend/1';

export interface BlendModel {
  readonly schema: typeof BLEND_SCHEMA;
  readonly series: readonly string[];
  /** ISO 8601. */
  readonly fittedAt: string;
  /** Version of kmm that fitted it. */
  readonly code: string;
  /** The model that is weighed. */
  readonly model: 'average';
  /** Of its log-odds, in [0, 1]; the rest is the microprice's. */
  readonly weight: number;
  /** What the data alone would say. */
  readonly unshrunk: number;
  /** One standard deviation of the weight. */
  readonly error: number;
  /** Seconds before the close at which markets were asked. */
  readonly horizons: readonly number[];
  readonly sources: readonly { readonly file: string; readonly sha256: string; readonly records: number }[];
  readonly assumptions: readonly string[];
  readonly train: BlendPart;
  /** Later markets, asked all horizons together; the baseline is the mid. Empty: none were left. */
  readonly test: BlendPart & { readonly rivals: readonly RivalScore[] };
}

export interface BlendPart {
  readonly markets: number;
  /** Closes of the first and the last, ISO 8601; null: of none. */
  readonly from: string | null;
  readonly to: string | null;
}
