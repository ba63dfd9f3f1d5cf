/**
 * `kmm quote` on one screen: the clock, the book of the others, the fair value and why, what moves the reservation price off
 * it, what each half-spread pays for, and what becomes of both prices.
 */

import {
  contractsText,
  countdownText,
  type Glyphs,
  priceText,
  probabilityText,
  timeText,
  type Zone,
} from '../../format.ts';
import type { HeardIndex, QuotedMarket } from '../../lib/app/markets/quote-once.ts';
import type { FairValue } from '../../lib/core/fair-value/types.ts';
import type { Clamp } from '../../lib/core/honesty/belief.ts';
import { plainFigure } from '../../lib/core/plain-figure.ts';
import type { SideDecision } from '../../lib/core/quoting/decide.ts';
import type { Quote, QuoteSide } from '../../lib/core/quoting/quote.ts';
import { type SpreadParts, shiftParts, spreadParts } from '../../lib/core/quoting/quote-parts.ts';
import { formatSize } from '../../lib/core/units.ts';
import { asciiText, brokenText } from '../../text-width.ts';
import type { TextLayout } from '../text-table.ts';
import { intervalOf } from './quote-record.ts';
import { SUPPRESSED } from './why-side.ts';

export interface QuoteStyle {
  readonly zone: Zone;
  readonly layout: TextLayout;
}

export function quoteLines(quoted: QuotedMarket, strategy: string, style: QuoteStyle): readonly string[] {
  const { market, decision, index, notes } = quoted;
  const { gate, fair, quote, clamp } = decision;
  const { width, signs, isAscii } = style.layout;
  const facts: readonly (readonly [string, ...string[]])[] = [
    ['clock', clockText(quoted, style)],
    ['book', bookText(quoted, signs)],
    ...(index === undefined ? [] : [['index', indexText(index)] as const]),
    ...(fair === undefined ? [] : [['fair', ...fairTexts(fair, signs)] as const]),
    ...(gate === undefined ? [] : [['gate', `${gate.name}: ${gate.reason}`] as const]),
    ...(clamp === undefined ? [] : [['size', clampText(clamp)] as const]),
    ...(quote === undefined ? [] : [['around', aroundText(quote, strategy, signs)] as const]),
  ];
  const after: readonly (readonly [string, string])[] = [
    ...(quote === undefined
      ? []
      : [['bid', sideText(decision.bid)] as const, ['ask', sideText(decision.ask)] as const]),
    ...notes.map((note) => ['note', note] as const),
  ];
  const lines = [
    market.ticker,
    ...facts.flatMap((fact) => factLines(fact, width)),
    ...(quote === undefined ? [] : partLines(quote, signs)),
    ...after.flatMap((fact) => factLines(fact, width)),
  ];
  return lines.map((line) => (isAscii ? asciiText(line.replaceAll('¢', signs.cent)) : line));
}

function clampText({ size, of, why }: Clamp): string {
  return `clamped to ${formatSize(size)} of ${formatSize(of)} contracts: ${why}`;
}

const NAME_WIDTH = 10;

