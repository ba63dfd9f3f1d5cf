/**
 * All sources of a session: each is asked in its own time, and what they say is told to the engine as events, on the tape
 * before the engine hears them, so that a replay is told the same at the same turn.
 */
import type { Engine } from '../../core/engine.ts';
import type { ForecastMade } from '../../core/events.ts';
import type { SourceView } from '../../core/view.ts';
import type { Clock } from '../../ports.ts';
import { followedMarkets, marketLooks } from './market-looks.ts';
import { type NamedSource, SourceWatch } from './source-watch.ts';

export interface SourceLoopOptions {
  readonly sources: readonly NamedSource[];
  readonly engine: Engine;
  readonly clock: Clock;
  /** Exchange time per real time. */
  readonly speed: number;
  readonly emit: (event: ForecastMade) => void;
  readonly say: (level: 'info' | 'warn', text: string) => void;
}

export class SourceLoop {
  readonly #watches: readonly SourceWatch[];

  constructor({ sources, engine, clock, speed, emit, say }: SourceLoopOptions) {
    this.#watches = sources.map(
      ({ about, ...source }) =>
        new SourceWatch({
          ...{ ...source, clock, speed, emit, say },
          look: () => marketLooks(engine, clock.now(), about),
          followed: () => followedMarkets(engine, clock.now(), about).map(({ ticker }) => ticker),
        }),
    );
  }

  /** Call about once a second. */
  tick(): void {
    for (const watch of this.#watches) watch.tick();
  }

  stop(): void {
    for (const watch of this.#watches) watch.stop();
  }

  /** Each is read once, whether it is due or not; for whoever has no loop. Never rejects, within the bound of one answer. */
  async readAll(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.look(true)));
  }

  views(): readonly SourceView[] {
    return this.#watches.map((watch) => watch.view());
  }
}
