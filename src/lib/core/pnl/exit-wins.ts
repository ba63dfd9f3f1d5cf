/**
 * How often what was closed had won, by how it was closed. Lots of one event that left the same way are one observation
 * (math.md section 18: fills of one event are one), so an event may stand under several reasons, each with its own net.
 */
import type { ClosedLot } from '../money/lots.ts';
import { FLATTEN, HAND, placedBy } from '../orders/order-id.ts';
import { type Microdollars, microdollars } from '../units.ts';
import { type WinRate, winRateOf } from './statistics.ts';

/**
 * Traded out by a strategy; worked out of by a forced exit or a flatten; by hand; traded by nobody that kmm knows; held until
 * the market paid.
 */
export const EXIT_REASONS = ['quoter', 'flatten', 'hand', 'elsewhere', 'settled'] as const;
export type ExitReason = (typeof EXIT_REASONS)[number];

export interface ExitWins extends WinRate {
  readonly reason: ExitReason;
  /** Lots, or parts of one, that were closed this way. */
  readonly lots: number;
  /** Gain less the fees of opening and closing. */
  readonly net: Microdollars;
}

/** What a trade closes, by the order that it filled; null: an order that no kmm has named. */
export function exitReasonOf(clientOrderId: string | null): ExitReason {
  const name = clientOrderId === null ? undefined : placedBy(clientOrderId);
  if (name === undefined) return 'elsewhere';
  if (name === FLATTEN) return 'flatten';
  return name === HAND ? 'hand' : 'quoter';
}

/**
 * Every reason, those of nothing too. A settlement that is taken back counts against what it had brought: its figures are
 * negated (lots.ts).
 * @param orderOf the client order id of a trade
 * @param eventOf the event of a market
 */
export function exitWinsOf(
  lots: Iterable<ClosedLot>,
  orderOf: (tradeId: string) => string | null,
  eventOf: (ticker: string) => string,
): readonly ExitWins[] {
  const sums = new Map(EXIT_REASONS.map((reason) => [reason, { lots: 0, byEvent: new Map<string, number>() }]));
  for (const lot of lots) {
    const reason = lot.closedHow === 'settlement' ? 'settled' : exitReasonOf(orderOf(lot.closedBy));
    const sum = sums.get(reason);
    if (sum === undefined) continue;
    const event = eventOf(lot.ticker);
    sum.lots += lot.isReversal === true ? -1 : 1;
    sum.byEvent.set(event, (sum.byEvent.get(event) ?? 0) + lot.gain - lot.openFee - lot.closeFee);
  }
  return [...sums].map(([reason, { lots: count, byEvent }]) => {
    const nets = [...byEvent.values()].map(microdollars);
    return { reason, lots: count, net: microdollars(nets.reduce((sum, net) => sum + net, 0)), ...winRateOf(nets) };
  });
}
