/** What the engine is told of an index besides its values. */
import type { IndexCalibration, IndexProduct } from './fair-value/index-ladder/calibration.ts';
import type { Learned } from './fair-value/proxy-basis.ts';
import type { ModelRefusal } from './fair-value/types.ts';
import type { EpochMs } from './units.ts';

/** Its sources outside the exchange disagree, are silent or are not believed: nothing is priced with it until its next value. */
export interface ReferenceLost {
  readonly type: 'reference_lost';
  readonly at: EpochMs;
  readonly index: string;
  readonly reason: string;
}

/** Parameters that price it from now on, or why there are none. */
export interface IndexCalibrated {
  readonly type: 'index_calibrated';
  readonly at: EpochMs;
  readonly index: string;
  readonly product: IndexProduct;
  readonly says: IndexCalibration | ModelRefusal;
}

/** What an earlier process had learned of how far a proxy lies off the index that settles. */
export interface ProxyRestored {
  readonly type: 'proxy_restored';
  readonly at: EpochMs;
  readonly index: string;
  readonly learned: Learned;
}

export type IndexEvent = ReferenceLost | IndexCalibrated | ProxyRestored;
