/**
 * Where an order stands in its level's queue, and what moves it (math.md 15). The book says how much goes, not whose it was:
 * a cancel model shares it out between the size before us (front f) and the size behind us (back b). Sizes are
 * centicontracts; shares of them are real numbers, and nothing here is money.
 */

/** Whose size it was that went without a trade. */
export type CancelModel =
  /** The back's as long as there is any: we never move up for a cancel that may have been behind us. */
  | { readonly kind: 'riskAverse' }
  /** The chance that it was behind us is bⁿ/(bⁿ + fⁿ); n = 1 is pro rata. */
  | { readonly kind: 'power'; readonly n: number }
  /** As `power`, with ln(1 + z). */
  | { readonly kind: 'log' }
  /** This part of the pro-rata guess was before us, as measured: 0 is `riskAverse`, 1 is `power` 1, so it lies between them. */
  | { readonly kind: 'share'; readonly ahead: number };

export interface Place {
  /** Before us. */
  readonly front: number;
  readonly back: number;
}

/**
 * A cancel of `x` at our level, our own order left out of it.
 *
 *     f' = max(0, f − (1−pr)·x + min(b − pr·x, 0)),  b' = max(0, f + b − x − f')
 */
export function cancel({ front, back }: Place, x: number, model: CancelModel): Place {
  const left = Math.max(0, front + back - x);
  const kept =
    model.kind === 'riskAverse' ? Math.min(front, left) : shared(front, back, x, behindShare(front, back, model));
  const now = Math.min(kept, left, front);
  return { front: now, back: Math.max(0, left - now) };
}

function shared(front: number, back: number, x: number, behind: number): number {
  return Math.max(0, front - (1 - behind) * x + Math.min(back - behind * x, 0));
}

/** Chance that a cancelled contract stood behind us. */
function behindShare(front: number, back: number, model: Exclude<CancelModel, { kind: 'riskAverse' }>): number {
  if (model.kind === 'share') return front + back === 0 ? 0 : 1 - (model.ahead * front) / (front + back);
  const weight = model.kind === 'log' ? Math.log1p : (z: number) => z ** model.n;
  const [ofBack, ofFront] = [weight(back), weight(front)];
  return ofBack + ofFront === 0 ? 0 : ofBack / (ofBack + ofFront);
}

/** A trade of `x` at our price: front, then us, then back. */
export function trade({ front, back }: Place, remaining: number, x: number): Place & { readonly filled: number } {
  const ahead = Math.min(front, x);
  const filled = Math.min(remaining, x - ahead);
  return { front: front - ahead, back: Math.max(0, back - (x - ahead - filled)), filled };
}

/** What a level hears of: a trade at its price, size of others that came, size of others that went. */
export interface QueueEvent {
  readonly kind: 'trade' | 'add' | 'cancel';
  readonly size: number;
}

/** What an order that joined behind `ahead` has been filled after each event. */
export function replay(ahead: number, size: number, events: readonly QueueEvent[], model: CancelModel): number[] {
  let place: Place = { front: ahead, back: 0 };
  let filled = 0;
  return events.map((event) => {
    if (event.kind === 'add') place = { ...place, back: place.back + event.size };
    else if (event.kind === 'cancel') place = cancel(place, event.size, model);
    else {
      const after = trade(place, size - filled, event.size);
      place = after;
      filled += after.filled;
    }
    return filled;
  });
}
