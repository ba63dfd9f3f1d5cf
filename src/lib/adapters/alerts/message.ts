/** What a channel is to say, before it is put in the channel's own words: plain text, cleaned already. Types and limits. */
import type { AlertChange, Priority } from '../../core/alerts/condition.ts';
import type { EpochMs } from '../../core/units.ts';

export interface MessageItem {
  readonly id: number;
  readonly key: string;
  readonly priority: Priority;
  readonly change: AlertChange;
  readonly text: string;
  readonly at: EpochMs;
}

/** One alert, or several in one message. */
export interface AlertMessage {
  readonly env: string;
  /** The loudest of `items`. */
  readonly priority: Priority;
  /** One line, e.g. `PROD critical: halt LOSS_DAY`. */
  readonly title: string;
  /** A line for each item. */
  readonly lines: readonly string[];
  readonly items: readonly MessageItem[];
  readonly at: EpochMs;
}

/** A body that is posted as it is. */
export interface Body {
  readonly json: string;
  /** Of the channel's address: ntfy takes JSON at its root alone. */
  readonly address: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Text in code points; what is cut off is marked. */
export function fitted(text: string, lengthMax: number): string {
  // A string has at most twice as many units as code points.
  const points = [...text.slice(0, 2 * lengthMax + 2)];
  return points.length <= lengthMax ? text : `${points.slice(0, lengthMax - 1).join('')}…`;
}

/** The same where the limit is in bytes of UTF-8. */
export function fittedBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  const mark = '…';
  const cut = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    Buffer.from(text).subarray(0, bytesMax - Buffer.byteLength(mark)),
    // A sign that was cut in two is left out.
    { stream: true },
  );
  return cut + mark;
}

/** One line whose written form, whatever escaping adds to it, is no longer than that. */
export function fittedWritten(line: string, lengthMax: number, write: (line: string) => string): string {
  let length = lengthMax;
  let written = write(fitted(line, length));
  while (written.length > lengthMax && length > 1) {
    length = Math.min(length - 1, Math.floor((length * lengthMax) / written.length));
    written = write(fitted(line, length));
  }
  return written;
}

/** As many whole lines as fit, each written by `write`; the last line says how many were left out. */
export function fittedLines(lines: readonly string[], lengthMax: number, write: (line: string) => string): string {
  const written: string[] = [];
  let length = 0;
  for (const [index, line] of lines.entries()) {
    const left = lines.length - index - 1;
    const room = lengthMax - length - (left > 0 ? more(left).length + 1 : 0);
    const whole = write(line);
    // The first is cut rather than left out.
    if (whole.length > room && index > 0) return [...written, more(left + 1)].join('\n');
    written.push(whole.length > room ? fittedWritten(line, room, write) : whole);
    length += (written.at(-1)?.length ?? 0) + 1;
  }
  return written.join('\n');
}

function more(count: number): string {
  return `… and ${count} more: kmm alert list`;
}
