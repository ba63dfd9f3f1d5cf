/**
 * All lines of the screen at a given size. 80×24 holds everything; below it the screen says so and shows the overview only.
 * As height grows the ladder deepens first, then the list of markets, then the log.
 */
import type { Glyphs } from '../format.ts';
import type { EpochMs } from '../lib/core/units.ts';
import type { TraderView } from '../lib/core/view.ts';
import { headerLines } from './header.ts';
import { footerText, KEY_PAGE, type ScreenMode } from './keys.ts';
import { LADDER_FRAME_LINES, ladderLines } from './ladder.ts';
import { cut, dimmed, type Line, plain } from './line.ts';
import { moneyLines } from './money.ts';
import { haltLines, limitLine, logLines } from './notices.ts';
import { overviewLines } from './overview.ts';
import { riskLines } from './risk.ts';
import { isTraderSilent } from './staleness.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ScreenState {
  readonly view: TraderView;
  /** The screen's own clock, on the trader's scale. */
  readonly now: EpochMs;
  readonly selected: string | undefined;
  readonly mode: ScreenMode;
}

const SMALLEST: ScreenSize = { columns: 80, rows: 24 };
const OVERVIEW_FRAME_LINES = 2;
const HALT_LINES_MAX = 2;
const LEVELS_MAX = 12;
const LOG_LINES_MIN = 2;

/** At most `rows − 1` lines: a full last line would make the terminal scroll. */
export function screenLines(state: ScreenState, size: ScreenSize, signs: Glyphs): readonly Line[] {
  const lines = size.rows - 1;
  const isSmall = size.columns < SMALLEST.columns || size.rows < SMALLEST.rows;
  const top = headerLines(state.view, state.now, size.columns, signs);
  const footer = [footerLine(state, size.columns, signs)];
  const body = isSmall ? smallBody(state, size, lines - 3, signs) : fullBody(state, size.columns, lines - 3, signs);
  const padding = Array.from({ length: Math.max(0, lines - 3 - body.length) }, (): Line => [plain(' ')]);
  return [...top, ...body.slice(0, Math.max(0, lines - 3)), ...padding, ...footer].slice(0, Math.max(1, lines));
}

function fullBody(state: ScreenState, width: number, lines: number, signs: Glyphs): readonly Line[] {
  const { view, now, selected } = state;
  if (state.mode === 'keys') return [[plain(' ')], ...KEY_PAGE.map((text): Line => cut([plain(text)], width))];
  const halts = haltLines(view, width, HALT_LINES_MAX, signs);
  if (state.mode === 'risk') return [...halts, ...riskLines({ view, now, width, lines: lines - halts.length, signs })];
  if (state.mode === 'money') {
    return [...halts, ...moneyLines({ view, now, selected, width, lines: lines - halts.length, signs })];
  }
  const limits = view.limits.length === 0 ? [] : [limitLine(view, now, width, signs)];
  const free = lines - halts.length - limits.length - LOG_LINES_MIN - OVERVIEW_FRAME_LINES - LADDER_FRAME_LINES;
  const rows = Math.max(1, Math.min(view.markets.length, Math.max(free - 2 * LEVELS_MAX, Math.floor(free / 2))));
  const market = view.markets.find(({ ticker }) => ticker === selected);
  const levels = Math.max(1, Math.min(LEVELS_MAX, Math.floor((free - rows) / 2)));
  const overview = overviewLines({ view, now, selected, width, rows, signs });
  const ladder = market === undefined ? [] : ladderLines({ view, market, now, width, levels, signs });
  const log = lines - halts.length - limits.length - overview.length - ladder.length;
  const tail = [...limits, ...logLines(view, now, width, Math.max(0, log), signs)];
  return [...halts, ...overview, ...ladder, ...(isTraderSilent(view, now) ? tail.map(dimmed) : tail)];
}

function smallBody(state: ScreenState, size: ScreenSize, lines: number, signs: Glyphs): readonly Line[] {
  const { view, now, selected } = state;
  const here = `${size.columns}x${size.rows}`;
  const notice: Line = [
    { text: `! ${here} is below ${SMALLEST.columns}x${SMALLEST.rows}: overview only`, color: 'yellow' },
  ];
  const halts = haltLines(view, size.columns, 1, signs);
  const rows = Math.max(1, lines - 1 - halts.length - OVERVIEW_FRAME_LINES);
  const overview = overviewLines({ view, now, selected, width: size.columns, rows, signs });
  return [cut(notice, size.columns), ...halts, ...overview.map((line) => cut(line, size.columns))];
}

function footerLine({ mode, view }: ScreenState, width: number, signs: Glyphs): Line {
  const text = footerText(mode, view.state, signs);
  return cut([mode === 'asking-kill' ? { text, color: 'red', isBold: true, isInverse: true } : plain(text)], width);
}
