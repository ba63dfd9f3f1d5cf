/** What a session writes itself down in: database, its number there, tape; and the engine's settings that follow from them. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type JournalFile, openJournal } from '../../adapters/store/journal.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { openTape } from '../../adapters/store/tape-writer.ts';
import type { EngineConfig } from '../../core/engine.ts';
import type { Clock } from '../../ports.ts';
import { codeVersion } from '../code-version.ts';
import type { Configuration } from '../config.ts';
import { kmmError } from '../errors.ts';
import { prepareHome } from '../home.ts';
import type { ExchangeLink } from './open-session.ts';
import { SessionTape } from './session-tape.ts';

export interface Records {
  readonly journal: JournalFile;
  readonly tape: SessionTape;
  readonly engine: EngineConfig;
  /** What our client order ids begin with, in every session of this database. */
  readonly ownPrefix: string;
}

/** The caller holds the environment's lock. Throws KMM_DB_*, KMM_TAPE_*, KMM_HOME. */
export function openRecords(configuration: Configuration, link: ExchangeLink, clock: Clock): Records {
  const { env, home, parameters } = configuration;
  prepareHome(home);
  const journal = openJournal({ path: home.database, env });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  const startedAt = clock.now();
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
  return { journal, tape, engine, ownPrefix };
}
