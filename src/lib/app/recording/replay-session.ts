/**
 * Replay = live: plays a session's tape through the same translate, book and engine code and compares every intent with
 * the recorded one, field by field. The first difference is named with both sides and the state that led to it.
 */
import type { JournaledIntent } from '../../adapters/store/journal-history.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape, type TapeReader, type TapeRecord } from '../../adapters/store/tape-reader.ts';
import type { Engine, EngineConfig } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import { type Intent, intentLine } from '../../core/intents.ts';
import type { Parameters } from '../../core/parameters.ts';
import type { EpochMs } from '../../core/units.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { IntentsHash } from '../session/tape/intents-hash.ts';
import type { SessionEnd, SessionHeader, TapeCheck } from '../session/tape/session-tape.ts';
import { DIGEST_CHARACTERS } from '../session/tape/tape-digest.ts';
import type { DecisionRecord } from '../why/decision-record.ts';
import { firstDifferenceOf, type IntentDifference } from './intent-difference.ts';
import { JournalWitness, type WitnessReport } from './journal-witness.ts';
import { lostIn } from './lost-records.ts';
import { RecordingReplay } from './replay-recording.ts';
import {
  type Difference,
  type Ending,
  isBeyond,
  leafChanges,
  type ParametersChange,
  type ReplayResult,
  type TurnMoment,
  type Until,
  type Verdict,
} from './replay-result.ts';
import { decisionAt, marketAt } from './replay-state.ts';
import { type Played, type PlayedTurn, SessionPlayer } from './session-player.ts';
import { TapeDamageFinder } from './tape-damage.ts';

export type { Difference, ReplayResult } from './replay-result.ts';

export interface ReplayOptions {
  readonly until?: Until;
  /** How a tape without an end has ended, as far as somebody knows. Default: nobody does. */
  readonly ending?: 'running' | 'died' | 'open';
  /** What the session's journal has of this decision. */
  readonly decisionThen?: (ticker: string, turn: number, at: EpochMs) => DecisionRecord | undefined;
  /** All that its journal has of what it asked for, by counter. */
  readonly journaled?: Iterable<JournaledIntent>;
}

/** A replay that is driven turn by turn. */
export interface Replay {
  /** Undefined before the tape has said how it was set up. */
  readonly engine: Engine | undefined;
  turns(): Generator<PlayedTurn>;
  /** When its turns are over, or nobody wants more of them. */
  result(): ReplayResult;
}

/** @param fallback for an imported recording, which gets a turn per `turnMs`. Throws KMM_TAPE_*. */
export function openReplay(
  path: string,
  fallback: EngineConfig | undefined,
  turnMs: number,
  options: ReplayOptions = {},
): Replay {
  const tape = readTape(path);
  if (tape instanceof StoreProblem) throw kmmError(tape);
  if (tape.header.source === 'session' || fallback === undefined) return new SessionReplay(tape, options);
  return new RecordingReplay(tape, fallback, turnMs, options.until);
}

/** To its end. Throws KMM_TAPE_*; KMM_TAPE_DAMAGED when a session's tape does not say how its engine was set up. */
export function replaySession(
  path: string,
  fallback: EngineConfig | undefined,
  turnMs: number,
  options: ReplayOptions = {},
): ReplayResult {
  const replay = openReplay(path, fallback, turnMs, options);
  for (const _turn of replay.turns());
  return replay.result();
}

interface Found extends TurnMoment {
  readonly difference: IntentDifference | undefined;
  readonly turnPlayed: PlayedTurn;
}

const START: TurnMoment = { turn: 0, at: 0 as EpochMs };

export class SessionReplay implements Replay {
  readonly #tape: Pick<TapeReader, 'path' | 'header' | 'records'>;
  readonly #options: ReplayOptions;
  readonly #player = new SessionPlayer();
  readonly #damage = new TapeDamageFinder();
  readonly #hash = new IntentsHash();
  readonly #parametersChanged: ParametersChange[] = [];
  #parameters: Parameters | undefined;
  #header: SessionHeader | undefined;
  #end: SessionEnd | undefined;
  #frames = 0;
  #turns = 0;
  #lost = 0;
  #lostFrom: TurnMoment | undefined;
  #last: TurnMoment | undefined;
  #first: Found | undefined;
  #hashGood = START;
  #hashDifference: ReplayResult['hashDifference'] = null;
  #hasBrokenThen = false;
  readonly #witness: JournalWitness | undefined;
  #testimony: WitnessReport | undefined;
  #isStopped = false;

  constructor(tape: Pick<TapeReader, 'path' | 'header' | 'records'>, options: ReplayOptions = {}) {
    this.#tape = tape;
    this.#options = options;
    this.#witness = options.journaled && new JournalWitness(options.journaled);
  }

