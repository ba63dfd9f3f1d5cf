/** Tells the engine at the start what was learned of proxies before, and keeps what it learns: with each new strike, and at the end. */

import { reasonOf } from '../../adapters/store/problem.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { SessionLog } from '../session/session-log.ts';
import type { SessionPart } from '../session/session-part.ts';
import { keepOffset, keptOffset, type ProxyIndex } from './kept-offsets.ts';

export interface OffsetMemoryOptions {
  readonly directory: string;
  readonly proxies: readonly ProxyIndex[];
  readonly engine: Pick<Engine, 'learnedOf'>;
  readonly log: Pick<SessionLog, 'say'>;
  readonly emit: (event: EngineEvent) => void;
}

const EVERY_MS = 5_000;

export class OffsetMemory implements SessionPart {
  readonly #options: OffsetMemoryOptions;
  /** By index, how many strikes stood behind what is kept. */
  readonly #seen = new Map<string, number>();
  #keptAt: number | undefined;
  #isWarned = false;

  constructor(options: OffsetMemoryOptions) {
    this.#options = options;
  }

  tick(now: EpochMs): void {
    if (this.#keptAt === undefined) this.#restore(now);
    else if (now - this.#keptAt < EVERY_MS) return;
    this.#keptAt = now;
    this.#keep();
  }

  stop(): void {
    if (this.#keptAt !== undefined) this.#keep();
  }

  #restore(at: EpochMs): void {
    const { directory, proxies, emit, log } = this.#options;
    for (const proxy of proxies) {
      const found = keptOffset(directory, proxy, at);
      if (found.kind === 'none') continue;
      log.say('info', found.text);
      if (found.kind === 'refused') continue;
      const { index } = proxy;
      this.#seen.set(index, found.learned.seen);
      emit({ type: 'proxy_restored', at, index, learned: found.learned });
    }
  }

  #keep(): void {
    const { directory, proxies, engine, log } = this.#options;
    for (const proxy of proxies) {
      const learned = engine.learnedOf(proxy.index);
      if (learned === undefined || learned.seen === 0 || learned.seen === this.#seen.get(proxy.index)) continue;
      try {
        keepOffset(directory, proxy, learned);
        this.#seen.set(proxy.index, learned.seen);
        this.#isWarned = false;
      } catch (error) {
        if (!this.#isWarned) log.say('warn', `what was learned of ${proxy.index} cannot be kept: ${reasonOf(error)}`);
        this.#isWarned = true;
      }
    }
  }
}
