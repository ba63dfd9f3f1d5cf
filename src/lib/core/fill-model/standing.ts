/**
 * An order that was never sent, standing in a recorded book: what of the queue before it has gone, under each of the three
 * queue assumptions, and when so many contracts of it would have filled. It is not in the book, so `front + back` is the
 * level as recorded at any time.
 */
import { cancel, type Place as QueuePlace } from '../book/queue.ts';
import type { Side } from '../units.ts';
import { BANDS, type Band } from './types.ts';

/** Contracts whose fill is timed, in centicontracts. */
export const LOTS = [100, 1_000, 5_000] as const;

interface BandState {
  readonly share: number;
  place: QueuePlace;
  /** What reached us: centicontracts, without end once the price has traded through. */
  reached: number;
  /** By lot; undefined: not yet. */
  readonly filledAt: (number | undefined)[];
}

export class Standing {
  readonly side: Side;
  readonly price: number;
  readonly at: number;
  readonly bands: Readonly<Record<Band, BandState>>;

  constructor(side: Side, price: number, at: number, ahead: number, shares: Readonly<Record<Band, number>>) {
    this.side = side;
    this.price = price;
    this.at = at;
    const state = (share: number): BandState => ({
      share,
      place: { front: ahead, back: 0 },
      reached: 0,
      filledAt: LOTS.map(() => undefined),
    });
    this.bands = {
      pessimistic: state(shares.pessimistic),
      calibrated: state(shares.calibrated),
      optimistic: state(shares.optimistic),
    };
  }

  /** Nothing that is timed is still to come. */
  get isDone(): boolean {
    return BANDS.every((band) => this.bands[band].filledAt.at(-1) !== undefined);
  }

  added(size: number): void {
    for (const band of BANDS) {
      const state = this.bands[band];
      state.place = { front: state.place.front, back: state.place.back + size };
    }
  }

  cancelled(size: number): void {
    for (const band of BANDS) {
      const state = this.bands[band];
      state.place = cancel(state.place, size, { kind: 'share', ahead: state.share });
    }
  }

  /** A trade at our price, which makes the level smaller. */
  traded(size: number, at: number): void {
    for (const band of BANDS) {
      const state = this.bands[band];
      const { front, back } = state.place;
      const eaten = Math.min(front, size);
      state.place = { front: front - eaten, back: Math.max(0, back - (size - eaten)) };
      reach(state, size - eaten, at);
    }
  }

  /** The price traded through ours, or another's order would have met us. */
  passed(at: number): void {
    for (const band of BANDS) reach(this.bands[band], Number.POSITIVE_INFINITY, at);
  }
}

function reach(state: BandState, size: number, at: number): void {
  if (size <= 0) return;
  state.reached += size;
  for (const [n, lot] of LOTS.entries()) if (state.reached >= lot) state.filledAt[n] ??= at;
}
