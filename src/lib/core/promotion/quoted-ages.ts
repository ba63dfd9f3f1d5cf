/** The data behind every quote that an engine has on the book now: orders of its quoter that may rest. */
import type { Engine } from '../engine.ts';
import { sourceOf } from '../fair-value/fair-value.ts';
import { hasEnded } from '../orders/order.ts';
import type { EpochMs } from '../units.ts';
import { agesOf, type DataAge } from './data-age.ts';

export function quotedAges(engine: Engine, now: EpochMs): readonly (readonly DataAge[])[] {
  const ages: DataAge[][] = [];
  const { parameters } = engine.config;
  for (const { market, decision, messageAgeMs } of engine.markets()) {
    if (now >= market.closeAt || !isQuoted(engine, market.ticker)) continue;
    ages.push(agesOf({ market, decision, messageAgeMs, source: sourceOf(parameters, market), parameters }, now));
  }
  return ages;
}

function isQuoted(engine: Engine, ticker: string): boolean {
  for (const order of engine.orders.liveIn(ticker)) {
    // One that is being taken away is no quote any more.
    if (order.origin === 'quoter' && !hasEnded(order) && order.pending?.kind !== 'cancel') return true;
  }
  return false;
}
