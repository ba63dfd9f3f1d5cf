/** Halts, limits as bars, and the last lines of the log. A halt stays on the screen as long as it is on. */
import { amountText, barText, type Glyphs, stampText, timeText } from '../format.ts';
import type { EpochMs } from '../lib/core/units.ts';
import type { LimitView, LogLine, TraderView } from '../lib/core/view.ts';
import { cut, fitted, type Line, plain, widthOf } from './line.ts';
import { isTraderSilent } from './staleness.ts';

const EVERYTHING = '*';
const BARS = [10, 6, 3] as const;
/** A limit used beyond this part of it is marked. */
const NEAR = 0.8;

/** At most `lines`; when there are more halts those on everything come first, and the last line counts the rest. */
export function haltLines(view: TraderView, width: number, lines: number, signs: Glyphs): readonly Line[] {
  const { halts } = view;
  const isAll = halts.length <= lines;
  const isEverywhere = ({ scope }: TraderView['halts'][number]) => scope === EVERYTHING;
  const widestFirst = [...halts.filter(isEverywhere), ...halts.filter((halt) => !isEverywhere(halt))];
  const shown = isAll ? halts : widestFirst.slice(0, lines - 1);
  const text = shown.map(({ name, scope, reason, since, until }) => {
    const where = scope === EVERYTHING ? 'everything' : scope;
    const end = until === undefined ? '' : ` until ${timeText(until)}`;
    return `${signs.halted} ${name} ${where}: ${reason} (since ${timeText(since)}${end})`;
  });
  if (!isAll) text.push(`${signs.halted} and ${halts.length - shown.length} halts more`);
  return text.map((line) => cut([{ text: line, color: 'red' }], width));
}

/** All limits with the longest bars that fit; when none do, those nearest to their end come first. */
export function limitLine(view: TraderView, now: EpochMs, width: number, signs: Glyphs): Line {
  const stamp: readonly Line[] = isTraderSilent(view, now) ? [[plain(`! ${stampText(view.at, now)}`)]] : [];
  for (const bar of BARS) {
    const items = [...stamp, ...view.limits.map((limit) => limitItem(limit, bar, signs))];
    const line = fitted(items, width);
    if (widthOf(line) === widthOf(fitted(items, Number.POSITIVE_INFINITY))) return line;
  }
  const nearest = view.limits.toSorted((a, b) => partOf(b) - partOf(a));
  return fitted([...stamp, ...nearest.map((limit) => limitItem(limit, BARS[0], signs))], width);
}

function limitItem(limit: LimitView, bar: number, signs: Glyphs): Line {
  const part = partOf(limit);
  const said = `${limit.name} ${amountText(limit.used)}/${amountText(limit.limit)} `;
  const drawn = barText(part, bar, signs);
  if (part < NEAR) return [plain(said + drawn)];
  return [plain(said), { text: `${drawn}!`, color: part >= 1 ? 'red' : 'yellow' }];
}

function partOf({ used, limit }: LimitView): number {
  return limit === 0 ? 1 : used / limit;
}

/** For so long a warning or an error is not pushed out by what is merely told. */
const WARNING_STAYS_MS = 10 * 60_000;

/** The newest at the bottom. All lines but one are kept for errors, then warnings, of the last minutes, where there are so many. */
export function logLines(view: TraderView, now: EpochMs, width: number, lines: number, signs: Glyphs): readonly Line[] {
  const shown = lines === 0 ? [] : chosen(view.log, now, lines);
  const drawn = shown.map((line) => cut(logLine(line, signs), width));
  return [...drawn, ...Array.from({ length: lines - drawn.length }, (): Line => [plain(' ')])];
}

function chosen(log: readonly LogLine[], now: EpochMs, lines: number): readonly LogLine[] {
  const others = log.slice(0, -1);
  const recent = (wanted: LogLine['level']) =>
    others.filter(({ at, level }) => level === wanted && now - at < WARNING_STAYS_MS);
  // A new life of the trader warns of what it has found: that the old one died must not leave the screen for it.
  const kept = new Set(lines === 1 ? [] : [...recent('warn'), ...recent('error')].slice(1 - lines));
  const told = others.filter((line) => !kept.has(line));
  for (const line of told.toReversed().slice(0, lines - 1 - kept.size)) kept.add(line);
  return log.filter((line, index) => index === log.length - 1 || kept.has(line));
}

function logLine({ at, level, text }: LogLine, signs: Glyphs): Line {
  const time = `${timeText(at)} `;
  switch (level) {
    case 'debug':
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
