/** What lives in a session beside its turns: asks, listens, writes down. Each of these is called where a part has it. */
import type { EpochMs } from '../../core/units.ts';

export interface SessionPart {
  /** About once a second while the session runs. */
  tick?(now: EpochMs): void;
  /** After every turn, when what it led to has been sent. */
  turned?(at: EpochMs): void;
  /** Once, at the session's end. */
  stop?(): void;
}
