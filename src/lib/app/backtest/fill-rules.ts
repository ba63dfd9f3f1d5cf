/**
 * The three bands (docs/backtesting.md). What recorded books do not say is whose size went when a level shrank without a trade:
 * pessimistic says never that of those before us, calibrated a measured part of the pro-rata guess, optimistic that nobody
 * stands before us at all.
 */
import type { FillMode, FillRules } from '../../core/backtest/job.ts';
import { defaultShare } from '../../core/fill-model/default-share.ts';

export { FILL_MODES } from '../../core/backtest/job.ts';

/** What was measured of cancels before us. */
export interface FittedFill {
  /** Part of the pro-rata guess, 0…1. */
  readonly ahead: number;
  /** From what, in words. */
  readonly source: string;
  /** When, ISO 8601, and from which recordings, SHA-256; absent: kmm brings it along. */
  readonly fittedAt?: string;
  readonly learnedFrom?: readonly string[];
}

/** A share that was fitted on what is tested has seen the answer: its source says so. */
export function saidOf(fitted: FittedFill, tested: readonly { readonly sha256: string }[]): FittedFill {
  const seen = tested.filter(({ sha256 }) => fitted.learnedFrom?.includes(sha256)).length;
  if (seen === 0) return fitted;
  return { ...fitted, source: `${fitted.source}, on ${seen} of the ${tested.length} files that are tested here` };
}

/** Where nobody says what the series is. */
const UNFITTED: FittedFill = { ahead: defaultShare('').share, source: defaultShare('').source };

export function fillRulesOf(mode: FillMode, fitted: FittedFill = UNFITTED): FillRules {
  switch (mode) {
    case 'pessimistic':
      return { mode, cancels: { kind: 'riskAverse' }, isFirstInLine: false };
    case 'calibrated':
      return { mode, cancels: { kind: 'share', ahead: fitted.ahead }, isFirstInLine: false, source: fitted.source };
    case 'optimistic':
      return { mode, cancels: { kind: 'power', n: 1 }, isFirstInLine: true };
    default:
      return mode satisfies never;
  }
}
