/** The ranking as a table and as `--json`. Columns leave a narrow terminal from the highest number down. */

import { ageText, amountText, type Glyphs } from '../../format.ts';
import { plainFigure } from '../../lib/core/plain-figure.ts';
import type { InformedScore, MakingScore, MakingSide, RankedMarket } from '../../lib/core/selection/types.ts';
import { type Centicents, type EpochMs, formatMoney, formatPrice, type Microdollars } from '../../lib/core/units.ts';
import type { TextColumn } from '../text-table.ts';
import { isoTime } from './market-record.ts';

export function rankColumns(signs: Glyphs, now: EpochMs): readonly TextColumn<RankedMarket>[] {
  const right = { align: 'right' } as const;
  const ticker = (one: RankedMarket) => one.candidate.market.ticker;
  return [
    { title: '#', ...right, leaves: 0, cell: ({ rank }) => (rank === undefined ? signs.dash : String(rank)) },
    { title: 'TICKER', align: 'left', leaves: 0, shrinks: { good: 30, least: 16 }, cell: ticker },
    { title: 'MAKING', ...right, leaves: 0, cell: ({ making }) => figure(making?.score, signs) },
    { title: 'INFORMED', ...right, leaves: 2, cell: ({ informed }) => figure(informed?.score, signs) },
    { title: 'EDGE', ...right, leaves: 6, cell: ({ informed }) => cents(informed?.edgeCents, signs) },
    { title: 'SURE', ...right, leaves: 8, cell: ({ informed }) => percent(informed?.confidence, signs) },
    { title: 'SPREAD', ...right, leaves: 3, cell: (one) => cents(spreadCents(one), signs) },
    { title: 'FEES', ...right, leaves: 9, cell: ({ making }) => cents(feeDragOf(making), signs) },
    { title: '24H $', ...right, leaves: 4, cell: (one) => dollarsText(volumeOf(one)) },
    { title: 'NEAR $', ...right, leaves: 7, cell: ({ liquidity }) => dollarsOr(liquidity, signs) },
    { title: 'CLOSES', ...right, leaves: 5, cell: (one) => closesText(one, now, signs) },
    {
      ...{ title: 'WHY NOT', align: 'left', leaves: 1, shrinks: { good: 30, least: 12 } },
      cell: ({ refusals }) => refusals.map(({ text }) => text).join('; '),
    },
  ];
}

/** `12 volume, 3 spread`: how often each was the first reason. */
export function refusedText(ranked: readonly RankedMarket[]): string {
  const counts = new Map<string, number>();
  for (const { refusals } of ranked) {
    const [first] = refusals;
    if (first !== undefined) counts.set(first.code, (counts.get(first.code) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return sorted.map(([code, count]) => `${count} ${code.replaceAll('_', ' ')}`).join(', ');
}

export function rankedRecord(one: RankedMarket) {
  const { candidate, rank, making, informed, liquidity, value, refusals } = one;
  const { market, category, bid, ask } = candidate;
  return {
    ...{ ticker: market.ticker, seriesTicker: market.seriesTicker, category: category ?? null },
    ...{ rank: rank ?? null, value, closeAt: isoTime(market.closeAt) },
    ...{ bid: priceOrNull(bid), ask: priceOrNull(ask) },
    ...{ volumeDollars: formatMoney(volumeOf(one)) },
    liquidityDollars: liquidity === undefined ? null : formatMoney(liquidity),
    making: making === undefined ? null : makingRecord(making),
    informed: informed === undefined ? null : informedRecord(informed),
    refusals: refusals.map(({ code, text, isLasting }) => ({ code, text, isLasting })),
  };
}

function makingRecord({ score, bid, ask }: MakingScore) {
  const side = ({ price, ...numbers }: MakingSide) => ({ price: formatPrice(price), ...numbers });
  return { score, bid: bid === undefined ? null : side(bid), ask: ask === undefined ? null : side(ask) };
}

function informedRecord(informed: InformedScore) {
  return { ...informed };
}

function volumeOf({ candidate }: RankedMarket): Microdollars {
  return (candidate.volume * 10_000) as Microdollars;
}

function spreadCents({ candidate: { bid, ask } }: RankedMarket): number | undefined {
  return bid === undefined || ask === undefined || bid >= ask ? undefined : (ask - bid) / 100;
}

function feeDragOf(making: MakingScore | undefined): number | undefined {
  return making === undefined ? undefined : (making.bid?.feeCents ?? 0) + (making.ask?.feeCents ?? 0);
}

function closesText({ candidate: { market } }: RankedMarket, now: EpochMs, { dash }: Glyphs): string {
  return market.closeAt > now ? ageText(market.closeAt - now) : dash;
}

function figure(value: number | undefined, { dash }: Glyphs): string {
  return value === undefined ? dash : plainFigure(value, 3);
}

function cents(value: number | undefined, { dash }: Glyphs): string {
  return value === undefined ? dash : value.toFixed(2);
}

function percent(part: number | undefined, { dash }: Glyphs): string {
  return part === undefined ? dash : `${(100 * part).toFixed(0)} %`;
}

function dollarsText(money: Microdollars): string {
  return amountText(money).replace(/\.\d+$/, '');
}

function dollarsOr(money: Microdollars | undefined, { dash }: Glyphs): string {
  return money === undefined ? dash : dollarsText(money);
}

function priceOrNull(price: Centicents | undefined): string | null {
  return price === undefined ? null : formatPrice(price);
}