  get engine(): Engine | undefined {
    return this.#player.engine;
  }

  *turns(): Generator<PlayedTurn> {
    let isOver = false;
    try {
      for (const record of this.#tape.records()) {
        const turn = this.#take(record);
        if (this.#isStopped) return;
        if (turn !== undefined) yield turn;
      }
      isOver = true;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const place = this.#last === undefined ? '' : ` after turn ${this.#last.turn}`;
      throw new KmmError('KMM_TAPE_DAMAGED', `${this.#tape.path} holds a record that is not JSON${place}`, {
        cause: error,
      });
    } finally {
      // Also where whoever drives it wants no more.
      if (!isOver) this.#isStopped = true;
    }
  }

  result(): ReplayResult {
    const { path, header: told } = this.#tape;
    const header = this.#header;
    if (header === undefined) throw new KmmError('KMM_TAPE_DAMAGED', `${path} holds no session record`);
    const { damage, hasChecks } = this.#damage;
    // A session that died took the last moment of its tape with it, and the journal is ahead.
    this.#testimony ??= this.#witness?.finish(this.#ending() === 'ended' || this.#ending() === 'cut');
    const verdict = this.#verdict();
    return {
      ...{ type: 'replay', schemaVersion: 1, tape: path, frames: this.#frames, turns: this.#turns },
      ...{ intents: this.#hash.count, intentsHash: this.#hash.digest() },
      matches: verdict === 'unproved' ? null : verdict === 'same' || verdict === 'cut',
      ...{ verdict, firstDifference: this.#difference(), hashDifference: this.#hashDifference },
      ...{ damage: [...headerDamage(told, header), ...damage], isChecked: hasChecks },
      ...{ lost: this.#lost, lostFrom: this.#lostFrom ?? null, last: this.#last ?? null, ending: this.#ending() },
      session: {
        ...{ env: header.env, account: header.account, number: told.session ?? null, startedAt: told.startedAt },
        ...{ code: header.code, node: header.node ?? null, parameters: header.engine.parameters },
      },
      ...{ broke: this.#player.broke ?? null, parametersChanged: this.#parametersChanged },
      journal: this.#testimony ?? null,
    };
  }

  /** The turn that the record is. */
  #take(record: TapeRecord): PlayedTurn | undefined {
    if (isBeyond(this.#options.until, record.at, turnIn(record))) {
      this.#isStopped = true;
      return undefined;
    }
    if (record.kind === 'frame') this.#frames += 1;
    if (record.kind === 'lost') {
      this.#lost += lostIn(record);
      this.#lostFrom ??= this.#last ?? { turn: 0, at: record.at };
    }
    const played = this.#player.take(record);
    this.#damage.take(record, played.kind === 'turn' ? played.turn.turn : undefined, checkIn(played));
    switch (played.kind) {
      case 'header':
        this.#header = played.header;
        this.#parameters = played.header.engine.parameters;
        return undefined;
      case 'events':
        for (const event of played.events) this.#note(event);
        return undefined;
      case 'turn':
        this.#turn(played.turn, played.record.check);
        return played.turn;
      case 'end':
        this.#end = played.end;
        this.#compareHash(played.end.check, undefined);
        return undefined;
      case 'beside':
        return undefined;
      default:
        return played satisfies never;
    }
  }

  #note(event: EngineEvent): void {
    if (event.type !== 'parameters_changed') return;
    const { at, by, parameters } = event;
    const changes = leafChanges(this.#parameters, parameters);
    this.#parametersChanged.push({ turn: this.#last?.turn ?? 0, at, by, changes });
    this.#parameters = parameters;
  }

  #turn(played: PlayedTurn, check: TapeCheck | undefined): void {
    const { turn, at, recorded, replayed, recordedBreak, replayedBreak } = played;
    this.#compareHash(check, { turn, at });
    this.#turns += 1;
    this.#last = { turn, at };
    this.#hash.add(replayed);
    if (this.#lostFrom === undefined) this.#witness?.see(turn, recorded);
    // Past lost records the engine was told less than the session was: a difference says nothing.
    if (this.#first !== undefined || this.#lostFrom !== undefined) return;
    const difference = firstDifferenceOf(recorded, replayed);
    const isSameBreak = this.#hasBrokenThen || recordedBreak === replayedBreak;
    if (recordedBreak !== undefined) this.#hasBrokenThen = true;
    if (difference === undefined && isSameBreak) return;
    this.#first = { turn, at, difference, turnPlayed: played };
  }

  /** A check covers what came before the record that it stands in. */
  #compareHash(check: TapeCheck | undefined, now: TurnMoment | undefined): void {
    if (check === undefined || this.#hashDifference !== null || this.#lostFrom !== undefined) return;
    const isSame = this.#hash.digest().startsWith(check.intents) && check.intents.length === DIGEST_CHARACTERS;
    if (isSame) this.#hashGood = now ?? this.#hashGood;
    else this.#hashDifference = { fromTurn: this.#hashGood.turn, untilTurn: now?.turn ?? null };
  }

  #ending(): Ending {
    if (this.#end !== undefined) return 'ended';
    if (this.#isStopped) return 'until';
    return this.#options.ending ?? 'cut';
  }

  #verdict(): Verdict {
    const { damage } = this.#damage;
    const header = this.#header;
    const isForeign = header !== undefined && headerDamage(this.#tape.header, header).length > 0;
    const damagedFrom = isForeign ? 0 : (damage[0]?.fromTurn ?? Number.POSITIVE_INFINITY);
    const isDifferent = this.#first !== undefined || this.#hashDifference !== null || !this.#isEndEqual();
    const differsFrom = this.#first?.turn ?? this.#hashDifference?.fromTurn ?? Number.POSITIVE_INFINITY;
    if (isDifferent && differsFrom < damagedFrom) return 'differs';
    if (damage.length > 0 || isForeign) return 'tape_changed';
    if (isDifferent) return 'differs';
    if (this.#lost > 0) return 'unproved';
    const contradicted = this.#testimony?.firstDifference ?? null;
    if (contradicted !== null && (contradicted.tape !== null || this.#ending() === 'ended')) return 'tape_changed';
    return this.#ending() === 'cut' ? 'cut' : 'same';
  }

  /** What the session said at its end agrees with what was derived; true when it never came to its end. */
  #isEndEqual(): boolean {
    return this.#end === undefined || this.#lost > 0 || this.#end.intentsHash === this.#hash.digest();
  }

  /** Plays the tape once more, up to the turn that differs: what was known before it is what led to it. */
  #difference(): Difference | null {
    const found = this.#first;
    if (found === undefined) return null;
    const { turn, at, difference, turnPlayed } = found;
    const { recorded = null, replayed = null, fields = [] } = difference ?? {};
    const ticker = (recorded ?? replayed)?.ticker ?? null;
    const { before, decision } = this.#stateAround(turn, ticker);
    const decisionThen = ticker === null ? undefined : this.#options.decisionThen?.(ticker, turn, at);
    return {
      ...{ turn, at, ticker },
      recorded: line(recorded) ?? brokeText(turnPlayed.recordedBreak),
      replayed: line(replayed) ?? brokeText(turnPlayed.replayedBreak),
      ...{ recordedIntent: recorded, replayedIntent: replayed, fields },
      ...{ before: before ?? null, decision: decision ?? null, decisionThen: decisionThen ?? null },
    };
  }

  #stateAround(turn: number, ticker: string | null) {
    const player = new SessionPlayer();
    if (ticker === null) return {};
    for (const record of this.#tape.records()) {
      if (turnIn(record) !== turn) {
        player.take(record);
        continue;
      }
      const state = player.engine?.market(ticker);
      const before = player.engine && state && marketAt(player.engine, state);
      player.take(record);
      return { before, decision: player.engine && decisionAt(player.engine, ticker) };
    }
    return {};
  }
}

function checkIn(played: Played): TapeCheck | undefined {
  if (played.kind === 'turn') return played.record.check;
  return played.kind === 'end' ? played.end.check : undefined;
}

/** `{"turn":12…`: read without the rest, which most often is not wanted. */
function turnIn({ kind, data }: TapeRecord): number | undefined {
  if (kind !== 'turn') return undefined;
  return Number(/^\{"turn":(\d+)/.exec(data.subarray(0, 40).toString('latin1'))?.[1] ?? Number.NaN);
}

/** The tape's own header and its session record say the same of who wrote it. */
function headerDamage({ env, account, version, yesPrice, startedAt }: TapeReader['header'], header: SessionHeader) {
  const pairs = [
    ['environment', env, header.env],
    ['account', account, header.account],
    ['version', version, header.code],
    ['scale of prices', yesPrice ? 'YES' : 'NO', 'YES'],
  ] as const;
  const clues = pairs.flatMap(([what, told, said]) =>
    told === undefined || told === said ? [] : [`the tape's header names ${what} ${told}, its session record ${said}`],
  );
  return clues.length === 0 ? [] : [{ fromTurn: 0, untilTurn: 0, from: startedAt, until: startedAt, clues }];
}

function line(intent: Intent | null): string | null {
  return intent === null ? null : intentLine(intent).trimEnd();
}

function brokeText(broke: string | undefined): string | null {
  return broke === undefined ? null : `the engine breaks: ${broke}`;
}
