/** A tape that somebody listens to while it is written: each record goes there as whoever reads the tape will have it. */
import type { TapeRecord } from '../../adapters/store/tape-reader.ts';
import type { OpenTape } from '../../adapters/store/tape-writer.ts';

/** @param tape of frames whose prices are those of YES (`yesPrice` in its header) */
export function heardBy(
  tape: Pick<OpenTape, 'append' | 'failure' | 'dropped'>,
  hear: (record: TapeRecord) => void,
): Pick<OpenTape, 'append' | 'failure' | 'dropped'> {
  return {
    append: (kind, at, conn, data) => {
      tape.append(kind, at, conn, data);
      hear({ kind, at, conn, data: typeof data === 'string' ? Buffer.from(data) : data, yesPrice: true });
    },
    get failure() {
      return tape.failure;
    },
    get dropped() {
      return tape.dropped;
    },
  };
}
