/** What benches of the engine share: the sim's parameters, and recorded frames played through translate and engine. */
import { translateFrame } from '../src/lib/adapters/kalshi/translate.ts';
import { loadConfiguration } from '../src/lib/app/config/config.ts';
import type { PlayedRecord } from '../src/lib/app/recording/replay-books.ts';
import { RecordedMarkets } from '../src/lib/app/sim/recorded-markets.ts';
import { Engine, type EngineConfig } from '../src/lib/core/engine.ts';
import type { Intent } from '../src/lib/core/intents.ts';
import { type EpochMs, epochMs } from '../src/lib/core/units.ts';
import { type BenchFrames, recordedFrames } from './recorded-frames.ts';

/** Composed frames have no receive time: a frame every so often makes a window of them. */
const COMPOSED_STARTS_AT = 1_778_713_271_000;
const COMPOSED_FRAME_MS = 10;

export async function playedFrames(): Promise<BenchFrames> {
  const { source, frames } = await recordedFrames();
  const timed = frames.map((frame, index) =>
    frame.at === 0 ? { ...frame, at: epochMs(COMPOSED_STARTS_AT + index * COMPOSED_FRAME_MS) } : frame,
  );
  return { source, frames: timed };
}

/** Of the sim, but that no message is too late: the recorder's clock was off (data/README.md quirk c). */
export function benchConfig(): EngineConfig {
  const nowhere = '/nonexistent';
  const host = { directory: nowhere, variables: {}, userHome: nowhere, systemFile: nowhere };
  const { parameters } = loadConfiguration({ environment: 'sim', host });
  const quoting = { ...parameters.quoting, messageAgeMsMax: Number.MAX_SAFE_INTEGER };
  return { idPrefix: 'kmm-bench-1', parameters: { ...parameters, quoting } };
}

/** An engine that is played recorded frames; all that it asks for is done at once, and nothing fills. */
export class EnginePlay {
  readonly engine: Engine;
  intents = 0;
  turns = 0;
  readonly #markets: RecordedMarkets;

  constructor(config: EngineConfig) {
    this.engine = new Engine(config);
    this.#markets = new RecordedMarkets(this.engine);
  }

  take({ data, at, conn, yesPrice }: PlayedRecord): void {
    for (const event of translateFrame(data, { at, conn, yesPrice }).events) {
      if (event.type === 'book_snapshot') this.#markets.meet(event);
      this.engine.apply(event);
    }
  }

  turn(at: EpochMs): readonly Intent[] {
    this.turns += 1;
    const intents = this.engine.apply({ type: 'turn', at, turn: this.turns });
    this.intents += intents.length;
    return intents;
  }

  /** Not part of what is measured: the exchange answers, and people read. */
  settle(intents: readonly Intent[], at: EpochMs): void {
    if (intents.length > 0) this.#markets.accept(intents, at);
    this.engine.takeLog();
    this.engine.takeInvalid();
  }
}
