/** What a statistical model says of one settling figure, and in words why. */
import type { Says } from '../events.ts';

export interface ModelSays {
  readonly says: Says;
  readonly reasons: readonly string[];
}
