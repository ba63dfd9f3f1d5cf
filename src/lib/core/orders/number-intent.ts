/** From a change that was decided to the intent that is journaled and sent: with its number and its names. */
import type { HandChange } from '../hand/hand-rules.ts';
import type { Intent } from '../intents.ts';
import type { Centicontracts } from '../units.ts';
import { filledOf, remainingOf } from './order.ts';

/** The market that the change is about. */
export interface IntentPlace {
  readonly ticker: string;
  readonly shard: number;
}

/** `newId`: of the order, where the change makes one. */
export function numbered(change: HandChange, { ticker, shard }: IntentPlace, counter: number, newId: string): Intent {
  const common = { counter, ticker, shard };
  if (change.kind === 'create') {
    const { kind, side, price, size } = change;
    const asked = { kind, ...common, clientOrderId: newId, side, price, size };
    return 'takes' in change ? { ...asked, takes: change.takes } : { ...asked, expiresAt: change.expiresAt };
  }
  const { order } = change;
  const named = { ...common, clientOrderId: order.clientOrderId, orderId: order.orderId ?? '', side: order.side };
  if (change.kind === 'cancel') return { kind: 'cancel', ...named, price: order.price, size: remainingOf(order) };
  if (change.kind === 'decrease') {
    const { kind, reduceBy } = change;
    const size = Math.max(0, remainingOf(order) - reduceBy) as Centicontracts;
    return { kind, ...named, price: order.price, size, reduceBy };
  }
  const { kind, price, size, expiresAt } = change;
  return { kind, ...named, price, size, filled: filledOf(order), expiresAt };
}
