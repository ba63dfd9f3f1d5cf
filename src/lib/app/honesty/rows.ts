/** What the journal keeps of estimates and fills, as scores and standings take it: chances and prices in [0, 1], dollars. */
import type { FilledEstimate, SettledEstimate } from '../../adapters/store/estimate-rows.ts';
import type { EstimateRow, FilledRow } from '../../core/honesty/standing.ts';
import { HAND, strategyOf } from '../../core/orders/order-id.ts';
import { Z_TWO_SIDED } from '../../core/promotion/estimates.ts';
import { type Centicents, PRICE_ONE } from '../../core/units.ts';

/** Undefined: the market did not pay all or nothing (a scalar, or void), and no chance of YES can be held against that. */
export function estimateRowOf(estimate: SettledEstimate): EstimateRow | undefined {
  const { model, series, ticker, event, horizonS, at, probability: p, standardError, midDoubled, value } = estimate;
  if (!isAllOrNothing(value)) return undefined;
  const reach = Z_TWO_SIDED * standardError;
  return {
    ...{ model, series, ticker, event, horizonS, at, p, lower: Math.max(0, p - reach), upper: Math.min(1, p + reach) },
    mid: midDoubled === null ? null : midDoubled / (2 * PRICE_ONE),
    yes: value === PRICE_ONE ? 1 : 0,
  };
}

/** Undefined: not of a quote, without fair value or mid, not settled, or not paid all or nothing. */
export function filledRowOf(fill: FilledEstimate): FilledRow | undefined {
  const { ticker, event, series, closeAt, model, fair, midDoubled, value, settledAt } = fill;
  const strategy = fill.clientOrderId === null ? undefined : strategyOf(fill.clientOrderId);
  if (strategy === undefined || strategy === HAND) return undefined;
  if (model === null || fair === null || midDoubled === null) return undefined;
  if (closeAt === null || settledAt === null || !isAllOrNothing(value)) return undefined;
  return {
    ...{ ticker, event, series, model, settledAt, secondsToClose: (closeAt - fill.at) / 1_000 },
    ...{ sign: fill.side === 'bid' ? 1 : -1, contracts: fill.size / 100, price: fill.price / PRICE_ONE },
    ...{ fair: fair / PRICE_ONE, mid: midDoubled / (2 * PRICE_ONE), isTrue: value === PRICE_ONE },
    fee: fill.fee / 1e6,
  };
}

function isAllOrNothing(value: Centicents | null): boolean {
  return value === 0 || value === PRICE_ONE;
}
