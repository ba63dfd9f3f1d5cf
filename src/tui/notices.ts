/** Halts, limits as bars, and the last lines of the log. A halt stays on the screen as long as it is on. */
import { amountText, barText, type Glyphs, timeText } from '../format.ts';
import type { LimitView, LogLine, TraderView } from '../lib/core/view.ts';
import { cut, fitted, type Line, plain } from './line.ts';

const EVERYTHING = '*';
const BAR = 10;
/** A limit used beyond this part of it is marked. */
const NEAR = 0.8;

/** At most `lines`; when there are more halts the last line counts the rest. */
export function haltLines(view: TraderView, width: number, lines: number, signs: Glyphs): readonly Line[] {
  const { halts } = view;
  const isAll = halts.length <= lines;
  const shown = isAll ? halts : halts.slice(0, lines - 1);
  const text = shown.map(({ name, scope, reason, since, until }) => {
    const where = scope === EVERYTHING ? 'everything' : scope;
    const end = until === undefined ? '' : ` until ${timeText(until)}`;
    return `${signs.halted} ${name} ${where}: ${reason} (since ${timeText(since)}${end})`;
  });
  if (!isAll) text.push(`${signs.halted} and ${halts.length - shown.length} halts more`);
  return text.map((line) => cut([{ text: line, color: 'red' }], width));
}

export function limitLine(view: TraderView, width: number, signs: Glyphs): Line {
  return fitted(
    view.limits.map((limit) => limitItem(limit, signs)),
    width,
  );
}

function limitItem({ name, used, limit }: LimitView, signs: Glyphs): Line {
  const part = limit === 0 ? 1 : used / limit;
  const said = `${name} ${amountText(used)}/${amountText(limit)} `;
  const bar = barText(part, BAR, signs);
  if (part < NEAR) return [plain(said + bar)];
  return [plain(said), { text: `${bar}!`, color: part >= 1 ? 'red' : 'yellow' }];
}

/** The newest at the bottom. */
export function logLines(view: TraderView, width: number, lines: number, signs: Glyphs): readonly Line[] {
  const shown = lines === 0 ? [] : view.log.slice(-lines);
  const drawn = shown.map((line) => cut(logLine(line, signs), width));
  return [...drawn, ...Array.from({ length: lines - drawn.length }, (): Line => [plain(' ')])];
}

function logLine({ at, level, text }: LogLine, signs: Glyphs): Line {
  const time = `${timeText(at)} `;
  switch (level) {
    case 'info':
      return [plain(`${time}  ${text}`)];
    case 'warn':
      return [plain(time), { text: `! ${text}`, color: 'yellow' }];
    case 'error':
      return [plain(time), { text: `${signs.cross} ${text}`, color: 'red' }];
    default:
      return level satisfies never;
  }
}
