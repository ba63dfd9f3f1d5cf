/** What comes next, in a few words: "freeze KXBTC15M-…", "news CPI", "maintenance". */
import type { NextThing } from './lib/core/clock/countdown.ts';

export function nextText({ kind, name }: NextThing): string {
  return kind === 'maintenance' ? kind : `${kind} ${name}`;
}
