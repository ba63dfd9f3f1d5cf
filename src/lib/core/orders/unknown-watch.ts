/**
 * When orders whose fate is not known become more than a matter of their own market (reliability.md section 4): several
 * creates at once without a proof mean that the way to the exchange is not what we think it is, and one that is not known
 * long after its lease is over means that the exchange's record does not answer us.
 *
 * Each is said once: when a person has cleared the halt, the same orders do not raise it again.
 */

import type { EpochMs } from '../units.ts';
import type { Order } from './order.ts';
import { READ_LAG_MS_MAX } from './read-lag.ts';

/** So many at once. */
const MANY = 3;

export class UnknownWatch {
  #isMany = false;
  readonly #overdue = new WeakSet<Order>();

  /** Call every turn with the orders whose fate is not known. In words what is wrong, when it becomes so. */
  look(unknown: readonly Order[], now: EpochMs): string | undefined {
    const unproved: string[] = [];
    let danger: string | undefined;
    for (const order of unknown) {
      if (order.origin === 'external') continue;
      // One that was accepted once and whose change has no proof is there, at the worse of two sizes.
      if (order.orderId === undefined) unproved.push(order.clientOrderId);
      // After its lease and the read lag it cannot rest: one last listing should have told.
      if (now <= order.expiresAt + READ_LAG_MS_MAX || this.#overdue.has(order)) continue;
      this.#overdue.add(order);
      danger = `the fate of order ${order.clientOrderId} is still not known, and its lease is over`;
    }
    const isMany = unproved.length >= MANY;
    if (isMany && !this.#isMany) {
      danger = `${unproved.length} orders at once without a proof of what became of them: ${unproved.join(', ')}`;
    }
    this.#isMany = isMany;
    return danger;
  }
}
