/**
 * A terminal that shows lines which change: each frame is written over the one before in a single write, line by line, so
 * nothing flickers. It has the terminal's second screen for itself and gives the first one back untouched at the end.
 */
import { stripVTControlCharacters } from 'node:util';
import { fittedText, textWidth } from '../../text-width.ts';

/** The part of a terminal's output stream that is used. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

const ROWS_UNKNOWN = 24;
const COLUMNS_UNKNOWN = 80;

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
/** Terminals that know it show the frame at once; the others leave it aside. */
const BEGIN = '\u001b[?2026h\u001b[H';
const END = '\u001b[J\u001b[?2026l';
const CLEAR_LINE = '\u001b[K';

export class LiveScreen {
  readonly #terminal: Terminal;
  readonly #onResize: () => void;
  readonly #onExit = (): void => this.close();
  #shown = '';
  #isOpen = true;

  /** `redraw` is asked for a frame when the size has changed. */
  constructor(terminal: Terminal, redraw: () => void) {
    this.#terminal = terminal;
    this.#onResize = () => {
      this.#shown = '';
      redraw();
    };
    terminal.write(ENTER);
    terminal.on('resize', this.#onResize);
    // However the process ends, the terminal is as it was.
    process.once('exit', this.#onExit);
  }

  /**
   * Shows as many lines as there is room for, how many more there are, and below them the last of `footer` in at most half
   * of the rows. Nothing is written when nothing has changed.
   */
  draw(lines: readonly string[], footer: readonly string[] = []): void {
    if (!this.#isOpen) return;
    const width = this.#terminal.columns || COLUMNS_UNKNOWN;
    // Some pseudo-terminals say 0.
    const rows = this.#terminal.rows || ROWS_UNKNOWN;
    const below = footer.slice(-Math.max(1, Math.floor(rows / 2)));
    const room = rows - below.length;
    const more = `${lines.length - room + 1} more lines: a taller window shows them`;
    const above = lines.length <= room ? lines : [...lines.slice(0, room - 1), more];
    const frame = [...above, ...below].map((line) => cut(line, width) + CLEAR_LINE).join('\r\n');
    if (frame === this.#shown) return;
    this.#shown = frame;
    this.#terminal.write(BEGIN + frame + END);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#terminal.off('resize', this.#onResize);
    process.off('exit', this.#onExit);
    this.#terminal.write(LEAVE);
  }
}

/** Colours take no room; a line that is too long goes without them. */
function cut(line: string, width: number): string {
  const bare = stripVTControlCharacters(line);
  return textWidth(bare) <= width ? line : fittedText(bare, width);
}
