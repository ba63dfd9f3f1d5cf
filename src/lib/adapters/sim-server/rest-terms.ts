/** What changes the cost of trading: scheduled fee changes of series and events, and incentives (kalshi/api.md 8.5, 10). */
import { z } from 'zod';
import { formatSize } from '../../core/units.ts';
import type { VenueFeeChange, VenueIncentive } from '../../sim/venue-terms.ts';
import { feeOverrideObject, multiplierOf } from './market-objects.ts';
import { pageOf } from './paging.ts';
import { limitUpTo, optionalFlag } from './request-schema.ts';
import { answer } from './rest-answer.ts';
import { publicRoute, type Route } from './route.ts';
import { centicentsOf, namedId, timeText } from './wire-text.ts';

/** Changes that have taken effect are listed on request only. */
const seriesFeeChanges = publicRoute({
  method: 'GET',
  path: '/series/fee_changes',
  operation: 'GetSeriesFeeChanges',
  query: z.object({ series_ticker: z.string().optional(), show_historical: optionalFlag }),
  handle: ({ venue, query }) =>
    answer(200, {
      series_fee_change_arr: venue
        .feeChanges()
        .filter(({ at }) => query.show_historical || at > venue.now)
        .filter(({ seriesTicker }) => query.series_ticker === undefined || seriesTicker === query.series_ticker)
        .flatMap(seriesChangeObjects),
    }),
});

const eventFeeChanges = publicRoute({
  method: 'GET',
  path: '/events/fee_changes',
  operation: 'GetEventFeeChanges',
  query: z.object({
    event_ticker: z.string().optional(),
    show_historical: optionalFlag,
    limit: limitUpTo(1_000, 100),
    cursor: z.string().optional(),
  }),
  handle({ venue, query }) {
    const { items, cursor } = pageOf(
      venue.feeChanges(),
      (change) => change.changeId,
      ({ eventTicker, at }) =>
        eventTicker !== undefined &&
        (query.show_historical || at > venue.now) &&
        (query.event_ticker === undefined || eventTicker === query.event_ticker),
      query,
    );
    return answer(200, { event_fee_changes: items.flatMap(eventChangeObjects), cursor });
  },
});

const PROGRAM_STATES = ['active', 'upcoming', 'closed', 'paid_out'] as const;
const PROGRAM_TYPES = ['liquidity', 'volume', 'margin_maker_volume', 'margin_taker_volume'] as const;

const incentives = publicRoute({
  method: 'GET',
  path: '/incentive_programs',
  operation: 'GetIncentivePrograms',
  query: z.object({
    status: z.enum(['all', ...PROGRAM_STATES]).default('all'),
    type: z.enum(['all', ...PROGRAM_TYPES]).default('all'),
    incentive_description: z.string().optional(),
    limit: limitUpTo(10_000, 100),
    cursor: z.string().optional(),
  }),
  handle({ venue, query }) {
    const { items, cursor } = pageOf(
      venue.incentives(),
      (program) => program.incentiveId,
      (program) =>
        (query.status === 'all' || query.status === stateOf(program, venue.now)) &&
        (query.type === 'all' || query.type === program.type) &&
        (query.incentive_description === undefined || query.incentive_description === program.description),
      query,
    );
    return answer(200, { incentive_programs: items.map(incentiveObject), next_cursor: cursor });
  },
});

export const TERMS_ROUTES: readonly Route[] = [seriesFeeChanges, eventFeeChanges, incentives];

function seriesChangeObjects({ changeId, seriesTicker, eventTicker, terms, at }: VenueFeeChange) {
  if (eventTicker !== undefined || terms === undefined) return [];
  return [
    {
      id: changeId,
      series_ticker: seriesTicker,
      fee_type: terms.type,
      fee_multiplier: multiplierOf(terms),
      scheduled_ts: timeText(at),
    },
  ];
}

function eventChangeObjects({ changeId, seriesTicker, eventTicker, terms, at }: VenueFeeChange) {
  if (eventTicker === undefined) return [];
  const scheduled = { event_ticker: eventTicker, series_ticker: seriesTicker, scheduled_ts: timeText(at) };
  return [{ id: changeId, ...scheduled, ...feeOverrideObject(terms) }];
}

function stateOf({ startsAt, endsAt, isPaidOut }: VenueIncentive, now: number): (typeof PROGRAM_STATES)[number] {
  if (isPaidOut) return 'paid_out';
  if (now < startsAt) return 'upcoming';
  return now < endsAt ? 'active' : 'closed';
}

function incentiveObject(program: VenueIncentive) {
  const { discountBasisPoints, targetSize, rewardMaxPerAccount } = program;
  return {
    id: program.incentiveId,
    market_id: namedId('market', program.ticker),
    market_ticker: program.ticker,
    incentive_type: program.type,
    incentive_description: program.description,
    start_date: timeText(program.startsAt),
    end_date: timeText(program.endsAt),
    period_reward: centicentsOf(program.reward),
    paid_out: program.isPaidOut,
    ...(discountBasisPoints === undefined ? {} : { discount_factor_bps: discountBasisPoints }),
    ...(targetSize === undefined ? {} : { target_size_fp: formatSize(targetSize) }),
    ...(rewardMaxPerAccount === undefined ? {} : { max_reward_per_account: centicentsOf(rewardMaxPerAccount) }),
  };
}
