/** Makes a session from a configuration and a link to an exchange. The caller holds the environment's lock. */
import type { Arming } from '../../adapters/store/arming.ts';
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { LogLine } from '../../core/view.ts';
import type { Clock, Stream, Wire } from '../../ports.ts';
import type { Configuration } from '../config/config.ts';
import { accountOfLink } from '../exchange/account-name.ts';
import type { Secret } from '../keys/secret.ts';
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

/** How the exchange is reached; what `kmm kill` needs to reach it as well. */
export interface ExchangeLink {
  readonly rest: string;
  readonly ws: string;
  readonly keyId: string;
  readonly keyFile: string;
  /** The one that every call is about; absent: the key's own. */
  readonly subaccount?: number | undefined;
  /** Of an encrypted key, where one is configured. */
  readonly passphraseFile?: string;
  /** As it was typed. In memory only: never in the lock, the journal or an argument. */
  readonly passphrase?: Secret;
}

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

/** The exchange's read side is given this long to show what it answered (reliability.md V4); the embedded one has none. */
export const READ_LAG_MS = { sim: 50, demo: 5_000, prod: 5_000 } as const;

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
      readLagMs: READ_LAG_MS[env],
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
