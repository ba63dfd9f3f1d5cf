/** Which orders of ours rest, by the exchange's word; and whether a plan lets cancels through at once. */
import type { Observation } from '../observation.ts';
import type { Fault, FaultKind } from '../plan.ts';

export class Resting {
  readonly #prefix: string;
  readonly #orders = new Map<string, string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  see(seen: Observation): void {
    if (seen.kind !== 'fact' || seen.fact.type !== 'order') return;
    const { orderId, clientOrderId, status } = seen.fact.order;
    if (status === 'resting' && clientOrderId.startsWith(this.#prefix)) this.#orders.set(orderId, clientOrderId);
    else this.#orders.delete(orderId);
  }

  /** Client order ids; with `sessionMax` only those of sessions up to it. */
  orders(sessionMax = Number.POSITIVE_INFINITY): string[] {
    return [...this.#orders.values()].filter((id) => sessionOf(id, this.#prefix) <= sessionMax);
  }
}

/** `kmm-<instance>-<session>-<strategy>-<n>`. */
function sessionOf(clientOrderId: string, prefix: string): number {
  return Number.parseInt(clientOrderId.slice(prefix.length), 10);
}

/** Nothing in the plan keeps a call from being carried out and answered at once. */
export function isCalm(faults: readonly Fault[]): boolean {
  return faults.every(({ kind }) => CALM.has(kind));
}

const CALM: ReadonlySet<FaultKind> = new Set([
  'wire',
  'crash',
  'killed',
  'paused',
  'grid_changed',
  'all_taken',
  'hand_order',
  'foreign_order',
  'foreign_cancel',
]);
