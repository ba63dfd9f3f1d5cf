/** The last lines of a session for its screen, each handed on as it comes, and none with a secret in it. */
import type { LogLine } from '../../core/view.ts';
import type { Clock } from '../../ports.ts';
import { scrub } from '../keys/secret.ts';
import { LogFilter } from '../log-filter.ts';

const LINES = 200;

export class SessionLog {
  readonly #clock: Clock;
  readonly #onLine: (line: LogLine) => void;
  readonly #filter: LogFilter;
  #lines: readonly LogLine[] = [];

  constructor(clock: Clock, onLine: (line: LogLine) => void, filter = new LogFilter('info')) {
    this.#filter = filter;
    this.#clock = clock;
    this.#onLine = onLine;
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  say(level: LogLine['level'], text: string): void {
    this.add([{ at: this.#clock.now(), level, text }]);
  }

  /** For what is said often: made only where somebody reads it. */
  debug(text: () => string): void {
    if (this.#filter.says('debug')) this.say('debug', text());
  }

  add(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    const heard = lines.filter(({ level }) => this.#filter.says(level));
    if (heard.length === 0) return;
    const clean = heard.map((line) => ({ ...line, text: scrub(line.text) }));
    this.#lines = [...this.#lines, ...clean].slice(-LINES);
    for (const line of clean) this.#onLine(line);
  }
}
