/** How a run ends that could not go on, in words for the user. */
import { KmmError } from '../errors/errors.ts';
import type { CancelOursResult } from '../session/orders/cancel-ours.ts';
import { received } from './child.ts';
import type { SentError } from './messages.ts';

/**
 * The trader's error, with what the supervisor found out about the position. `left` absent: nothing was ever placed, and
 * nothing of an earlier run may rest.
 */
export function givenUp(error: SentError, left: CancelOursResult | undefined): KmmError {
  if (left === undefined)
    return received(error, {
      position: 'this run has placed nothing, and by the journal nothing of an earlier one rests',
    });
  if (left.isConfirmed) return received(error, { position: 'nothing of ours rests on the exchange' });
  return received(
    { code: 'KMM_CANCEL_UNCONFIRMED', message: error.message },
    { position: 'orders of ours may still rest' },
  );
}

export function exchangeLost(how: string): KmmError {
  return new KmmError('KMM_UNREACHABLE', `the embedded exchange has died (${how})`, {
    position: 'its orders and positions are gone with it',
    next: ['kmm run'],
  });
}
