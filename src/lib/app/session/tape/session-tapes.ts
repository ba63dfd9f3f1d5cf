/** Where the tapes of sessions lie, and which sessions have left one: what an older database cannot know of. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../../config/home.ts';

export function tapeOf({ tapes }: Pick<Home, 'tapes'>, session: number): string {
  return join(tapes, `session-${String(session).padStart(6, '0')}.tape`);
}

/** The highest number of a session whose tape is here; 0: none. */
export function newestTape({ tapes }: Pick<Home, 'tapes'>): number {
  if (!existsSync(tapes)) return 0;
  const numbers = readdirSync(tapes).map((name) => Number(/^session-(\d+)\.tape$/.exec(name)?.[1] ?? 0));
  return numbers.reduce((newest, number) => Math.max(newest, number), 0);
}
