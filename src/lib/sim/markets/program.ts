/**
 * What a built-in series promises the world: which event runs at a moment and which one follows, what its markets are,
 * what is true of them, and how they end.
 */
import type { Strike } from '../../core/market.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Outcome } from '../exchange/records.ts';
import type { ParticipantsProfile } from '../participants/profile.ts';
import type { SeriesFacts } from '../series.ts';

export interface SeriesProgram {
  readonly facts: SeriesFacts;
  readonly participants: ParticipantsProfile;
  /** The event that is open at `at`, or the next to open; undefined where a calendar ends before it. */
  eventAt(at: EpochMs): ScheduledEvent | undefined;
  eventAfter(event: ScheduledEvent): ScheduledEvent | undefined;
}

/** One that no calendar ends. */
export interface EndlessProgram extends SeriesProgram {
  eventAt(at: EpochMs): ScheduledEvent;
  eventAfter(event: ScheduledEvent): ScheduledEvent;
}

export interface ScheduledEvent {
  readonly eventTicker: string;
  readonly title: string;
  /** When the exchange first shows it. */
  readonly listAt: EpochMs;
  readonly openAt: EpochMs;
  readonly closeAt: EpochMs;
  /** Asked once, when it is listed. */
  markets(listedAt: EpochMs): readonly ScheduledMarket[];
}

export interface ScheduledMarket {
  readonly ticker: string;
  readonly title: string;
  /** Absent: not known before the open; `strikeAtOpen` tells it then. */
  readonly strike?: Strike;
  strikeAtOpen?(): Strike;
  /**
   * P(yes) with everything that has happened up to `at`, which may lie a little ahead of the clock. `closeAt`: where the
   * close has moved to.
   */
  probability(at: EpochMs, closeAt?: EpochMs): number;
  /** How it ended. Asked after the close; `closedAt`: when that was, if not as scheduled. */
  readonly outcome: (closedAt?: EpochMs) => Outcome;
}
