/**
 * Takes our own resting orders off the exchange by id and proves it: listed until empty twice, spaced by more than the
 * read lag (reliability.md section 3). Never the account-wide sweep, which would also hit strangers and what comes next.
 */

import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { KalshiControls } from '../../../adapters/kalshi/rest-controls.ts';
import { isShutOut, sentenceOf } from '../../../adapters/kalshi/result.ts';
import type { ChangeOutcome, OwnOrder } from '../../../core/orders/order-types.ts';
import type { Clock } from '../../../ports.ts';

export interface CancelOursOptions {
  readonly rest: KalshiRest;
  readonly controls: KalshiControls;
  readonly clock: Clock;
  /** Whose orders: ours by the prefix of the client order id, or everyone's. */
  readonly isOurs: (order: OwnOrder) => boolean;
  /** Time between the two empty listings; above the read lag of the environment. */
  readonly spacingMs: number;
  /** Gives up after this, whatever has not been answered by then; a proof may take one spacing longer. */
  readonly boundMs: number;
  /** What each complete listing holds of them, before it is cancelled. */
  readonly onFound?: (orders: readonly OwnOrder[]) => void;
  /** Told of each cancel with what came of it. */
  readonly onCancel?: (order: OwnOrder, outcome: ChangeOutcome['kind']) => void;
}

export interface CancelOursResult {
  /** Two complete listings in a row held nothing of ours. */
  readonly isConfirmed: boolean;
  readonly cancelled: number;
  /** What the last complete listing still held. */
  readonly resting: readonly OwnOrder[];
  /** Why it could not be confirmed, when a listing failed. */
  readonly problem?: string;
}

/** For an answer to what is asked just before the end. */
const LAST_CALL_MS = 1_000;

export async function cancelOurs(options: CancelOursOptions): Promise<CancelOursResult> {
  const { rest, controls, clock, isOurs, spacingMs, boundMs, onFound, onCancel } = options;
  const giveUpAt = clock.now() + boundMs;
  const inTime = <Value>(call: Promise<Value>) => within(call, clock, Math.max(LAST_CALL_MS, giveUpAt - clock.now()));
  const cancelled = new Set<string>();
  let resting: readonly OwnOrder[] = [];
  let problem: string | undefined;
  let empty = 0;
  let shutOut = 0;
  for (;;) {
    const listed = await inTime(rest.orders({ status: 'resting' }));
    if (listed === undefined) {
      problem = 'no listing was answered in time';
      empty = 0;
    } else if (listed.ok) {
      problem = undefined;
      resting = listed.value.filter(isOurs);
      onFound?.(resting);
      empty = resting.length === 0 ? empty + 1 : 0;
      shutOut = 0;
    } else {
      problem = sentenceOf(listed.error);
      empty = 0;
      shutOut = isShutOut(listed.error) ? shutOut + 1 : 0;
    }
    if (empty === 2) return { isConfirmed: true, cancelled: cancelled.size, resting: [] };
    // The second empty listing may be a little late; one that failed is not tried again without time for its answer.
    const isLate = clock.now() + (problem === undefined ? 0 : spacingMs + LAST_CALL_MS) > giveUpAt;
    if (isLate || shutOut === 2) {
      return { isConfirmed: false, cancelled: cancelled.size, resting, ...(problem !== undefined && { problem }) };
    }
    if (resting.length > 0) {
      const answer = await inTime(controls.cancelById(resting));
      const outcomes = answer ?? new Map<string, ChangeOutcome>();
      for (const [orderId, outcome] of outcomes) if (outcome.kind === 'cancelled') cancelled.add(orderId);
      for (const order of resting) onCancel?.(order, outcomes.get(order.orderId)?.kind ?? 'unknown');
    }
    await wait(clock, spacingMs);
  }
}

/** Undefined: it was not done in time, and goes on by itself. */
export async function within<Value>(work: Promise<Value>, clock: Clock, ms: number): Promise<Value | undefined> {
  let stop = () => {};
  const late = new Promise<undefined>((resolve) => {
    stop = clock.after(Math.max(0, ms), () => resolve(undefined));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    // A timer that is left would keep the process alive.
    stop();
  }
}

export function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
