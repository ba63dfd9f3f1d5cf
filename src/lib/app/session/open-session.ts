/**
 * Makes a session from a configuration and a link to an exchange: database, session number, tape, engine. The caller
 * holds the environment's lock.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Arming } from '../../adapters/store/arming.ts';
import { type JournalFile, openJournal } from '../../adapters/store/journal.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { openTape } from '../../adapters/store/tape-writer.ts';
import type { EngineConfig } from '../../core/engine.ts';
import type { Parameters } from '../../core/parameters.ts';
import { microdollars } from '../../core/units.ts';
import type { LogLine } from '../../core/view.ts';
import type { Clock, Stream, Wire } from '../../ports.ts';
import { assertArmed } from '../arming.ts';
import { codeVersion } from '../code-version.ts';
import type { Configuration } from '../config.ts';
import { KmmError, kmmError } from '../errors.ts';
import { prepareHome } from '../home.ts';
import type { Secret } from '../secret.ts';
import type { ClockSync } from './clock-watch.ts';
import { Session } from './session.ts';
import { SessionTape } from './session-tape.ts';

/** How the exchange is reached; what `kmm kill` needs to reach it as well. */
export interface ExchangeLink {
  readonly rest: string;
  readonly ws: string;
  readonly keyId: string;
  readonly keyFile: string;
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
  readonly onLog: (line: LogLine) => void;
  readonly onFatal: (error: Error) => void;
}

export interface OpenedSession {
  readonly session: Session;
  readonly journal: JournalFile;
  readonly tape: SessionTape;
}

/** The exchange's read side is given this long to show what it answered (reliability.md V4); the embedded one has none. */
const READ_LAG_MS = { sim: 50, demo: 5_000, prod: 5_000 } as const;

/** Throws KMM_DB_*, KMM_TAPE_*, KMM_HOME, KMM_PROD_NOT_ARMED. */
export function openSession(options: OpenSessionOptions): OpenedSession {
  const { configuration, link, clock } = options;
  const { env, home } = configuration;
  prepareHome(home);
  const journal = openJournal({ path: home.database, env });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  const startedAt = clock.now();
  const arming = assertArmed(configuration, link.keyId, startedAt, journal);
  if (arming !== undefined) assertSameKey(arming, options.keyFingerprint);
  const parameters = cappedBy(arming, configuration.parameters);
  const version = codeVersion();
  const record = journal.beginSession({
    ...{ account: link.keyId, version, startedAt },
    configHash: createHash('sha256').update(JSON.stringify(parameters)).digest('hex'),
    ...{ restUrl: link.rest, wsUrl: link.ws, keyId: link.keyId, keyFile: link.keyFile },
    tapeOf: (session) => join(home.tapes, `session-${String(session).padStart(6, '0')}.tape`),
  });
  const { instance, session: number } = record;
  const ownPrefix = `kmm-${instance}-`;
  const engine: EngineConfig = { idPrefix: ownPrefix + number, parameters };
  const header = { source: 'session', startedAt, version, yesPrice: true, env, account: link.keyId } as const;
  const opened = openTape({ path: record.tape, header: { ...header, instance, session: number } });
  if (opened instanceof StoreProblem) throw kmmError(opened);
  const tape = new SessionTape(opened, { version: 1, env, account: link.keyId, code: version, engine }, startedAt);
  const { wire, stream, random, clockUncertaintyMs, clockSync, speed = 1, onLog, onFatal } = options;
  const session = new Session(
    { clock, wire, stream, tape, journal, random },
    {
      environment: env,
      account: link.keyId,
      ownPrefix,
      engine,
      ...(arming !== undefined && { arming }),
      markets: configuration.markets,
      readLagMs: READ_LAG_MS[env],
      clockUncertaintyMs,
      ...(clockSync !== undefined && { clockSync }),
      speed,
      onLog,
      onFatal,
    },
  );
  return { session, journal, tape };
}

/** A session that never loaded a key signs nothing. */
function assertSameKey(arming: Arming, fingerprint: string | undefined): void {
  if (fingerprint === undefined || fingerprint === arming.fingerprint) return;
  throw new KmmError('KMM_PROD_NOT_ARMED', 'production is armed for another key than the one that signs');
}

/** The armed exposure is a limit like the configured one; the smaller rules. */
function cappedBy(arming: Arming | undefined, parameters: Parameters): Parameters {
  if (arming === undefined) return parameters;
  const totalLoss = microdollars(Math.min(parameters.risk.totalLoss, arming.exposure));
  return { ...parameters, risk: { ...parameters.risk, totalLoss } };
}
