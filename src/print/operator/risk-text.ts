/** Limits for people: a row each, used of allowed, what fills it, and who set it. */
import { clockText, type Glyphs, type Zone } from '../../format.ts';
import type { FreezeRow } from '../../lib/app/risk/freezes.ts';
import type { LimitOrigin } from '../../lib/app/risk/limit-origins.ts';
import type { RiskReport } from '../../lib/app/risk/risk-of.ts';
import { LIMITS } from '../../lib/core/risk/limits.ts';
import type { Parts } from '../../lib/core/risk/risk-book.ts';
import type { LimitBar } from '../../lib/core/risk/risk-view.ts';
import { figureText, limitBar, partsText } from '../../limit-bar.ts';
import { type TextColumn, type TextLayout, textTable } from '../text-table.ts';

export interface LimitRow {
  readonly bar: LimitBar;
  readonly origins: readonly LimitOrigin[];
  /** What the configuration here allows, where the trader's own limit is another. */
  readonly configured?: number;
}

const BAR_CELLS = 16;

/** With who set each, for scripts; people read that once, below. */
export function plainLimitColumns(signs: Glyphs): readonly TextColumn<LimitRow>[] {
  const part = (name: keyof Parts) => ({
    ...{ title: name, align: 'right' as const, leaves: 3 },
    cell: ({ bar: { parts, limit } }: LimitRow) =>
      parts === undefined ? '' : figureText(LIMITS[limit].unit, parts[name], signs),
  });
  const setBy = { title: 'SET BY', align: 'left', leaves: 2, cell: (row: LimitRow) => originText(row, signs) } as const;
  const columns = limitColumns(signs).slice(0, -1);
  return [...columns, part('held'), part('resting'), part('inFlight'), part('unknown'), setBy];
}

/** Who set each limit that is shown, a line for each place. */
export function originLines(rows: readonly LimitRow[], { signs, width }: TextLayout): readonly string[] {
  const byOrigin = new Map<string, Set<string>>();
  for (const row of rows) {
    const text = originText(row, signs);
    byOrigin.set(text, (byOrigin.get(text) ?? new Set()).add(row.bar.limit));
  }
  return [...byOrigin].flatMap(([origin, limits]) => wrapped(`set by ${origin}:`, [...limits], width));
}

/** Words after a head, on as many lines as they need. */
function wrapped(head: string, words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = head;
  for (const [index, word] of words.entries()) {
    const text = index < words.length - 1 ? `${word},` : word;
    if (line.length + 1 + text.length > width && line.trim() !== '') {
      lines.push(line);
      line = `  ${text}`;
    } else line = `${line} ${text}`;
  }
  return [...lines, line];
}

/** When nothing rests, a line a series: before the close, after it, the next one, and who set it. */
export function freezeLines(rows: readonly FreezeRow[], zone: Zone, layout: TextLayout): readonly string[] {
  if (rows.length === 0) return [];
  const columns: readonly TextColumn<FreezeRow>[] = [
    { title: 'FREEZE', align: 'left', leaves: 0, cell: ({ seriesTicker }) => seriesTicker },
    { title: 'BEFORE CLOSE', align: 'right', leaves: 0, cell: ({ beforeMs }) => `${beforeMs / 1_000} s` },
    { title: 'AFTER', align: 'right', leaves: 1, cell: ({ afterMs }) => `${afterMs / 1_000} s` },
    { title: 'NEXT', align: 'left', leaves: 2, cell: (row) => nextFreezeText(row, zone, layout.signs) },
    {
      ...{ title: 'SET BY', align: 'left', leaves: 3 },
      cell: ({ isOwn, origins: [said] }) =>
        `${isOwn ? 'its own clock' : 'the general freeze'}, ${said?.origin ?? 'built in'}`,
    },
  ];
  return ['', ...textTable(columns, rows, layout)];
}

function nextFreezeText({ next, frozen }: FreezeRow, zone: Zone, signs: Glyphs): string {
  const now = frozen === 0 ? [] : [`${signs.halted} ${frozen} frozen now`];
  const coming = next === undefined ? [] : [`${clockText(next.at, zone)} ${next.ticker}`];
  return [...now, ...coming].join(', ');
}

export function limitColumns(signs: Glyphs): readonly TextColumn<LimitRow>[] {
  return [
    { title: 'LIMIT', align: 'left', leaves: 0, cell: ({ bar }) => `${mark(bar, signs)}${bar.limit}` },
    {
      ...{ title: 'OF', align: 'left', leaves: 1, shrinks: { good: 21, least: 12 } },
      cell: ({ bar }) => bar.subject ?? '',
    },
    { title: 'FULL', align: 'left', leaves: 1, cell: ({ bar }) => limitBar(bar, BAR_CELLS, signs) },
    {
      title: 'USED',
      align: 'right',
      leaves: 0,
      cell: ({ bar }) => figureText(LIMITS[bar.limit].unit, bar.used, signs),
    },
    {
      ...{ title: 'ALLOWED', align: 'right', leaves: 0 },
      cell: ({ bar }) => figureText(LIMITS[bar.limit].unit, bar.allowed, signs),
    },
    {
      title: 'FILLED BY',
      align: 'left',
      leaves: 2,
      cell: ({ bar }) => partsText(LIMITS[bar.limit].unit, bar.parts, signs),
    },
  ];
}

/** Colour is never the only sign. */
function mark({ used, allowed }: LimitBar, signs: Glyphs): string {
  return used !== undefined && used > allowed ? `${signs.halted} ` : '';
}

function originText({ bar, origins, configured }: LimitRow, signs: Glyphs): string {
  const { unit, keys } = LIMITS[bar.limit];
  const said = keys.length === 0 ? 'the exchange' : [...new Set(origins.map(({ origin }) => origin))].join(', ');
  const now = configured === undefined ? '' : `, which says ${figureText(unit, configured, signs)} now`;
  return `${said === '' ? 'built in' : said}${now}`;
}

/** Whose figures these are, and what they do not hold. */
export function sourceLine({ source, view }: RiskReport, what: string, env: string, zone: Zone): string {
  const at = clockText(view.at, zone);
  switch (source) {
    case 'trader':
      return `${env.toUpperCase()}  ${what} as the running trader has them at ${at}`;
    case 'exchange':
      return `${env.toUpperCase()}  no trader answers: ${what} from the journal and the exchange, read at ${at}`;
    case 'journal':
      return `${env.toUpperCase()}  no trader answers: ${what} from the journal alone at ${at}; the account may have moved since`;
    default:
      return source satisfies never;
  }
}
