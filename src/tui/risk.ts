/** The page of limits: each a bar with what is held, resting, in flight and of unknown fate in it, the totals first. */
import { type Glyphs, stampText } from '../format.ts';
import type { EpochMs } from '../lib/core/units.ts';
import type { LimitBarView, TraderView } from '../lib/core/view.ts';
import { figureText, legendText, limitBar } from '../limit-bar.ts';
import { cut, dimmed, type Line, plain, type Span } from './line.ts';
import { isTraderSilent } from './staleness.ts';
import { type Column, table } from './table.ts';

interface RiskRequest {
  readonly view: TraderView;
  readonly now: EpochMs;
  readonly width: number;
  readonly lines: number;
  readonly signs: Glyphs;
}

const BAR_CELLS = 16;
/** A limit used beyond this part of it is marked. */
const NEAR = 0.8;
/** Title, head of the table, legend. */
const FRAME_LINES = 3;

export function riskLines({ view, now, width, lines, signs }: RiskRequest): readonly Line[] {
  const { bars = [] } = view;
  const isSilent = isTraderSilent(view, now);
  const rows = Math.max(0, lines - FRAME_LINES);
  const shown = bars.slice(0, rows);
  const count = shown.length < bars.length ? `the first ${shown.length} of ${bars.length}` : String(bars.length);
  const title: Span[] = [{ text: bars.length === 0 ? 'limits: none yet' : `limits ${count}`, isBold: true }];
  if (isSilent) title.push({ text: `  ! ${stampText(view.at, now)}`, color: 'yellow' });
  const laid = table(columnsOf(signs), shown, width, signs);
  const body = [laid.head, ...laid.rows, cut([plain(legendText(signs))], width)];
  return [title, ...(isSilent ? body.map(dimmed) : body)];
}

/** They leave from the highest number down: what fills it in figures, then whose it is. */
function columnsOf(signs: Glyphs): readonly Column<LimitBarView>[] {
  const figure = (title: string, of: (bar: LimitBarView) => number | undefined): Column<LimitBarView> => ({
    ...{ title, align: 'right', leaves: 0 },
    cell: (bar) => plain(figureText(bar.unit, of(bar), signs)),
  });
  return [
    { title: '  limit', align: 'left', leaves: 0, cell: (bar) => nameSpan(bar, signs) },
    {
      ...{ title: 'of', align: 'left', leaves: 1, shrinks: { good: 20, least: 10 } },
      cell: ({ subject = '' }) => plain(subject),
    },
    { title: 'full', align: 'left', leaves: 0, cell: (bar) => barSpan(bar, signs) },
    figure('used', ({ used }) => used),
    figure('allowed', ({ allowed }) => allowed),
    { title: 'held+resting+in flight+unknown', align: 'left', leaves: 2, cell: (bar) => plain(sumText(bar, signs)) },
  ];
}

/** "64 + 30 + 10 + 8" */
function sumText({ unit, parts }: LimitBarView, signs: Glyphs): string {
  if (parts === undefined) return '';
  const { held, resting, inFlight, unknown } = parts;
  return [held, resting, inFlight, unknown].map((part) => figureText(unit, part, signs)).join(' + ');
}

function nameSpan(bar: LimitBarView, signs: Glyphs): Span {
  const part = partOf(bar);
  const sign = part >= 1 ? signs.halted : part >= NEAR ? '!' : ' ';
  return { text: `${sign} ${bar.limit.replaceAll('_', ' ')}`, ...lookOf(part) };
}

function barSpan(bar: LimitBarView, signs: Glyphs): Span {
  return { text: limitBar(bar, BAR_CELLS, signs), ...lookOf(partOf(bar)) };
}

function lookOf(part: number): Pick<Span, 'color'> {
  if (part < NEAR) return {};
  return { color: part >= 1 ? 'red' : 'yellow' };
}

function partOf({ used = 0, allowed }: LimitBarView): number {
  if (used === 0) return 0;
  return allowed > 0 ? used / allowed : 1;
}
