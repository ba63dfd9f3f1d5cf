/** A kill of the whole account that took something away: what it proves of the kill switch (E-13). */
import type { EpochMs } from '../units.ts';
import { FIRST_CANCEL_MS_MAX } from './gates.ts';

export interface KillDrill {
  readonly at: EpochMs;
  /** Orders that the exchange listed and that were meant; ≥ 1. */
  readonly orders: number;
  /** From its start to the first cancel leaving this machine, ms. */
  readonly firstCancelMs: number;
  /** From its start to two empty listings in a row, ms; null: they never came. */
  readonly confirmedMs: number | null;
}

/** What it does not prove, in words; undefined: it proves what is asked. */
export function drillFault({ firstCancelMs, confirmedMs }: KillDrill, provedMsMax: number): string | undefined {
  if (confirmedMs === null) return 'it was not confirmed that nothing rests';
  if (firstCancelMs > FIRST_CANCEL_MS_MAX) return `its first cancel left after ${seconds(firstCancelMs)} s`;
  if (confirmedMs > provedMsMax) return `its proof took ${seconds(confirmedMs)} s`;
  return undefined;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
