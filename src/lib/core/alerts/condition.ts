/** What an operator is to be told of: types only (operator.md section 6). */
import type { EpochMs } from '../units.ts';

/** Decides channel and quiet hours, which critical and high ignore. */
export type Priority = 'critical' | 'high' | 'medium' | 'low';

/** Something that holds now. There is one key per condition: the same key is the same trouble. */
export interface Condition {
  readonly key: string;
  readonly priority: Priority;
  /** One sentence: what, what it means for the position, the next command. May differ from one look to the next. */
  readonly text: string;
  /** What makes it another story under the same key, such as how many orders it is about. */
  readonly stage?: string;
  /** Told once it has held for so long. Default 0: at once. */
  readonly afterMs?: number;
}

/** `digest`: what was not told one by one, because the key had been told of too often. */
export type AlertChange = 'raised' | 'changed' | 'cleared' | 'digest';

export interface Alert {
  readonly key: string;
  readonly priority: Priority;
  readonly change: AlertChange;
  readonly stage: string;
  readonly text: string;
  readonly at: EpochMs;
}
