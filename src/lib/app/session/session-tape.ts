/**
 * How a session writes itself down, and how it is read back: everything the engine was told, in order, and what it
 * asked for at each turn. Frames stay raw; every other input is the event itself.
 */

import type { TapeGap } from '../../adapters/store/tape-format.ts';
import type { OpenTape } from '../../adapters/store/tape-writer.ts';
import type { EngineConfig } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { Intent } from '../../core/intents.ts';
import type { EpochMs } from '../../core/units.ts';
import type { WireReply, WireRequest } from '../../ports.ts';
import { scrub } from '../keys/secret.ts';
import { referenceText } from '../recording/reference-record.ts';

/** First record of a session's tape: all that a replay needs besides the records themselves. */
export interface SessionHeader {
  readonly version: 1;
  readonly env: string;
  readonly account: string;
  readonly code: string;
  readonly engine: EngineConfig;
}

/** A turn as recorded; `intents` is absent when nothing was asked for. */
export interface TurnRecord {
  readonly turn: number;
  readonly intents?: readonly Intent[];
}

/** Last record: what the session thought it did. */
export interface SessionEnd {
  readonly intents: number;
  readonly intentsHash: string;
}

const NO_CONNECTION = 0;

export class SessionTape {
  readonly #tape: OpenTape;

  constructor(tape: OpenTape, header: SessionHeader, at: EpochMs) {
    this.#tape = tape;
    tape.append('session', at, NO_CONNECTION, JSON.stringify(header));
  }

  frame(at: EpochMs, conn: number, frame: Buffer): void {
    this.#tape.append('frame', at, conn, frame);
  }

  event(event: EngineEvent): void {
    if (event.type === 'reference_price' && event.feed === undefined) {
      this.#tape.append('reference', event.at, NO_CONNECTION, referenceText(event));
      return;
    }
    this.#tape.append('event', event.at, NO_CONNECTION, scrub(JSON.stringify(event)));
  }

  turn(at: EpochMs, turn: number, intents: readonly Intent[]): void {
    const record: TurnRecord = intents.length === 0 ? { turn } : { turn, intents };
    this.#tape.append('turn', at, NO_CONNECTION, JSON.stringify(record));
  }

  /** For audit only; the engine learns of it by events. */
  exchange(request: WireRequest, reply: WireReply, at: EpochMs): void {
    this.#tape.append('rest', at, NO_CONNECTION, scrub(JSON.stringify({ request, reply })));
  }

  /** A REST write as it leaves: its answer may never come. */
  asked(request: WireRequest, at: EpochMs): void {
    this.#tape.append('sent', at, NO_CONNECTION, scrub(JSON.stringify({ request })));
  }

  /** A command on the WebSocket as it leaves. */
  sent(at: EpochMs, conn: number, command: string): void {
    this.#tape.append('sent', at, conn, scrub(command));
  }

  /** Nothing was heard in this span, which is over. */
  gap(at: EpochMs, conn: number, gap: TapeGap): void {
    this.#tape.append('gap', at, conn, JSON.stringify(gap));
  }

  note(at: EpochMs, text: string): void {
    this.#tape.append('note', at, NO_CONNECTION, scrub(JSON.stringify({ text })));
  }

  end(at: EpochMs, end: SessionEnd): void {
    this.#tape.append('end', at, NO_CONNECTION, JSON.stringify(end));
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
}
