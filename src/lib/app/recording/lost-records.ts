/** How many records a `lost` record of a tape stands for; at least one, also where the tape does not know. */
import type { TapeLoss } from '../../adapters/store/tape-format.ts';
import type { TapeRecord } from '../../adapters/store/tape-reader.ts';

export function lostIn({ data }: TapeRecord): number {
  return Math.max(1, (JSON.parse(data.toString()) as TapeLoss).records);
}
