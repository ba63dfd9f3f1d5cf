/**
 * Replay = live: plays a session's tape through the same translate, book and engine code and compares every intent with
 * the recorded one. The first difference is named with both sides. A recording has no intents, so there it only plays.
 */

import { translateFrame } from '../../adapters/kalshi/translate.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape, type TapeRecord } from '../../adapters/store/tape-reader.ts';
import { Engine, type EngineConfig } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import { type Intent, intentLine } from '../../core/intents.ts';
import { completed } from '../../core/parameters.ts';
import type { EpochMs } from '../../core/units.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { IntentsHash } from '../session/intents-hash.ts';
import type { SessionEnd, SessionHeader, TurnRecord } from '../session/session-tape.ts';
import { noteWatched } from '../sim/background.ts';
import { RecordedMarkets } from '../sim/recorded-markets.ts';
import { lostIn } from './lost-records.ts';
import { referenceOf } from './reference-record.ts';

export interface ReplayResult {
  readonly type: 'replay';
  readonly schemaVersion: 1;
  readonly tape: string;
  readonly frames: number;
  readonly turns: number;
  readonly intents: number;
  readonly intentsHash: string;
  /** Null for an imported recording, which has no intents to compare with. */
  readonly matches: boolean | null;
  readonly firstDifference: Difference | null;
  /** Records that the writer had to drop: a replay of such a tape proves nothing past them. */
  readonly lost: number;
}

export interface Difference {
  readonly turn: number;
  readonly at: EpochMs;
  /** What the tape says was asked for, and what this code asks for; null where one has nothing. */
  readonly recorded: string | null;
  readonly replayed: string | null;
}

/** Throws KMM_TAPE_*; KMM_TAPE_DAMAGED when a session's tape does not say how its engine was set up. */
export function replaySession(path: string, fallback: EngineConfig, turnMs: number): ReplayResult {
  const tape = readTape(path);
  if (tape instanceof StoreProblem) throw kmmError(tape);
  const isSession = tape.header.source === 'session';
  const replay = new Replay(isSession ? undefined : new Engine(fallback), turnMs);
  try {
    for (const record of tape.records()) replay.take(record);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new KmmError('KMM_TAPE_DAMAGED', `${path} holds a record that is not JSON`, { cause: error });
  }
  if (isSession && !replay.hasHeader) throw new KmmError('KMM_TAPE_DAMAGED', `${path} holds no session record`);
  const { hash, frames, turns, firstDifference } = replay;
  return {
    ...{ type: 'replay', schemaVersion: 1, tape: path, frames, turns, intents: hash.count, intentsHash: hash.digest() },
    matches: isSession ? firstDifference === null && replay.isEndEqual : null,
    ...{ firstDifference, lost: replay.lost },
  };
}

class Replay {
  readonly hash = new IntentsHash();
  frames = 0;
  turns = 0;
  lost = 0;
  firstDifference: Difference | null = null;
  #engine: Engine | undefined;
  /** Of an imported recording. */
  readonly #recorded: RecordedMarkets | undefined;
  readonly #turnMs: number;
  #turnAt = 0;
  #hasNews = false;
  #end: SessionEnd | undefined;

  constructor(engine: Engine | undefined, turnMs: number) {
    this.#engine = engine;
    this.#recorded = engine === undefined ? undefined : new RecordedMarkets(engine);
    this.#turnMs = turnMs;
  }

  get hasHeader(): boolean {
    return this.#engine !== undefined;
  }

  /** What the session said at its end agrees with what was derived; true when it never came to its end. */
  get isEndEqual(): boolean {
    return this.#end === undefined || this.#end.intentsHash === this.hash.digest();
  }

  take(record: TapeRecord): void {
    switch (record.kind) {
      case 'session': {
        const { engine } = json(record) as SessionHeader;
        this.#engine = new Engine({ ...engine, parameters: completed(engine.parameters) });
        return;
      }
      case 'frame':
        this.#frame(record);
        return;
      case 'event':
        this.#engine?.apply(json(record) as EngineEvent);
        return;
      case 'turn':
        this.#turn(record.at, json(record) as TurnRecord);
        return;
      case 'end':
        this.#end = json(record) as SessionEnd;
        return;
      case 'lost':
        this.lost += lostIn(record);
        return;
      case 'note':
        if (this.#recorded !== undefined) noteWatched(record.data, this.#recorded.watched);
        return;
      case 'reference':
        this.#engine?.apply(referenceOf(record));
        this.#hasNews = true;
        return;
      case 'rest':
      case 'sent':
      case 'gap':
        return;
      default:
        record.kind satisfies never;
    }
  }

  #frame({ at, conn, data, yesPrice }: TapeRecord): void {
    this.frames += 1;
    if (this.#recorded !== undefined) this.#turnIfDue(at);
    const meaning = translateFrame(data, { conn, at, yesPrice });
    for (const event of meaning.events) {
      this.#recorded?.meet(event);
      this.#engine?.apply(event);
    }
    this.#hasNews = true;
  }

  #turn(at: EpochMs, { turn, intents: recorded = [] }: TurnRecord): void {
    const replayed = this.#decide(at, turn);
    if (this.firstDifference !== null) return;
    const length = Math.max(recorded.length, replayed.length);
    for (let n = 0; n < length; n += 1) {
      const [theirs, ours] = [line(recorded[n]), line(replayed[n])];
      if (theirs === ours) continue;
      this.firstDifference = { turn, at, recorded: theirs, replayed: ours };
      return;
    }
  }

  /** A recording has no turns: one per `turnMs` of its time with news in it (design.md, Engine). */
  #turnIfDue(at: EpochMs): void {
    if (!this.#hasNews || at < this.#turnAt + this.#turnMs) return;
    this.#turnAt = at;
    this.#hasNews = false;
    this.#recorded?.accept(this.#decide(at, this.turns + 1), at);
  }

  #decide(at: EpochMs, turn: number): readonly Intent[] {
    this.turns += 1;
    const intents = this.#engine?.apply({ type: 'turn', at, turn }) ?? [];
    this.#engine?.takeLog();
    this.#engine?.takeInvalid();
    this.hash.add(intents);
    return intents;
  }
}

function json({ data }: TapeRecord): unknown {
  return JSON.parse(data.toString());
}

function line(intent: Intent | undefined): string | null {
  return intent === undefined ? null : intentLine(intent).trimEnd();
}
