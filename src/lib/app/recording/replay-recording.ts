/**
 * Plays an imported recording with the strategy in force. It holds no turns and no intents: a turn comes with so much of its
 * time, everything asked for is taken as accepted, and nothing is compared.
 */
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import type { TapeReader, TapeRecord } from '../../adapters/store/tape-reader.ts';
import { Engine, type EngineConfig } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import { IntentsHash } from '../session/tape/intents-hash.ts';
import { noteWatched } from '../sim/background.ts';
import { RecordedMarkets } from '../sim/recorded-markets.ts';
import { lostIn } from './lost-records.ts';
import { referenceOf } from './reference-record.ts';
import { isBeyond, type ReplayResult, type Until } from './replay-result.ts';
import type { PlayedTurn } from './session-player.ts';

export class RecordingReplay {
  readonly engine: Engine;
  readonly #tape: TapeReader;
  readonly #turnMs: number;
  readonly #until: Until | undefined;
  readonly #markets: RecordedMarkets;
  readonly #hash = new IntentsHash();
  #frames = 0;
  #turns = 0;
  #lost = 0;
  #turnAt = 0;
  #hasNews = false;
  #last: { readonly turn: number; readonly at: EpochMs } | null = null;

  constructor(tape: TapeReader, config: EngineConfig, turnMs: number, until?: Until) {
    this.engine = new Engine(config);
    this.#markets = new RecordedMarkets(this.engine);
    this.#tape = tape;
    this.#turnMs = turnMs;
    this.#until = until;
  }

  *turns(): Generator<PlayedTurn> {
    for (const record of this.#tape.records()) {
      const isDue = record.kind === 'frame' && this.#hasNews && record.at >= this.#turnAt + this.#turnMs;
      if (isBeyond(this.#until, record.at, isDue ? this.#turns + 1 : undefined)) return;
      if (isDue) yield this.#turn(record.at);
      this.#take(record);
    }
  }

  result(): ReplayResult {
    return {
      ...{ type: 'replay', schemaVersion: 1, tape: this.#tape.path, frames: this.#frames, turns: this.#turns },
      ...{ intents: this.#hash.count, intentsHash: this.#hash.digest() },
      ...{ matches: null, verdict: 'nothing_to_compare', firstDifference: null, hashDifference: null },
      ...{ damage: [], isChecked: false, lost: this.#lost, lostFrom: null, session: null, last: this.#last },
      ...{ ending: 'recording', broke: null, parametersChanged: [], journal: null },
    };
  }

  #take(record: TapeRecord): void {
    const { kind, at, data } = record;
    switch (kind) {
      case 'frame':
        this.#frames += 1;
        for (const event of translateFrame(data, { ...record, at }).events) {
          this.#markets.meet(event);
          this.engine.apply(event);
        }
        this.#hasNews = true;
        return;
      case 'event': {
        const event = JSON.parse(data.toString()) as EngineEvent;
        this.#markets.heard(event);
        this.engine.apply(event);
        return;
      }
      case 'reference':
        this.engine.apply(referenceOf(record));
        this.#hasNews = true;
        return;
      case 'note':
        noteWatched(data, this.#markets.watched);
        return;
      case 'lost':
        this.#lost += lostIn(record);
        return;
      default:
        return;
    }
  }

  #turn(at: EpochMs): PlayedTurn {
    this.#turns += 1;
    this.#turnAt = at;
    this.#hasNews = false;
    const turn = this.#turns;
    const replayed = this.engine.apply({ type: 'turn', at, turn });
    this.engine.takeLog();
    this.engine.takeInvalid();
    this.#hash.add(replayed);
    this.#markets.accept(replayed, at);
    this.#last = { turn, at };
    return { turn, at, recorded: [], replayed };
  }
}
