/**
 * `--speed max`: engine and exchange in one process on virtual time. The session, the gateway and the exchange's faces
 * are the ones of a live run; only the clock and the sockets are replaced. Same seed, same intents.
 */

import { virtualLink } from '../../adapters/sim-server/link.ts';
import { ServedVenue } from '../../adapters/sim-server/served-venue.ts';
import { VirtualClock } from '../../adapters/sim-server/virtual-clock.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { LogLine } from '../../core/view.ts';
import { seededStream } from '../../sim/random.ts';
import type { Configuration } from '../config/config.ts';
import { isIndexSimulated, virtualReferences } from '../references/simulated.ts';
import { endSession } from '../session/end-session.ts';
import { openSession } from '../session/open-session.ts';
import type { Session } from '../session/session.ts';
import type { Summary } from '../session/summary.ts';
import { marketsIn, openSimWorld, SIM_CASH, type SimWorldOptions } from '../sim/sim-world.ts';
import { takeLock } from './take-lock.ts';

export interface VirtualOptions {
  readonly configuration: Configuration;
  readonly world: SimWorldOptions;
  /** Absent: to the end of the recording. */
  readonly forSeconds?: number;
  readonly onLog: (line: LogLine) => void;
  /** Stops the run early when aborted. */
  readonly signal: AbortSignal;
  /** Called every virtual second: for whoever looks on, or lets the exchange misbehave. */
  readonly onSecond?: (world: VirtualWorld) => void;
}

/** Both ends of the link, at one moment. */
export interface VirtualWorld {
  readonly session: Session;
  readonly served: ServedVenue;
  /** Ours, as the exchange knows it. */
  readonly accountId: string;
  readonly now: EpochMs;
}

/** There and back, as from a small server near the exchange (kalshi/api.md 1). */
const LATENCY_MS = 8;
/** Virtual time is run in slices of this, so that ^C is heard. */
const SLICE_MS = 1_000;
/** After a recording has ended: for the result, the settlement timer and the listing. */
const AFTER_END_MS = 90_000;

/** Throws what openSession and Session.start throw, KMM_LOCKED, and what the world's files give. */
export async function runVirtual(options: VirtualOptions): Promise<Summary> {
  const { configuration, world: wanted, forSeconds, onLog, signal } = options;
  const { home, env } = configuration;
  const lock = takeLock(home);
  try {
    const { venue, startAt, endAt, series, notes } = await openSimWorld(wanted);
    for (const text of notes) onLog({ at: startAt, level: 'warn', text });
    const served = new ServedVenue(venue);
    const clock = new VirtualClock(startAt);
    const accountId = `virtual-${wanted.seed}-${Date.now()}`;
    venue.openAccount(accountId, SIM_CASH);
    const { wire, stream } = virtualLink({ served, accountId, clock, latencyMs: LATENCY_MS });
    const random = seededStream(`link ${wanted.seed}`);
    let fatal: Error | undefined;
    const markets = marketsIn(series, configuration);
    const opened = openSession({
      ...{ clock, wire, stream, onLog },
      configuration: { ...configuration, markets },
      ...(isIndexSimulated(configuration, markets) && {
        references: virtualReferences(configuration, { served, clock, latencyMs: LATENCY_MS / 2 }),
      }),
      link: { rest: 'virtual', ws: 'virtual', keyId: accountId, keyFile: '' },
      random: () => random.next(),
      clockUncertaintyMs: () => 0,
      commits: 'written',
      onFatal: (error) => {
        fatal = error;
      },
    });
    try {
      await clock.runUntilSettled(opened.session.start(), served);
    } catch (error) {
      await clock.runUntilSettled(opened.session.stop('a failed start'), served);
      await opened.tape.close();
      opened.journal.close();
      throw error;
    }
    const beganAt = clock.now();
    const until =
      forSeconds === undefined ? epochMs((endAt ?? beganAt) + AFTER_END_MS) : epochMs(beganAt + forSeconds * 1_000);
    while (clock.now() < until && fatal === undefined && !signal.aborted) {
      await clock.run(epochMs(Math.min(until, clock.now() + SLICE_MS)), served);
      options.onSecond?.({ session: opened.session, served, accountId, now: clock.now() });
    }
    const ending = forSeconds === undefined ? 'the end of the recording' : '--for';
    const by = signal.aborted ? 'SIGINT' : fatal === undefined ? ending : 'a fault of its own';
    const ended = endSession({ opened, clock, env, startedAt: beganAt, by });
    const summary = await clock.runUntilSettled(ended, served);
    if (fatal !== undefined) throw fatal;
    return summary;
  } finally {
    lock.release();
  }
}
