/**
 * Feeds an engine what a session's tape holds, record by record, through the same translation that live has, and gives each
 * turn with both answers: what the tape says was asked for, and what this code asks for.
 */
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import { reasonOf } from '../../adapters/store/problem.ts';
import type { TapeRecord } from '../../adapters/store/tape-reader.ts';
import { Engine, type EngineConfig } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { Intent } from '../../core/intents.ts';
import { completed } from '../../core/parameters.ts';
import type { EpochMs } from '../../core/units.ts';
import { subaccountOf } from '../exchange/account-name.ts';
import type { SessionEnd, SessionHeader, TurnRecord } from '../session/tape/session-tape.ts';
import { referenceOf } from './reference-record.ts';

/** One turn, as it was and as it is derived now. */
export interface PlayedTurn {
  readonly turn: number;
  readonly at: EpochMs;
  readonly recorded: readonly Intent[];
  readonly replayed: readonly Intent[];
  /** The engine broke: then, and now. */
  readonly recordedBreak?: string;
  readonly replayedBreak?: string;
}

/** What a record turned out to be. `events`: what the engine was told by it. */
export type Played =
  | { readonly kind: 'header'; readonly header: SessionHeader }
  | { readonly kind: 'events'; readonly events: readonly EngineEvent[] }
  | { readonly kind: 'turn'; readonly turn: PlayedTurn; readonly record: TurnRecord }
  | { readonly kind: 'end'; readonly end: SessionEnd }
  | { readonly kind: 'beside' };

const NO_INTENTS: readonly Intent[] = [];
const BESIDE: Played = { kind: 'beside' };

export class SessionPlayer {
  #engine: Engine | undefined;
  #broke: string | undefined;
  #subaccount: number | undefined;
  readonly #changed: ((config: EngineConfig) => EngineConfig) | undefined;

  /** @param changed the engine's settings, where it is not to be as it was */
  constructor(changed?: (config: EngineConfig) => EngineConfig) {
    this.#changed = changed;
  }

  /** Undefined before the session's own record. */
  get engine(): Engine | undefined {
    return this.#engine;
  }

  /** What the engine said when it broke: a state from which nothing is decided any more. */
  get broke(): string | undefined {
    return this.#broke;
  }

  /** Throws SyntaxError for a record that is no JSON. */
  take(record: TapeRecord): Played {
    switch (record.kind) {
      case 'session':
        return this.#begin(json(record) as SessionHeader);
      case 'frame':
        return this.#frame(record);
      case 'event':
        return this.#tell([json(record) as EngineEvent]);
      case 'turn':
        return this.#turn(record.at, json(record) as TurnRecord);
      case 'end':
        return { kind: 'end', end: json(record) as SessionEnd };
      case 'reference':
        return this.#tell([referenceOf(record)]);
      case 'lost':
      case 'note':
      case 'rest':
      case 'sent':
      case 'gap':
        return BESIDE;
      default:
        return record.kind satisfies never;
    }
  }

  #frame({ data, conn, at, yesPrice }: TapeRecord): Played {
    return this.#tell(translateFrame(data, { conn, at, yesPrice, subaccount: this.#subaccount }).events);
  }

  #begin(header: SessionHeader): Played {
    this.#subaccount = subaccountOf(header.account);
    const engine = { ...header.engine, parameters: completed(header.engine.parameters) };
    this.#engine = new Engine(this.#changed?.(engine) ?? engine);
    return { kind: 'header', header };
  }

  #tell(events: readonly EngineEvent[]): Played {
    for (const event of events) this.#guarded((engine) => engine.apply(event));
    return { kind: 'events', events };
  }

  #turn(at: EpochMs, record: TurnRecord): Played {
    const { turn, intents: recorded = NO_INTENTS, broke: recordedBreak } = record;
    const replayed = this.#guarded((engine) => engine.apply({ type: 'turn', at, turn })) ?? NO_INTENTS;
    this.#engine?.takeLog();
    this.#engine?.takeInvalid();
    this.#engine?.takeAnswers();
    const replayedBreak = this.#broke;
    return {
      ...{ kind: 'turn', record },
      turn: {
        ...{ turn, at, recorded, replayed },
        ...(recordedBreak !== undefined && { recordedBreak }),
        ...(replayedBreak !== undefined && { replayedBreak }),
      },
    };
  }

  /** What live does: a broken invariant ends all decisions. */
  #guarded<Result>(work: (engine: Engine) => Result): Result | undefined {
    if (this.#engine === undefined || this.#broke !== undefined) return undefined;
    try {
      return work(this.#engine);
    } catch (error) {
      this.#broke = reasonOf(error);
      return undefined;
    }
  }
}

function json({ data }: TapeRecord): unknown {
  return JSON.parse(data.toString());
}
