/** The level of the log in all processes of a run: whoever hears of a new one tells the others. Kept over a trader's death. */
import { epochMs } from '../../core/units.ts';
import type { LogLine } from '../../core/view.ts';
import type { LogLevel } from '../config/config-schema.ts';
import { LogFilter } from '../log-filter.ts';

export interface LogLevelsOptions {
  readonly configured: LogLevel;
  readonly onLog: (line: LogLine) => void;
  /** The trader and the embedded exchange. */
  readonly tell: (level: LogLevel) => void;
}

export class LogLevels {
  readonly #options: LogLevelsOptions;
  readonly #filter: LogFilter;

  constructor(options: LogLevelsOptions) {
    this.#options = options;
    this.#filter = new LogFilter(options.configured);
  }

  get level(): LogLevel {
    return this.#filter.level;
  }

  set(level: LogLevel, by: string): void {
    if (level === this.#filter.level) return;
    this.#filter.set(level);
    this.#options.tell(level);
    // Said whatever the level is: a log that falls silent says why.
    this.#options.onLog({ at: epochMs(Date.now()), level: 'info', text: `the log says ${level} and above (${by})` });
  }

  toggle(by: string): void {
    this.set(this.#filter.toggled(), by);
  }

  say(level: LogLine['level'], text: string): void {
    if (this.#filter.says(level)) this.#options.onLog({ at: epochMs(Date.now()), level, text });
  }
}
