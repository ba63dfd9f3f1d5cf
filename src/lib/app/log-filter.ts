/** Which lines of the log are worth saying. Changed while kmm runs; the next start has the configured level again. */
import type { LogLine } from '../core/view.ts';
import type { LogLevel } from './config/config-schema.ts';

const RANKS = { debug: 0, info: 1, warn: 2, error: 3 } as const;

export class LogFilter {
  /** What a signal goes back to. */
  readonly #configured: LogLevel;
  #level: LogLevel;

  constructor(configured: LogLevel, level: LogLevel = configured) {
    this.#configured = configured;
    this.#level = level;
  }

  get level(): LogLevel {
    return this.#level;
  }

  set(level: LogLevel): void {
    this.#level = level;
  }

  /** What SIGUSR2 asks for: everything, or again what is configured. */
  toggled(): LogLevel {
    if (this.#level !== 'debug') return 'debug';
    return this.#configured === 'debug' ? 'info' : this.#configured;
  }

  says(level: LogLine['level']): boolean {
    return RANKS[level] >= RANKS[this.#level];
  }
}
