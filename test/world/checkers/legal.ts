/**
 * I11: every create carries what the dead man needs, lies on the grid of an open market outside its freeze, never takes
 * unless a person asked for it, and never meets an order of our own.
 */
import { isOnGrid } from '../../../src/lib/core/grid.ts';
import { parsePrice } from '../../../src/lib/core/units.ts';
import type { VenueMarket } from '../../../src/lib/sim/venue.ts';
import type { CheckerMaker, Write } from '../observation.ts';
import type { Fault } from '../plan.ts';

/** By hand, and out of a position: neither is a quote. */
const HAND = /-(hand|flatten)-/;
/** A clock a little behind, and a request on its way. */
const ON_THE_WAY_MS = 50;

export const legal: CheckerMaker = ({ ownPrefix, leaseMs, freezeMs, faults }) => {
  const changedAt = new Map<string, number>();
  const graceMs = newsMs(faults);
  const slackMs = clockSlackMs(faults);
  let seenAt = 0;
  return (seen) => {
    seenAt = seen.at;
    if (seen.kind === 'fact') {
      const { fact } = seen;
      if (fact.type === 'lifecycle') changedAt.set(fact.ticker, seen.at);
      if (fact.type === 'pause') changedAt.set('*', seen.at);
      if (fact.type === 'fill' && fact.fill.isTaker) return takerProblem(fact.fill.clientOrderId);
      // What a person on the web page takes may meet our quotes, and goes.
      if (fact.type === 'order' && fact.order.reason === 'SelfTradeCancel' && isOurs(fact.order)) {
        return `order ${fact.order.clientOrderId} met one of ours`;
      }
    }
    if (seen.kind !== 'arrived' || (seen.write.verb !== 'create' && seen.write.verb !== 'amend')) return undefined;
    return shapeProblem(seen.write, seen.at) ?? marketProblem(seen.write, seen.market, seen.at);
  };

  function isOurs({ clientOrderId }: { readonly clientOrderId: string }): boolean {
    return clientOrderId.startsWith(ownPrefix);
  }

  function takerProblem(clientOrderId: string): string | undefined {
    const isQuote = isOurs({ clientOrderId }) && !HAND.test(clientOrderId);
    return isQuote ? `quote ${clientOrderId} took` : undefined;
  }

  function shapeProblem({ verb, body }: Write, at: number): string | undefined {
    const expiry = Number(body.expiration_time) * 1_000;
    if (
      !(expiry > at - slackMs && expiry <= at + leaseMs + 2_000 + slackMs) &&
      !HAND.test(String(body.client_order_id))
    ) {
      if (verb === 'create' || body.expiration_time === undefined || expiry > at) {
        return `${verb} ${body.client_order_id ?? ''} expires ${expiry - at} ms from now`;
      }
    }
    if (verb === 'amend' || body.time_in_force !== 'good_till_canceled') return undefined;
    const isWhole = body.post_only === true && body.cancel_order_on_pause === true;
    if (!isWhole || body.order_group_id === undefined || body.exchange_index === undefined) {
      return `create ${body.client_order_id} lacks what makes it safe`;
    }
    return body.self_trade_prevention_type === 'taker_at_cross' ? undefined : 'self-trade prevention is missing';
  }

  function marketProblem(write: Write, market: VenueMarket | undefined, at: number): string | undefined {
    if (market === undefined) return `${write.verb} in a market that does not exist`;
    const { ticker, closeAt, status, grid } = market.market;
    const newsAt = Math.max(changedAt.get(ticker) ?? 0, changedAt.get('*') ?? 0);
    if (seenAt - newsAt < graceMs) return undefined;
    const price = parsePrice(String(write.body.price));
    if (price === undefined || !isOnGrid(price, grid)) return `${ticker}: ${write.body.price} is not on the grid`;
    if (at >= closeAt + slackMs) return `${ticker}: ${write.verb} after the close`;
    if (at >= closeAt - freezeMs + ON_THE_WAY_MS + slackMs) return `${ticker}: ${write.verb} in the freeze`;
    return status === 'active' ? undefined : `${ticker}: ${write.verb} while the market is ${status}`;
  }
};

/** A process that begins with a clock that is off has the exchange's time to half a second before it places anything. */
export function clockSlackMs(faults: readonly Fault[]): number {
  return faults.some(({ kind }) => kind === 'clock_off') ? 1_000 : 0;
}

/** How long news of a market may take: the listing is read again once a minute where a frame may be lost. */
function newsMs(faults: readonly Fault[]): number {
  return isHeard(faults) ? 1_000 : 65_000;
}

/** Every frame comes, and at once. */
export function isHeard(faults: readonly Fault[]): boolean {
  return faults.every(
    (fault) =>
      !['link_cut', 'link_silent', 'frozen', 'starved'].includes(fault.kind) &&
      !(fault.kind === 'exchange' && /frame|channel|overflow/.test(String(fault.rule.fault))),
  );
}
