/**
 * Does a decision know the future? The job is run over all of its data, and over the data cut off at some moments: what was
 * asked for before a cut must be the same. Prints that are inferred from a ticker are known when it comes, so they are cut
 * a little earlier than decisions: fills of the last seconds before a cut may differ there, decisions before them may not.
 */
import type { BacktestJob } from '../../core/backtest/job.ts';
import { intentLine } from '../../core/intents.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { BacktestData, Records } from '../../sim/backtest/data.ts';
import { runBacktest } from '../../sim/backtest/run.ts';

export interface LookaheadReport {
  readonly cuts: readonly LookaheadCut[];
  readonly intents: number;
  /** The first one that differs; null: none does. */
  readonly difference: LookaheadDifference | null;
}

export interface LookaheadCut {
  readonly at: EpochMs;
  /** Intents before it that were compared. */
  readonly compared: number;
}

export interface LookaheadDifference {
  readonly cut: EpochMs;
  readonly at: EpochMs;
  readonly whole: string | null;
  readonly cutOff: string | null;
}

interface Asked {
  readonly at: EpochMs;
  readonly line: string;
}

/** @param cuts how many moments, spread evenly over what was recorded */
export function lookForLookahead(job: BacktestJob, data: BacktestData, cuts: number): LookaheadReport {
  const whole = askedIn(job, data);
  const { at, length } = data.records;
  const [first, last] = [at[0] ?? 0, at[length - 1] ?? 0];
  const found: LookaheadCut[] = [];
  for (let cut = 1; cut <= cuts; cut += 1) {
    const moment = epochMs(Math.floor(first + ((last - first) * cut) / (cuts + 1)));
    const cutOff = askedIn(job, { ...data, records: before(data.records, moment) }, moment);
    const expected = whole.filter((asked) => asked.at < moment);
    const compared = Math.max(expected.length, cutOff.length);
    for (let i = 0; i < compared; i += 1) {
      const [a, b] = [expected[i], cutOff[i]];
      if (a?.at === b?.at && a?.line === b?.line) continue;
      const difference = {
        ...{ cut: moment, at: a?.at ?? (b?.at as EpochMs) },
        ...{ whole: a?.line ?? null, cutOff: b?.line ?? null },
      };
      return { cuts: found, intents: whole.length, difference };
    }
    found.push({ at: moment, compared });
  }
  return { cuts: found, intents: whole.length, difference: null };
}

function askedIn(job: BacktestJob, data: BacktestData, until?: EpochMs): readonly Asked[] {
  const asked: Asked[] = [];
  runBacktest(job, data, {
    ...(until !== undefined && { until: epochMs(until - 1) }),
    intents: (intents, at) => {
      for (const intent of intents) asked.push({ at, line: intentLine(intent).trimEnd() });
    },
  });
  return asked;
}

/** The same columns, ending before a moment. */
function before(records: Records, moment: number): Records {
  let length = 0;
  while (length < records.length && (records.at[length] as number) < moment) length += 1;
  return { ...records, length };
}
