/**
 * What a session writes itself down in: database, its number there, tape; and the engine's settings that follow from them,
 * the armed exposure among them.
 */

import { createHash } from 'node:crypto';
import type { Arming } from '../../adapters/store/arming.ts';
import type { DatabaseOptions } from '../../adapters/store/database.ts';
import {
  type BegunSession,
  JournalFailure,
  type JournalFile,
  openJournal,
  type SessionStart,
} from '../../adapters/store/journal.ts';
import { LatchFiles } from '../../adapters/store/latch-files.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { DAILY } from '../../adapters/store/tape-writer.ts';
import type { EngineConfig } from '../../core/engine.ts';
import type { Parameters } from '../../core/parameters.ts';
import { type EpochMs, microdollars } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';
import { codeVersion } from '../code-version.ts';
import type { Configuration } from '../config/config.ts';
import { prepareHome } from '../config/home.ts';
import { recordedConfig } from '../config/recorded-config.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { accountOfLink } from '../exchange/account-name.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { assertArmed } from '../keys/arming.ts';
import { scrub } from '../keys/secret.ts';
import { ownPrefixIn } from '../own-prefix.ts';
import { openOwnTape } from '../recording/own-tape.ts';
import { SessionTape } from './tape/session-tape.ts';
import { newestTape, tapeOf } from './tape/session-tapes.ts';

export interface RecordsOptions {
  readonly configuration: Configuration;
  readonly link: ExchangeLink;
  readonly clock: Clock;
  /** Of the key that signs; production compares it with the armed one. */
  readonly keyFingerprint?: string;
  /** Default `synced`. */
  readonly commits?: DatabaseOptions['commits'];
  /** Something may be placed. A session that only cancels needs no arming. */
  readonly mustBeArmed: boolean;
}

export interface Records {
  readonly journal: JournalFile;
  readonly tape: SessionTape;
  /** Where a kill writes what the journal does not take. */
  readonly latchFiles: LatchFiles;
  readonly engine: EngineConfig;
  /** What our client order ids begin with, in every session of this database. */
  readonly ownPrefix: string;
  /** Of production, where it was asked for. */
  readonly arming?: Arming;
}

/** The caller holds the environment's lock. Throws KMM_DB_*, KMM_TAPE_*, KMM_HOME, KMM_PROD_NOT_ARMED. */
export function openRecords(options: RecordsOptions): Records {
  const { commits, configuration } = options;
  const { env, home } = configuration;
  prepareHome(home);
  const journal = openJournal({ path: home.database, env, scrub, ...(commits !== undefined && { commits }) });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  try {
    return recordsIn(journal, options, options.clock.now());
  } catch (error) {
    journal.close();
    throw error;
  }
}

function recordsIn(journal: JournalFile, options: RecordsOptions, startedAt: EpochMs): Records {
  const { configuration, link } = options;
  const { env, home } = configuration;
  const arming = options.mustBeArmed ? assertArmed(configuration, link.keyId, startedAt, journal) : undefined;
  if (arming !== undefined) assertSameKey(arming, options.keyFingerprint);
  const parameters = cappedBy(arming, configuration.parameters);
  const account = accountOfLink(link);
  const version = codeVersion();
  const record = begun(journal, {
    ...{ account, version, startedAt },
    configHash: createHash('sha256').update(JSON.stringify(parameters)).digest('hex'),
    ...{ restUrl: link.rest, wsUrl: link.ws, keyId: link.keyId, keyFile: link.keyFile },
    tapeOf: (session) => tapeOf(home, session),
    usedSession: newestTape(home),
  });
  const { instance, session: number } = record;
  const ownPrefix = ownPrefixIn({ instance });
  const engine: EngineConfig = { idPrefix: ownPrefix + number, parameters };
  const header = { source: 'session', startedAt, version, yesPrice: true, env, account } as const;
  const config = scrub(recordedConfig(configuration.entries));
  const opened = openOwnTape({
    path: record.tape,
    header: { ...header, instance, session: number, config },
    roll: DAILY,
  });
  const says = { version: 1, env, account, code: version, node: process.version, engine } as const;
  const tape = new SessionTape(opened, says, startedAt);
  const latchFiles = new LatchFiles(home.latches);
  return { journal, tape, latchFiles, engine, ownPrefix, ...(arming !== undefined && { arming }) };
}

/** What cannot be written at the start is mended before a start is worth another try. Throws KMM_HOME. */
function begun(journal: JournalFile, start: SessionStart): BegunSession {
  try {
    return journal.beginSession(start);
  } catch (error) {
    if (!(error instanceof JournalFailure)) throw error;
    throw new KmmError('KMM_HOME', error.message, { cause: error });
  }
}

/** A session that never loaded a key signs nothing. */
function assertSameKey(arming: Arming, fingerprint: string | undefined): void {
  if (fingerprint === undefined || fingerprint === arming.fingerprint) return;
  throw new KmmError('KMM_PROD_NOT_ARMED', 'production is armed for another key than the one that signs');
}

/** The armed exposure is a limit like the configured one; the smaller rules. */
export function cappedBy(arming: Arming | undefined, parameters: Parameters): Parameters {
  if (arming === undefined) return parameters;
  const totalLoss = microdollars(Math.min(parameters.risk.totalLoss, arming.exposure));
  return { ...parameters, risk: { ...parameters.risk, totalLoss } };
}
