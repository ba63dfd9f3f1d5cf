/** EV honesty by what was said (E-4, math.md section 18): realized over predicted net of the fills in each tenth of the fair value. */
import { type EvHonesty, evHonesty } from './ev-honesty.ts';
import { evByEvent, type FilledBet } from './filled.ts';
import { STANDING_BINS, standingBinOf } from './standing.ts';

export interface EvBin {
  /** Of the fair value: `from` is in it, `to` is not, but in the last. */
  readonly from: number;
  readonly to: number;
  readonly fills: number;
  readonly events: number;
  /** Null: fewer than two events, or nothing was promised. */
  readonly ev: EvHonesty | null;
}

/** Those with a fill in them, by rising fair value. */
export function evBins(bets: readonly FilledBet[]): readonly EvBin[] {
  return [...Map.groupBy(bets, ({ fair }) => standingBinOf(fair))]
    .sort(([a], [b]) => a - b)
    .map(([bin, some]) => ({
      ...{ from: bin / STANDING_BINS, to: (bin + 1) / STANDING_BINS, fills: some.length },
      events: new Set(some.map(({ event }) => event)).size,
      ev: evHonesty(evByEvent(some)) ?? null,
    }));
}
