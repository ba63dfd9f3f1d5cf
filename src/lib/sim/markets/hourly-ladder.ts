/** A ladder in the manner of KXBTCD: every hour, whether the settlement average is above each of five strikes. */
import type { Strike } from '../../core/market.ts';
import type { EpochMs } from '../../core/units.ts';
import { STEADY } from '../participants/profile.ts';
import type { ReferencePath } from '../reference.ts';
import { seriesFacts } from '../series.ts';
import { outcomeOf, probabilityOf } from './average-market.ts';
import type { EndlessProgram, ScheduledEvent, ScheduledMarket } from './program.ts';
import { tickerHour } from './ticker-date.ts';

const PERIOD_MS = 3_600_000;
const LISTED_BEFORE_OPEN_MS = 60_000;
const RUNG_DOLLARS = 250;
const RUNGS = [-2, -1, 0, 1, 2];

export function hourlyLadderProgram(path: ReferencePath): EndlessProgram {
  const facts = seriesFacts('KXBTCD');
  const eventClosingAt = (closeAt: EpochMs): ScheduledEvent => {
    const eventTicker = `${facts.ticker}-${tickerHour(closeAt)}`;
    const openAt = (closeAt - PERIOD_MS) as EpochMs;
    return {
      eventTicker,
      title: facts.title,
      listAt: (openAt - LISTED_BEFORE_OPEN_MS) as EpochMs,
      openAt,
      closeAt,
      markets: (listedAt) => {
        const middle = Math.round(path.priceAt(listedAt) / RUNG_DOLLARS);
        return RUNGS.map((rung) => market(path, eventTicker, closeAt, (middle + rung) * RUNG_DOLLARS));
      },
    };
  };
  return {
    facts,
    participants: STEADY,
    eventAt: (at) => eventClosingAt(((Math.floor(at / PERIOD_MS) + 1) * PERIOD_MS) as EpochMs),
    eventAfter: ({ closeAt }) => eventClosingAt((closeAt + PERIOD_MS) as EpochMs),
  };
}

/** "84,600 or above" is written as greater than 84599.99. */
function market(path: ReferencePath, eventTicker: string, closeAt: EpochMs, dollars: number): ScheduledMarket {
  const floor = (dollars * 100 - 1) / 100;
  const strike: Strike = { type: 'greater', floor };
  return {
    ticker: `${eventTicker}-T${floor.toFixed(2)}`,
    title: `$${dollars} or above`,
    strike,
    probability: (at, closesAt = closeAt) => probabilityOf(path, closesAt, strike, at),
    outcome: (closedAt = closeAt) => outcomeOf(path, closedAt, strike),
  };
}
