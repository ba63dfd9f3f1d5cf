/**
 * KXBTC15M: every quarter hour one market, whether the settlement average at its close is at least the one at its open.
 * The strike is therefore unknown until the market opens (kalshi/api.md 9.1).
 */
import type { Strike } from '../../core/market.ts';
import type { EpochMs } from '../../core/units.ts';
import { LIVELY } from '../participants/profile.ts';
import type { ReferencePath } from '../reference.ts';
import { seriesFacts } from '../series.ts';
import { outcomeOf, probabilityOf } from './average-market.ts';
import type { EndlessProgram, ScheduledEvent, ScheduledMarket } from './program.ts';
import { minuteDigits, tickerMinute } from './ticker-date.ts';

const PERIOD_MS = 900_000;

export function quarterHourProgram(path: ReferencePath): EndlessProgram {
  const facts = seriesFacts('KXBTC15M');
  const eventClosingAt = (closeAt: EpochMs): ScheduledEvent => {
    const openAt = (closeAt - PERIOD_MS) as EpochMs;
    const eventTicker = `${facts.ticker}-${tickerMinute(closeAt)}`;
    return {
      eventTicker,
      title: facts.title,
      listAt: (openAt - PERIOD_MS) as EpochMs,
      openAt,
      closeAt,
      markets: () => [market(path, `${eventTicker}-${minuteDigits(closeAt)}`, openAt, closeAt)],
    };
  };
  return {
    facts,
    participants: LIVELY,
    eventAt: (at) => eventClosingAt(((Math.floor(at / PERIOD_MS) + 1) * PERIOD_MS) as EpochMs),
    eventAfter: ({ closeAt }) => eventClosingAt((closeAt + PERIOD_MS) as EpochMs),
  };
}

function market(path: ReferencePath, ticker: string, openAt: EpochMs, closeAt: EpochMs): ScheduledMarket {
  let known: Strike | undefined;
  const strike = (): Strike => {
    known ??= { type: 'greater_or_equal', floor: path.settlementAverage(openAt) };
    return known;
  };
  return {
    ticker,
    title: 'Target price: TBD',
    strikeAtOpen: strike,
    probability: (at, closesAt = closeAt) => probabilityOf(path, closesAt, strike(), at),
    outcome: (closedAt = closeAt) => outcomeOf(path, closedAt, strike()),
  };
}
