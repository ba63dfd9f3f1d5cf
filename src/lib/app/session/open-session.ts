/** Makes a session from a configuration and a link to an exchange. The caller holds the environment's lock. */
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { LogLine } from '../../core/view.ts';
import type { Clock, Stream, Wire } from '../../ports.ts';
import type { Configuration } from '../config.ts';
import { KmmError } from '../errors.ts';
import { openRecords } from './open-records.ts';
import { Session } from './session.ts';
import type { SessionTape } from './session-tape.ts';

/** How the exchange is reached; what `kmm kill` needs to reach it as well. */
export interface ExchangeLink {
  readonly rest: string;
  readonly ws: string;
  readonly keyId: string;
  readonly keyFile: string;
}

export interface OpenSessionOptions {
  readonly configuration: Configuration;
  readonly link: ExchangeLink;
  readonly clock: Clock;
  readonly wire: Wire;
  readonly stream: Stream;
  readonly random: () => number;
  readonly clockUncertaintyMs: () => number;
  /** Exchange time per real time, where they differ: what bounds our waiting is real time. */
  readonly speed?: number;
  readonly onLog: (line: LogLine) => void;
  readonly onFatal: (error: Error) => void;
}

export interface OpenedSession {
  readonly session: Session;
  readonly journal: JournalFile;
  readonly tape: SessionTape;
}

/** The exchange's read side is given this long to show what it answered (reliability.md V4); the embedded one has none. */
export const READ_LAG_MS = { sim: 50, demo: 5_000, prod: 5_000 } as const;

/** Call before anything is opened or sent. Throws KMM_PROD_NOT_ARMED. */
export function assertArmed(env: Configuration['env']): void {
  if (env === 'prod')
    throw new KmmError('KMM_PROD_NOT_ARMED', 'this kmm cannot arm production yet, so it sends nothing there');
}

/** Throws KMM_DB_*, KMM_TAPE_*, KMM_HOME, KMM_PROD_NOT_ARMED. */
export function openSession(options: OpenSessionOptions): OpenedSession {
  const { configuration, link, clock } = options;
  const { env } = configuration;
  assertArmed(env);
  const { journal, tape, engine, ownPrefix } = openRecords(configuration, link, clock);
  const { wire, stream, random, clockUncertaintyMs, speed = 1, onLog, onFatal } = options;
  const session = new Session(
    { clock, wire, stream, tape, journal, random },
    {
      environment: env,
      account: link.keyId,
      ownPrefix,
      engine,
      markets: configuration.markets,
      readLagMs: READ_LAG_MS[env],
      clockUncertaintyMs,
      speed,
      onLog,
      onFatal,
    },
  );
  return { session, journal, tape };
}
