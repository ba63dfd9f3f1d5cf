/**
 * Markets that are heard without being quoted. A model that is not believed is shown right again by nothing but what it says of
 * markets and what comes of them: if nobody listened to it any more, it would stay benched for good (docs/adr/0048).
 *
 * Of each series whose model is benched one market is heard, beside the seats: a series is one model, an event one observation.
 */
import type { EpochMs } from '../units.ts';
import type { Seat, SeatChange, SeatRules } from './seats.ts';
import type { RankedMarket, Refusal } from './types.ts';

export type Heard = Pick<Seat, 'ticker' | 'series' | 'closeAt'>;

export interface Bench {
  readonly heard: readonly Heard[];
  readonly changes: readonly SeatChange[];
}

/**
 * Who was heard stays so until its close, or until its model is believed; as many series as there are seats.
 * @param ranked all that are listed, in any order @param seats as they are now
 */
export function benchOf(
  before: readonly Heard[],
  ranked: readonly RankedMarket[],
  seats: readonly Seat[],
  { seats: heardMax }: Pick<SeatRules, 'seats'>,
  now: EpochMs,
): Bench {
  const byTicker = new Map(ranked.map((one) => [one.candidate.market.ticker, one]));
  const sitting = new Set(seats.map(({ series }) => series));
  const heard: Heard[] = [];
  const changes: SeatChange[] = [];
  for (const one of before) {
    const why = unheardWhy(one, byTicker.get(one.ticker), sitting, now);
    if (why === undefined) heard.push(one);
    // A seat of its own says more than that it is no longer heard.
    else if (!seats.some(({ ticker }) => ticker === one.ticker)) {
      changes.push({ kind: 'unheard', ticker: one.ticker, why });
    }
  }
  const best = ranked.filter(({ refusals }) => refusals.length > 0 && refusals.every(isBenched));
  for (const { candidate, refusals } of best.sort((a, b) => b.value - a.value)) {
    const { ticker, seriesTicker: series, closeAt } = candidate.market;
    if (heard.length >= heardMax) break;
    if (sitting.has(series) || closeAt <= now || heard.some((one) => one.series === series)) continue;
    heard.push({ ticker, series, closeAt });
    changes.push({ kind: 'heard', ticker, why: refusals[0]?.text ?? '' });
  }
  return { heard, changes };
}

export function isBenched({ code }: Refusal): boolean {
  return code === 'benched';
}

/** What is not listed now is left alone: a listing may be late. */
function unheardWhy(
  { series, closeAt }: Heard,
  listed: RankedMarket | undefined,
  sitting: ReadonlySet<string>,
  now: EpochMs,
): string | undefined {
  if (closeAt <= now) return 'it is closed';
  if (sitting.has(series)) return 'one of its series has a seat';
  if (listed === undefined) return undefined;
  const lasting = listed.refusals.find(({ isLasting }) => isLasting);
  if (lasting !== undefined) return lasting.text;
  return listed.refusals.some(isBenched) ? undefined : 'its model is believed again';
}
