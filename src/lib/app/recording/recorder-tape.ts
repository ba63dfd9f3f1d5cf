/** What a recorder that runs alone puts on its tape. No order is among it: nothing here is ever sent but what reads. */
import type { TapeGap } from '../../adapters/store/tape-format.ts';
import type { OpenTape } from '../../adapters/store/tape-writer.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { WireReply, WireRequest } from '../../ports.ts';
import { scrub } from '../keys/secret.ts';
import type { CallTape } from '../session/tape/recorded-wire.ts';

/** The last record of a tape without an engine: what is on it. */
export interface RecordingEnd {
  /** In order of appearance. */
  readonly markets: readonly string[];
  readonly frames: number;
  /** Why it ended: a signal, `--for`, the end of a file. */
  readonly by: string;
}

const NO_CONNECTION = 0;

type AppendedTape = Pick<OpenTape, 'append' | 'failure' | 'dropped'>;

export class RecorderTape implements CallTape {
  readonly #tape: AppendedTape;
  /** An answer that comes while the file is being closed is no part of the recording, and nothing that it lost. */
  #isOver = false;

  constructor(tape: AppendedTape) {
    this.#tape = tape;
  }

  frame(at: EpochMs, conn: number, frame: Buffer): void {
    this.#append('frame', at, conn, frame);
  }

  sent(at: EpochMs, conn: number, command: string): void {
    this.#append('sent', at, conn, scrub(command));
  }

  event(event: EngineEvent): void {
    this.#append('event', event.at, NO_CONNECTION, scrub(JSON.stringify(event)));
  }

  gap(at: EpochMs, conn: number, gap: TapeGap): void {
    this.#append('gap', at, conn, JSON.stringify(gap));
  }

  asked(request: WireRequest, at: EpochMs): void {
    this.#append('sent', at, NO_CONNECTION, scrub(JSON.stringify({ request })));
  }

  exchange(request: WireRequest, reply: WireReply, at: EpochMs): void {
    this.#append('rest', at, NO_CONNECTION, scrub(JSON.stringify({ request, reply })));
  }

  end(at: EpochMs, end: RecordingEnd): void {
    this.#append('end', at, NO_CONNECTION, JSON.stringify(end));
    this.#isOver = true;
  }

  get failure(): string | undefined {
    return this.#tape.failure;
  }

  get dropped(): number {
    return this.#tape.dropped;
  }

  #append(...record: Parameters<OpenTape['append']>): void {
    if (!this.#isOver) this.#tape.append(...record);
  }
}
