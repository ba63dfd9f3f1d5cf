/** What is said of a stop that proved nothing: each order that may rest, and until when. */
import type { Engine } from '../../../core/engine.ts';
import { NEVER, remainingOf } from '../../../core/orders/order.ts';
import { formatPrice, formatSize } from '../../../core/units.ts';
import type { CancelOursResult } from './cancel-ours.ts';

/** By the last listing; where the last one was not answered, by what the engine still counts. One text per order. */
export function mayRest({ resting, problem }: CancelOursResult, engine: Engine): readonly string[] {
  const counted = () =>
    [...engine.orders.live()]
      .filter(({ origin }) => origin !== 'external')
      .map((order) => ({ ...order, remaining: remainingOf(order) }));
  const orders = problem === undefined || resting.length > 0 ? resting : counted();
  return orders.map(({ side, remaining, price, ticker, expiresAt = NEVER, clientOrderId }) => {
    const until = expiresAt === NEVER ? 'without an end' : `until ${new Date(expiresAt).toISOString()}`;
    return `${side} ${formatSize(remaining)} at ${formatPrice(price)} in ${ticker} may rest ${until} (${clientOrderId})`;
  });
}
