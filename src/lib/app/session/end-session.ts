/** The end of every run, live or virtual: stop, verify, compare with the exchange, close the files, sum up. */

import type { EpochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';
import type { OpenedSession } from './open-session.ts';
import { type Summary, summaryOf } from './summary.ts';

export interface EndOptions {
  readonly opened: OpenedSession;
  readonly clock: Clock;
  readonly env: string;
  readonly startedAt: EpochMs;
  /** Who asked: `SIGINT`, `--for`, `the operator`, … */
  readonly by: string;
}

export async function endSession({ opened, clock, env, startedAt, by }: EndOptions): Promise<Summary> {
  const { session, journal, tape } = opened;
  const stoppedAt = clock.now();
  const stopped = await session.stop(by);
  const markets = [...session.engine.markets()].map(({ market }) => market.ticker);
  tape.end(clock.now(), { intents: session.hash.count, intentsHash: session.hash.digest(), markets });
  journal.endSession(clock.now());
  await tape.close();
  const seconds = Math.round((stoppedAt - startedAt) / 1_000);
  const summary = summaryOf(opened, {
    ...{ env, seconds, comparison: stopped.comparison },
    restingAtEnd: stopped.restingAtEnd,
    isConfirmed: stopped.isConfirmed,
  });
  journal.close();
  return summary;
}
