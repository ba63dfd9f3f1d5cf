/** `kmm replay SESSION`: finds the tape, opens its replay, and says what has changed since: code, Node, configuration. */
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape } from '../../adapters/store/tape-reader.ts';
import type { EngineConfig } from '../../core/engine.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { codeVersion } from '../code-version.ts';
import type { Configuration } from '../config/config.ts';
import type { Home } from '../config/home.ts';
import { type ConfigChange, configChanges, readRecordedConfig } from '../config/recorded-config.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { momentOf } from '../why/moment.ts';
import { findSession } from './find-session.ts';
import { leafChanges, type ReplayResult, type Until } from './replay-result.ts';
import { openReplay, type Replay } from './replay-session.ts';

export interface ReplayRequest {
  /** A path, a session's number or name, or `last`. */
  readonly name: string;
  readonly home: Home;
  /** Of a recording, which gets a turn per so much of its time. */
  readonly turnMs: number;
  /** As typed: a time, or `turn N`. */
  readonly until?: string;
  /** Read where it is needed: of an environment without one a session is replayed nevertheless. Throws KMM_CONFIG_*. */
  readonly configuration: () => Pick<Configuration, 'parameters' | 'entries'>;
}

/** What is not as it was when the session ran. */
export interface Since {
  readonly code: string;
  readonly node: string;
  /** By key; null: the tape does not say, or nothing is configured here. */
  readonly config: readonly ConfigChange[] | null;
}

export interface StartedReplay {
  readonly tape: string;
  readonly session: number | undefined;
  readonly replay: Replay;
  /** After `replay.result()`. */
  since(result: ReplayResult): Since;
  close(): void;
}

/** Throws KMM_TAPE_*, KMM_SESSION_UNKNOWN, KMM_USAGE; of a recording KMM_CONFIG_* as well. */
export function startReplay(request: ReplayRequest): StartedReplay {
  const { name, home, turnMs, configuration } = request;
  const { tape, ending, journal } = findSession(name, home);
  const reader = readTape(tape);
  if (reader instanceof StoreProblem) throw kmmError(reader);
  const { source, config } = reader.header;
  const fallback: EngineConfig | undefined =
    source === 'session' ? undefined : { idPrefix: 'kmm-replay', parameters: configuration().parameters };
  const until = request.until === undefined ? undefined : untilOf(request.until, () => lastAt(reader.records()));
  const replay = openReplay(tape, fallback, turnMs, {
    ...(until !== undefined && { until }),
    ...(ending !== undefined && { ending }),
    ...(journal !== undefined && { journaled: journal.intents(), decisionThen: journal.decision }),
  });
  return {
    ...{ tape, session: reader.header.session, replay },
    since: ({ session }) => ({
      ...{ code: codeVersion(), node: process.version },
      config: session === null ? null : changesSince(config, session.parameters, configuration),
    }),
    close: () => journal?.close(),
  };
}

/** Of a tape that says no more than parameters, those are compared, in the engine's own units. */
function changesSince(
  config: string | undefined,
  parameters: unknown,
  configuration: ReplayRequest['configuration'],
): readonly ConfigChange[] | null {
  try {
    const now = configuration();
    const then = readRecordedConfig(config);
    if (then !== undefined) return configChanges(then, now.entries);
    const changes = leafChanges(parameters, now.parameters);
    return changes.map(({ path, from, to }) => ({ key: path, recorded: from, now: to }));
  } catch (error) {
    if (error instanceof KmmError) return null;
    throw error;
  }
}

/** `turn 500`, `turn:500`, `500`; or a time as `kmm why` takes it. Throws KMM_USAGE. */
function untilOf(text: string, latest: () => EpochMs): Until {
  const turn = /^(?:turn[ :=]?)?\s*(\d+)$/.exec(text.trim())?.[1];
  if (turn !== undefined) return { turn: Number(turn) };
  if (text.trim().startsWith('turn')) throw new KmmError('KMM_USAGE', `${text} names no turn: turn 500`);
  return { at: momentOf(text.trim(), latest()) };
}

function lastAt(records: Iterable<{ readonly at: EpochMs }>): EpochMs {
  let at = epochMs(0);
  for (const record of records) at = record.at;
  return at;
}
