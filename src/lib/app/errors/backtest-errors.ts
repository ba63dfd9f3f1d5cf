/** The rows of the catalogue about runs over recorded data. */
import type { CatalogueEntry } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

export const BACKTEST_ERRORS = {
  KMM_BACKTEST_FAILED: {
    exit: EXIT.gate,
    title: 'the strategy or the engine threw in the middle of a backtest, so its result ends there',
    position: 'backtests trade nothing; positions and resting orders are as they were',
    next: ['look at the moment named above', 'kmm backtest run --to that moment'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
