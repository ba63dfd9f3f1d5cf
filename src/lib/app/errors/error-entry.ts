/** One row of the catalogue of errors, and what many rows say. */
import type { ExitCode } from './exit-codes.ts';

export interface CatalogueEntry {
  readonly exit: ExitCode;
  /** What the code stands for, one sentence without a full stop. */
  readonly title: string;
  /** What it means for positions and resting orders. */
  readonly position: string;
  /** What to do next: commands first, then words. */
  readonly next: readonly string[];
}

export const NOTHING_SENT = 'nothing was sent; positions and resting orders are as they were';
export const SHOW_CONFIG = 'kmm config show --origin';
