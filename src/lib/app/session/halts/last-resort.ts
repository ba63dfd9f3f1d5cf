/**
 * The journal of last resort: cancels need no permission and no journal, so they go out when nothing can be written any
 * more; what they came to is then told to whoever reads stderr (reliability.md 2).
 */
import { formatPrice, formatSize } from '../../../core/units.ts';
import type { CancelOursOptions } from '../orders/cancel-ours.ts';

/** A group's trigger cancels what rests in it. */
export function triggerInLastResort(tell: (text: string) => void): (groupId: string, outcome: string) => void {
  return (groupId, outcome) =>
    tell(`not journaled: trigger of order group ${groupId}, with all that rests in it: ${outcome}`);
}

export function inLastResort(tell: (text: string) => void): NonNullable<CancelOursOptions['onCancel']> {
  return ({ ticker, side, remaining, price, orderId, clientOrderId }, outcome) => {
    const order = `${side} ${formatSize(remaining)} at ${formatPrice(price)} in ${ticker}`;
    tell(`not journaled: cancel of ${order}, order ${orderId} (${clientOrderId}): ${outcome}`);
  };
}
