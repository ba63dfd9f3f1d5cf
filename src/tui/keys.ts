/** What a key does, and which keys do anything now. Pure: the screen sends verbs, never orders. */
import type { Glyphs } from '../format.ts';
import type { TraderView } from '../lib/core/view.ts';

/** `interrupt` is ^C, which a terminal in raw mode hands over as a key. */
export type ScreenVerb = 'stop' | 'pause' | 'resume' | 'kill' | 'interrupt';

export type ScreenAction =
  | { readonly kind: 'verb'; readonly verb: ScreenVerb }
  | { readonly kind: 'select'; readonly step: 1 | -1 }
  | { readonly kind: 'ask-kill' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'risk' }
  | { readonly kind: 'money' }
  | { readonly kind: 'back' }
  | { readonly kind: 'none' };

/** A key as ink reports it. */
export interface Pressed {
  readonly input: string;
  readonly isUp?: boolean;
  readonly isDown?: boolean;
  readonly isControl?: boolean;
}

/** What the screen is in the middle of: nothing, the question whether to kill, the page of keys, of limits, of money. */
export type ScreenMode = 'normal' | 'asking-kill' | 'keys' | 'risk' | 'money';

const NONE: ScreenAction = { kind: 'none' };

/** Pages beside the overview, by their key. */
const PAGES: Readonly<Record<string, 'money' | 'risk'>> = { '4': 'money', '5': 'risk' };

export function actionOf(pressed: Pressed, mode: ScreenMode, state: TraderView['state']): ScreenAction {
  const { input } = pressed;
  if (pressed.isControl === true) return input === 'c' ? { kind: 'verb', verb: 'interrupt' } : NONE;
  if (mode === 'asking-kill') return input === 'K' ? { kind: 'verb', verb: 'kill' } : { kind: 'back' };
  if (input === 'K') return { kind: 'ask-kill' };
  if (mode === 'keys') return { kind: 'back' };
  if (pressed.isUp === true) return { kind: 'select', step: -1 };
  if (pressed.isDown === true) return { kind: 'select', step: 1 };
  if (input === '?') return { kind: 'keys' };
  if (input === '1' || PAGES[input] === mode) return { kind: 'back' };
  const page = PAGES[input];
  if (page !== undefined) return { kind: page };
  if (isEnding(state)) return NONE;
  if (input === 'q') return { kind: 'verb', verb: 'stop' };
  if (input === 'p') return { kind: 'verb', verb: state === 'paused' ? 'resume' : 'pause' };
  return NONE;
}

/** The last line: the keys that do something now. */
export function footerText(mode: ScreenMode, state: TraderView['state'], signs: Glyphs): string {
  if (mode === 'asking-kill') return 'KILL: cancel everything, stay halted?  [K] again kills, any other key goes back';
  if (mode === 'keys') return 'any key goes back  [K]ill';
  const here = PAGE_NAMES.filter(([key]) => PAGES[key] !== mode);
  const shown = mode === 'normal' ? here : [['1', 'overview'], ...here];
  const page = shown.map(([key, name]) => `[${key}] ${name}`).join('  ');
  const arrows = signs.line === '-' ? '[up/down] market' : '[↑↓] market';
  if (isEnding(state)) return `[K]ill  ${arrows}  ${page}  [?] keys`;
  return `[q] stop  [p] ${state === 'paused' ? 'resume' : 'pause'}  [K]ill  ${arrows}  ${page}  [?] keys`;
}

const PAGE_NAMES: readonly (readonly [key: string, name: string])[] = [
  ['4', 'P&L'],
  ['5', 'limits'],
];

/** The page behind `?`. */
export const KEY_PAGE: readonly string[] = [
  'q        stop: cancel our orders, verify, print the summary, end; positions stay',
  'p        pause: no new exposure, orders that reduce go on; p again resumes',
  'K K      kill: cancel everything on the account, stay halted; takes a second K',
  'up down  choose the market whose ladder is shown',
  '4        positions: cost, mark, profit by market and of the day; 1 goes back',
  '5        every limit as a bar: held, resting, in flight, unknown; 1 goes back',
  '^C       as q; a second ^C ends at once and prints what may still rest',
  '',
  'dimmed and stamped "last 14:02:11, 38 s": what was known then, not what is now',
  'a dash is a price nobody knows; 45? is a quote the exchange has not proved yet',
];

function isEnding(state: TraderView['state']): boolean {
  return state === 'stopping' || state === 'stopped';
}
