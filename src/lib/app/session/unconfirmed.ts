/** What is said of a stop that proved nothing: each order that may rest, and until when. */
import type { Engine } from '../../core/engine.ts';
import { formatPrice, formatSize } from '../../core/units.ts';
import type { CancelOursResult } from './cancel-ours.ts';

/** By the last listing that was answered; where none was, by what the engine still counts. One text per order. */
export function mayRest({ resting, problem }: CancelOursResult, engine: Engine): readonly string[] {
  const listed = resting.map((order) => ({ ...order, size: order.remaining }));
  const ours = [...engine.orders.live()].filter(({ origin }) => origin !== 'external');
  const counted = ours.map((order) => ({ ...order, size: order.remaining }));
  const orders = problem === undefined || listed.length > 0 ? listed : counted;
  return orders.map(({ side, size, price, ticker, expiresAt, clientOrderId }) => {
    const isLeased = expiresAt !== undefined && Number.isFinite(expiresAt) && expiresAt < Number.MAX_SAFE_INTEGER;
    const until = isLeased ? `until ${new Date(expiresAt).toISOString()}` : 'without a lease';
    return `${side} ${formatSize(size)} at ${formatPrice(price)} in ${ticker} may rest ${until} (${clientOrderId})`;
  });
}
