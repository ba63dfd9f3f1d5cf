/** One turn, from what has arrived to what is sent: decided, on the tape, in the journal with its fsync, and only then out. */
import { reasonOf } from '../../adapters/store/problem.ts';
import type { Engine } from '../../core/engine.ts';
import type { Intent } from '../../core/intents.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Gateway, Journal } from '../../ports.ts';
import type { IntentsHash } from './tape/intents-hash.ts';
import type { SessionTape } from './tape/session-tape.ts';

export interface TurnOptions {
  readonly engine: Engine;
  readonly tape: SessionTape;
  readonly journal: Journal;
  readonly hash: IntentsHash;
  readonly gateway: Gateway;
  /** Decided, not yet written. */
  readonly onIntents?: (intents: readonly Intent[]) => void;
}

/** Throws JournalFailure: then nothing was sent. */
export function sendTurn(
  { engine, tape, journal, hash, gateway, onIntents }: TurnOptions,
  turn: number,
  at: EpochMs,
): void {
  const intents = decided(engine, tape, turn, at);
  tape.turn(at, turn, intents);
  if (intents.length === 0) return;
  onIntents?.(intents);
  // With the tape, which has them also where the journal cannot take them.
  hash.add(intents);
  journal.commitTurn({ turn, at, intents });
  gateway.submit(intents);
}

/** A turn that breaks an invariant is on the tape as well: a replay breaks in it too. */
function decided(engine: Engine, tape: SessionTape, turn: number, at: EpochMs): readonly Intent[] {
  try {
    return engine.apply({ type: 'turn', at, turn });
  } catch (error) {
    tape.broke(at, turn, reasonOf(error));
    throw error;
  }
}
