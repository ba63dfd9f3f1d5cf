/** What a gate says, and that it may say nothing. */
import type { Gate } from './gates.ts';

export type GateOutcome = 'passed' | 'failed' | 'too_few' | 'not_measured';

export interface GateVerdict {
  readonly gate: Gate;
  readonly outcome: GateOutcome;
  /** Null: cannot be told. */
  readonly needed: number | null;
  readonly had: number | null;
  /** In the unit of the gate's threshold; of `honest` what was earned of one dollar that was promised. */
  readonly figure: number | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Why it is not measured, or what it is short of; empty where the figures say it. */
  readonly reason: string;
}

export function notMeasured(gate: Gate, reason: string): GateVerdict {
  return { gate, outcome: 'not_measured', needed: null, had: null, figure: null, interval: null, reason };
}
