/**
 * How a session writes itself down, and how it is read back: everything the engine was told, in order, and what it
 * asked for at each turn. Frames stay raw; every other input is the event itself.
 */

import type { TapeGap } from '../../../adapters/store/tape-format.ts';
import type { OpenTape } from '../../../adapters/store/tape-writer.ts';
import type { EngineConfig } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import type { Intent } from '../../../core/intents.ts';
import type { EpochMs } from '../../../core/units.ts';
import type { TapeKind, WireReply, WireRequest } from '../../../ports.ts';
import { scrub } from '../../keys/secret.ts';
import { referenceText } from '../../recording/reference-record.ts';
import { IntentsHash } from './intents-hash.ts';
import { DIGEST_CHARACTERS, TapeDigest } from './tape-digest.ts';

/** First record of a session's tape: all that a replay needs besides the records themselves. */
export interface SessionHeader {
  readonly version: 1;
  readonly env: string;
  readonly account: string;
  readonly code: string;
  /** Of Node; absent on tapes from before it was noted. */
  readonly node?: string;
  readonly engine: EngineConfig;
}

/** Over everything before the record that it stands in. */
export interface TapeCheck {
  /** Of the records since the check before. */
  readonly records: string;
  /** Of all intents so far. */
  readonly intents: string;
}

/** A turn as recorded; `intents` is absent when nothing was asked for. */
export interface TurnRecord {
  readonly turn: number;
  readonly intents?: readonly Intent[];
  /** The engine broke in this turn, and this is what it said. */
  readonly broke?: string;
  readonly check?: TapeCheck;
}

/** Last record: what the session thought it did. */
export interface SessionEnd {
  readonly intents: number;
  readonly intentsHash: string;
  /** Those that it knew at the end. */
  readonly markets?: readonly string[];
  readonly check?: TapeCheck;
}

/** A check comes with every turn that asks for something, and after so many records or so long, whichever is first. */
const CHECK_RECORDS = 64;
const CHECK_MS = 1_000;

const NO_CONNECTION = 0;

export class SessionTape {
  readonly #tape: OpenTape;
  readonly #digest = new TapeDigest();
  readonly #intents = new IntentsHash();
  #checkedAt: EpochMs;

  constructor(tape: OpenTape, header: SessionHeader, at: EpochMs) {
    this.#tape = tape;
    this.#checkedAt = at;
    this.#append('session', at, NO_CONNECTION, JSON.stringify(header));
  }

  frame(at: EpochMs, conn: number, frame: Buffer): void {
    this.#append('frame', at, conn, frame);
  }

  event(event: EngineEvent): void {
    if (event.type === 'reference_price' && event.feed === undefined) {
      this.#append('reference', event.at, NO_CONNECTION, referenceText(event));
      return;
    }
    this.#append('event', event.at, NO_CONNECTION, scrub(JSON.stringify(event)));
  }

  turn(at: EpochMs, turn: number, intents: readonly Intent[]): void {
    const isIdle = intents.length === 0;
    const isCheckDue = !isIdle || this.#digest.records >= CHECK_RECORDS || Math.abs(at - this.#checkedAt) >= CHECK_MS;
    const check = isCheckDue ? this.#check(at) : undefined;
    const record: TurnRecord = { turn, ...(!isIdle && { intents }), ...(check !== undefined && { check }) };
    this.#append('turn', at, NO_CONNECTION, JSON.stringify(record));
    this.#intents.add(intents);
  }

  /** The engine broke in this turn, and asked for nothing. */
  broke(at: EpochMs, turn: number, broke: string): void {
    const record: TurnRecord = { turn, broke, check: this.#check(at) };
    this.#append('turn', at, NO_CONNECTION, scrub(JSON.stringify(record)));
  }

  /** For audit only; the engine learns of it by events. */
  exchange(request: WireRequest, reply: WireReply, at: EpochMs): void {
    this.#append('rest', at, NO_CONNECTION, scrub(JSON.stringify({ request, reply })));
  }

  /** A REST write as it leaves: its answer may never come. */
  asked(request: WireRequest, at: EpochMs): void {
    this.#append('sent', at, NO_CONNECTION, scrub(JSON.stringify({ request })));
  }

  /** A command on the WebSocket as it leaves. */
  sent(at: EpochMs, conn: number, command: string): void {
    this.#append('sent', at, conn, scrub(command));
  }

  /** Nothing was heard in this span, which is over. */
  gap(at: EpochMs, conn: number, gap: TapeGap): void {
    this.#append('gap', at, conn, JSON.stringify(gap));
  }

  note(at: EpochMs, text: string): void {
    this.#append('note', at, NO_CONNECTION, scrub(JSON.stringify({ text })));
  }

  end(at: EpochMs, end: Omit<SessionEnd, 'check'>): void {
    this.#append('end', at, NO_CONNECTION, JSON.stringify({ ...end, check: this.#check(at) } satisfies SessionEnd));
  }

  get path(): string {
    return this.#tape.path;
  }

  /** Why nothing can be written at present; absent while all is well. */
  get failure(): string | undefined {
    return this.#tape.failure;
  }

  /** Of the tape's thread; counts on while it lives. */
  get rounds(): number {
    return this.#tape.rounds;
  }

  get dropped(): number {
    return this.#tape.dropped;
  }

  close(): Promise<void> {
    return this.#tape.close();
  }

  #append(kind: TapeKind, at: EpochMs, conn: number, data: Buffer | string): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    this.#digest.add(kind, at, conn, bytes);
    this.#tape.append(kind, at, conn, bytes);
  }

  #check(at: EpochMs): TapeCheck {
    this.#checkedAt = at;
    return { records: this.#digest.take(), intents: this.#intents.digest().slice(0, DIGEST_CHARACTERS) };
  }
}
