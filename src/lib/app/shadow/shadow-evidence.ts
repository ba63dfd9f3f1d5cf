/**
 * What kept shadow runs say for the step from shadow to one lot: those of the configuration that ran last as `base`, on this
 * real exchange. An event in which it was filled, and whose result is known for all of its markets, is one observation, however many runs saw it.
 */
import { easternDay } from '../../core/eastern.ts';
import { addedTallies } from '../../core/promotion/data-age.ts';
import type { Observation } from '../../core/promotion/estimates.ts';
import type { Evidence, NoEvidence } from '../../core/promotion/judge.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { backtestsOf } from '../backtest/files.ts';
import { readRun } from '../backtest/read-runs.ts';
import type { Home } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { readShadows } from './shadow-files.ts';

const NONE: NoEvidence = { missing: 'no shadow run is on record' };
const NOT_REAL: NoEvidence = { missing: 'not read: shadow runs on demo or prod feed it' };

export interface ShadowEvidence {
  readonly evidence: Evidence | NoEvidence;
  /** When the first of them began; undefined: there is none. */
  readonly from: EpochMs | undefined;
}

export function shadowEvidence(home: Pick<Home, 'directory' | 'env'>, since: EpochMs = epochMs(0)): ShadowEvidence {
  if (home.env === 'sim') return { evidence: NOT_REAL, from: undefined };
  const { records } = readShadows(home);
  const runs = records.flatMap(({ env, startedAt, variants: [base] }) => {
    const result = env === home.env && startedAt >= since ? resultOf(home, base?.runId) : undefined;
    return result === undefined || base === undefined ? [] : [{ startedAt, result, isReconciled: base.isReconciled }];
  });
  const newest = runs.at(-1);
  if (newest === undefined) return { evidence: NONE, from: undefined };
  const same = runs.filter(({ result }) => result.configHash === newest.result.configHash);
  const events = new Map<string, Observation>();
  for (const { result } of same) {
    const ofEvent = Map.groupBy(result.markets, ({ eventTicker }) => eventTicker);
    for (const [event, markets] of ofEvent) {
      const contracts = markets.reduce((sum, { pnl }) => sum + pnl.contracts, 0) / 100;
      if (contracts === 0 || markets.some((market) => market.result === null)) continue;
      const before = events.get(event) ?? { result: 0, base: 0 };
      const cents = markets.reduce((sum, { pnl }) => sum + pnl.net, 0) / 10_000;
      events.set(event, { result: before.result + cents, base: before.base + contracts });
    }
  }
  // One run that counted none tells nothing of the others.
  const ages = same.flatMap(({ result }) => (result.ages === undefined ? [] : [result.ages]));
  const isEqual = same.every(({ isReconciled, result }) => isReconciled && !result.isPartial);
  return {
    evidence: {
      proof: isEqual ? 'equal' : 'differs',
      days: new Set(same.map(({ startedAt }) => easternDay(epochMs(startedAt)))).size,
      events: [...events.values()],
      ...(ages.length > 0 && { ages: addedTallies(ages.flat()) }),
    },
    from: epochMs(Math.min(...same.map(({ startedAt }) => startedAt))),
  };
}

/** A result that was deleted, or cannot be read, is no evidence. */
function resultOf(home: Pick<Home, 'directory'>, runId: string | undefined) {
  if (runId === undefined) return undefined;
  try {
    return readRun(backtestsOf(home), runId).results[0];
  } catch (error) {
    if (error instanceof KmmError) return undefined;
    throw error;
  }
}
