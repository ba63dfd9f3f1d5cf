/** The rows of the catalogue about runs over recorded data, and their results when they are read again. */
import type { CatalogueEntry } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

const ONLY_PAST = 'backtests trade nothing; positions and resting orders are as they were';

export const BACKTEST_ERRORS = {
  KMM_BACKTEST_FAILED: {
    exit: EXIT.gate,
    title: 'the strategy or the engine threw in the middle of a backtest, so its result ends there',
    position: ONLY_PAST,
    next: ['look at the moment named above', 'kmm backtest run --to that moment'],
  },
  KMM_BACKTEST_UNKNOWN: {
    exit: EXIT.usage,
    title: 'no run of that name is kept',
    position: ONLY_PAST,
    next: ['kmm backtest list', 'kmm backtest run --data FILE'],
  },
  KMM_BACKTEST_DAMAGED: {
    exit: EXIT.usage,
    title: 'a result cannot be read, or does not add up: no figure of it is printed',
    position: ONLY_PAST,
    next: ['run it again: the same job gives the same result', 'kmm backtest list'],
  },
  KMM_BACKTEST_NEWER: {
    exit: EXIT.usage,
    title: 'the result was written by a later kmm, in a form that this one does not know',
    position: ONLY_PAST,
    next: ['use that kmm', 'run the backtest again with this one'],
  },
  KMM_BACKTEST_DIFFERS: {
    exit: EXIT.usage,
    title: 'the recorded data is not the same, so nothing is compared with it or repeated over it',
    position: ONLY_PAST,
    next: ['run both with the same --data, --outcomes, --reference, --market and --fill', 'kmm backtest list'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
