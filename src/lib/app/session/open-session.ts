/** Makes a session from a configuration and a link to an exchange. The caller holds the environment's lock. */
import type { Arming } from '../../adapters/store/arming.ts';
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { LogLine } from '../../core/view.ts';
import type { Clock, Stream, Wire } from '../../ports.ts';
import type { Configuration } from '../config/config.ts';
import { accountOfLink } from '../exchange/account-name.ts';
import { type ExchangeLink, READ_LAG_OF } from '../exchange/link.ts';
import { lastResort as onStandardError } from '../last-resort.ts';
import type { LogFilter } from '../log-filter.ts';
import { isIndexSimulated } from '../references/simulated.ts';
import { configuredSources } from '../sources/configured-sources.ts';
import type { NamedSource } from '../sources/source-watch.ts';
import type { ClockSync } from './halts/clock-watch.ts';
import { openRecords } from './open-records.ts';
import { Session } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import type { SessionTape } from './tape/session-tape.ts';

export interface OpenSessionOptions {
  readonly configuration: Configuration;
  readonly link: ExchangeLink;
  readonly clock: Clock;
  readonly wire: Wire;
  readonly stream: Stream;
  readonly random: () => number;
  readonly clockUncertaintyMs: () => number;
  /** What is known of the exchange's clock; absent where its time is ours. */
  readonly clockSync?: ClockSync;
  /** Of the key that signs; production compares it with the armed one. */
  readonly keyFingerprint?: string;
  /** Exchange time per real time, where they differ: what bounds our waiting is real time. */
  readonly speed?: number;
  /** Of indices from outside the exchange. */
  readonly references?: SessionOptions['references'];
  /** Where a watchdog looks for our turns. */
  readonly progressFile?: string;
  /** Of the journal: `written` in virtual time, where the exchange ends with the process. Default `synced`. */
  readonly commits?: 'synced' | 'written';
  /** Instead of those of the configuration. */
  readonly sources?: readonly NamedSource[];
  readonly onLog: (line: LogLine) => void;
  /** Which lines are said. Default: all but those for debugging. */
  readonly logFilter?: LogFilter;
  /** Where is said what no file takes any more: cancels without a journal, alerts without a queue. Default: stderr. */
  readonly lastResort?: (text: string) => void;
  readonly onFatal: (error: Error) => void;
  readonly onStop?: (by: string) => void;
}

export interface OpenedSession {
  readonly session: Session;
  readonly journal: JournalFile;
  readonly tape: SessionTape;
  /** Of production, as it was armed. */
  readonly arming?: Arming;
}

/** Throws KMM_DB_*, KMM_TAPE_*, KMM_HOME, KMM_PROD_NOT_ARMED, KMM_SOURCE_*. */
export function openSession(options: OpenSessionOptions): OpenedSession {
  const { configuration, link, clock } = options;
  const { env } = configuration;
  const sources = options.sources ?? configuredSources(configuration, options.commits === 'written');
  const { rules, auto } = configuration.selection;
  const { journal, tape, latchFiles, engine, ownPrefix, arming } = openRecords({ ...options, mustBeArmed: true });
  const { wire, stream, random, clockUncertaintyMs, clockSync, progressFile, speed = 1 } = options;
  const { onLog, onFatal, onStop, lastResort = onStandardError } = options;
  const session = new Session(
    { clock, wire, stream, tape, journal, random },
    {
      environment: env,
      account: accountOfLink(link),
      address: link.rest,
      ownPrefix,
      latchFiles,
      engine,
      ...(arming !== undefined && { arming }),
      markets: configuration.markets,
      sources,
      honesty: configuration.honesty,
      ...(auto !== undefined && { selection: { rules, seats: auto } }),
      readLagMs: READ_LAG_OF[env],
      clockUncertaintyMs,
      ...(clockSync !== undefined && { clockSync }),
      wallNow: Date.now,
      ...(progressFile !== undefined && { progressFile }),
      calib: configuration.home.calib,
      offsets: configuration.home.reference,
      isIndexSimulated: isIndexSimulated(configuration, configuration.markets),
      ...(options.references !== undefined && { references: options.references }),
      speed,
      onLog,
      ...(options.logFilter !== undefined && { logFilter: options.logFilter }),
      lastResort,
      onFatal,
      ...(onStop !== undefined && { onStop }),
    },
  );
  return { session, journal, tape, ...(arming !== undefined && { arming }) };
}
