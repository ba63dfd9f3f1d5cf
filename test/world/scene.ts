/**
 * Where and when a world takes place: which markets, what day, and how tight the limits are that a minute of trading can
 * reach. Drawn with the plan and kept in it; a plan without a scene is the plain one.
 */
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import { chance, integer, type RandomStream } from '../../src/lib/sim/random.ts';
import type { BuiltInSeries } from '../../src/lib/sim/series.ts';

export const SCENES = ['friday', 'roll', 'midnight', 'thursday', 'thursday_end'] as const;

export interface Scene {
  /** `roll`: a quarter hour ends in it. `midnight`: an Eastern day does. `thursday`: the weekly pause begins, or ends. */
  readonly when: (typeof SCENES)[number];
  readonly series: readonly BuiltInSeries[];
  /** `risk.loss_day_dollars_max`, low enough to be reached. */
  readonly dayLossDollars?: number;
  /** `risk.orders_per_minute_max`, low enough to be reached. */
  readonly ordersPerMinute?: number;
  /** Fills of makers cost a fee from so long after the start on: the exchange has scheduled it, and says nothing then. */
  readonly feesAfterMs?: number;
  /** Balances move in whole cents, so that rounding is carried from fill to fill of an order. */
  readonly isInCents?: boolean;
  /** Never drawn: for the mistakes that only a tight one shows. */
  readonly groupLossDollars?: number;
  readonly strikePercent?: number;
}

export const PLAIN: Scene = { when: 'friday', series: ['KXBTC15M'] };

export function drawScene(stream: RandomStream): Scene {
  const when = chance(stream, 0.6) ? 'friday' : (SCENES[integer(stream, 1, SCENES.length - 1)] ?? 'friday');
  const drawn = stream.next();
  const series = SERIES.find(([upTo]) => drawn < upTo)?.[1] ?? PLAIN.series;
  return {
    ...{ when, series },
    ...(chance(stream, 0.1) && { dayLossDollars: integer(stream, 5, 50) / 100 }),
    ...(chance(stream, 0.05) && { ordersPerMinute: integer(stream, 6, 20) }),
    ...(chance(stream, 0.4) && { feesAfterMs: integer(stream, 0, 60) * 1_000 }),
    ...(chance(stream, 0.3) && { isInCents: true }),
  };
}

const SERIES: readonly (readonly [number, readonly BuiltInSeries[]])[] = [
  [0.6, ['KXBTC15M']],
  [0.8, ['KXHIGHNY']],
  [0.9, ['KXBTCD']],
  [1, ['KXBTC15M', 'KXBTCD', 'KXHIGHNY']],
];

/** When the trader is first started. */
export function startOf({ when }: Scene, stream: RandomStream): EpochMs {
  switch (when) {
    case 'friday':
      return epochMs(FRIDAY + integer(stream, 60_000, chance(stream, 0.8) ? 600_000 : 840_000));
    case 'roll':
      return epochMs(FRIDAY + integer(stream, 840_000, 890_000));
    case 'midnight':
      return epochMs(MIDNIGHT - integer(stream, 5_000, 70_000));
    case 'thursday':
      return epochMs(THURSDAY - integer(stream, 5_000, 50_000));
    case 'thursday_end':
      return epochMs(THURSDAY + 2 * HOUR_MS - integer(stream, 1_000, 50_000));
  }
}

const HOUR_MS = 3_600_000;
/** 2026-11-20 10:00 in New York. */
const FRIDAY = Date.UTC(2026, 10, 20, 15);
/** The midnight before it. */
const MIDNIGHT = Date.UTC(2026, 10, 20, 5);
/** 2026-11-19 03:00 in New York. */
const THURSDAY = Date.UTC(2026, 10, 19, 8);
