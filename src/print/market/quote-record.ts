/** `kmm quote --json`: what a market would show, with what its prices are made of. */
import { isoText } from '../../format.ts';
import type { QuotedMarket } from '../../lib/app/markets/quote-once.ts';
import type { FairValue } from '../../lib/core/fair-value/types.ts';
import type { SideDecision } from '../../lib/core/quoting/decide.ts';
import type { Quote } from '../../lib/core/quoting/quote.ts';
import { shiftParts, spreadParts } from '../../lib/core/quoting/quote-parts.ts';
import { formatPrice, formatSize } from '../../lib/core/units.ts';
import { clampRecord } from './why-record.ts';

export function quoteRecord({ market, decision, phase, freezeAt, index, notes }: QuotedMarket): object {
  const { gate, fair, quote, top, position, bid, ask, clamp } = decision;
  return {
    ticker: market.ticker,
    phase: phase.phase,
    phaseUntil: phase.until === undefined ? null : isoText(phase.until),
    freezeAt: isoText(freezeAt),
    position: formatSize(position),
    best: top === undefined ? null : { bid: formatPrice(top.bid), ask: formatPrice(top.ask) },
    gate: gate ?? null,
    index: index === undefined ? null : { ...index, medianOf: index.medianOf ?? null },
    clamp: clampRecord(clamp),
    fair: fair === undefined ? null : fairRecord(fair),
    reservation: quote?.reservation ?? null,
    shift: quote === undefined ? null : shiftParts(quote),
    state: quote?.state ?? null,
    numbers: quote?.numbers ?? {},
    notes,
    bid: sideRecord(bid, quote),
    ask: sideRecord(ask, quote),
  };
}

/** Normal 95 %, cut at what a probability can be. */
export function intervalOf({ probability, standardError }: FairValue): readonly [low: number, high: number] {
  const reach = 1.96 * standardError;
  return [Math.max(0, probability - reach), Math.min(1, probability + reach)];
}

function fairRecord(fair: FairValue): object {
  const { probability, standardError, source, inputs, reasons = [] } = fair;
  const [low, high] = intervalOf(fair);
  return { probability, standardError, low, high, source, inputs, reasons };
}

function sideRecord({ quote: side, shown, reason, limit }: SideDecision, quote: Quote | undefined): object {
  return {
    price: shown === undefined ? null : formatPrice(shown.price),
    size: shown === undefined ? null : formatSize(shown.size),
    rawCents: side === undefined ? null : side.raw / 100,
    gridPrice: gridOf(side?.price ?? side?.rejectedPrice),
    feeDollars: side?.feeDollars ?? null,
    expectedDollars: side?.edgeDollars ?? null,
    halfSpread: quote === undefined || side === undefined ? null : spreadParts(quote, side),
    suppression: side?.reason ?? null,
    limit: limit ?? null,
    reason,
  };
}

function gridOf(price: NonNullable<SideDecision['quote']>['price']): string | null {
  return price === undefined ? null : formatPrice(price);
}