/** "  fair      45.2 ±0.8 ¢ …", broken to the width, what follows under what began. */
function factLines([name, ...texts]: readonly [string, ...string[]], width: number): readonly string[] {
  const lines = texts.flatMap((text) => brokenText(text, width - NAME_WIDTH - 2));
  return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(NAME_WIDTH)}${line}`);
}

function clockText({ at, phase, freezeAt }: QuotedMarket, { zone }: QuoteStyle): string {
  const next =
    phase.until === undefined ? '' : ` until ${timeText(phase.until, zone)} ${zone}, ${countdownText(phase.until, at)}`;
  const leaves = phase.phase === 'MAKE' ? '' : `; quotes leave at ${timeText(freezeAt, zone)} ${zone}`;
  return `${phase.phase}${next}${leaves}`;
}

function bookText({ decision: { top, position } }: QuotedMarket, signs: Glyphs): string {
  const held = `holding ${formatSize(position)}`;
  if (top === undefined) return `of the others: not on both sides; ${held}`;
  const { bid, ask, bidSize, askSize } = top;
  const sizes = `${contractsText(bidSize, signs)} and ${contractsText(askSize, signs)} contracts`;
  return `${priceText(bid, signs)} / ${priceText(ask, signs)} ¢ of the others (${sizes}); ${held}`;
}

function indexText({ name, value, ageMs, seconds, medianOf }: HeardIndex): string {
  const from = medianOf === undefined ? 'the exchange' : `the median of ${medianOf.join(', ')}`;
  const by = medianOf?.length === 1 ? medianOf[0] : from;
  return `${name} ${value} by ${by}, ${(ageMs / 1_000).toFixed(1)} s old, heard for ${seconds} s`;
}

function fairTexts(fair: FairValue, signs: Glyphs): readonly [string, ...string[]] {
  const { probability, standardError, source, inputs, reasons = [] } = fair;
  const [low, high] = intervalOf(fair).map((chance) => (chance * 100).toFixed(1));
  const interval = standardError === 0 ? 'taken as certain' : `95 %: ${low} to ${high}`;
  const error = `${signs.plusMinus}${cents(standardError, 1)}`;
  const named = Object.entries(inputs).map(([name, value]) => `${name} ${plainFigure(value, 5)}`);
  return [
    `${probabilityText(probability, signs)} ${error} ¢, ${interval} (${source})`,
    ...(named.length === 0 ? [] : [named.join(', ')]),
    ...reasons,
  ];
}

function aroundText(quote: Quote, strategy: string, signs: Glyphs): string {
  const { position, ladder, external, inventory } = shiftParts(quote);
  const moves = [
    [position, 'by the position'],
    [ladder, quote.numbers.ladderLegs === 1 ? 'by another market' : `by ${quote.numbers.ladderLegs} other markets`],
    [external, 'by hand'],
    [inventory, 'by the steps of inventory'],
  ] as const;
  const said = moves.filter(([dollars]) => Math.abs(dollars) >= SHOWN_DOLLARS);
  const why = said.length === 0 ? 'as fair' : said.map(([dollars, name]) => `${signed(dollars)} ${name}`).join(', ');
  const state = quote.state === undefined ? '' : `, ${quote.state}`;
  return `reservation ${probabilityText(quote.reservation, signs)} ¢: ${why}  (${strategy}${state})`;
}

/** A hundredth of a cent. */
const SHOWN_DOLLARS = 0.00005;

const PARTS: readonly (readonly [keyof SpreadParts, string])[] = [
  ['margin', 'margin'],
  ['fee', 'maker fee'],
  ['adverse', 'adverse move'],
  ['interval', 'interval of fair'],
  ['edge', 'edge'],
  ['queue', 'place in the queue'],
  ['incentive', 'incentive'],
  ['half', 'half-spread'],
];

/** Two columns, cents: every part, the raw price, the price on the grid, what a fill is worth. */
function partLines(quote: Quote, signs: Glyphs): readonly string[] {
  const { bid, ask } = quote;
  const [ofBid, ofAsk] = [spreadParts(quote, bid), spreadParts(quote, ask)];
  const row = (name: string, left: string, right: string) =>
    `  ${''.padEnd(NAME_WIDTH)}${name.padEnd(28)}${left.padStart(9)}${right.padStart(9)}`.trimEnd();
  const dash = signs.dash;
  const grid = ({ price, rejectedPrice }: QuoteSide) => priceText(price ?? rejectedPrice, signs);
  const worth = ({ edgeDollars }: QuoteSide) => (edgeDollars === undefined ? dash : signed(edgeDollars));
  const fee = ({ feeDollars }: QuoteSide) => (feeDollars === undefined ? dash : cents(feeDollars, 2));
  return [
    row('¢ a contract', 'BID', 'ASK'),
    ...PARTS.map(([part, name]) => row(name, cents(ofBid[part], 2), cents(ofAsk[part], 2))),
    row('raw price', (bid.raw / 100).toFixed(2), (ask.raw / 100).toFixed(2)),
    row('on the grid', grid(bid), grid(ask)),
    row('fee there', fee(bid), fee(ask)),
    row('expected if filled', worth(bid), worth(ask)),
  ];
}

function sideText({ shown, quote, reason, limit }: SideDecision): string {
  if (shown !== undefined) return `would be shown: ${formatSize(shown.size)} contracts`;
  const suppression = quote?.reason;
  if (suppression === 'edge') return 'none: what is left after costs is below quoting.edge_dollars_min';
  if (suppression !== undefined) return `none: ${SUPPRESSED[suppression]}`;
  return limit === undefined ? `none: ${reason}` : `none: refused by the risk gate, ${reason}`;
}

function cents(dollars: number, decimals: number): string {
  const text = (dollars * 100).toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

function signed(dollars: number): string {
  const text = cents(dollars, 2);
  return text.startsWith('-') || Number(text) === 0 ? text : `+${text}`;
}
