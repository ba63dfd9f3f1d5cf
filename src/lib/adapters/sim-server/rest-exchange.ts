/** Endpoints about the exchange itself: status per shard, hours, and how fresh account data is (kalshi/api.md 6.3, 6.5). */
import type { Venue } from '../../sim/venue.ts';
import { answer } from './rest-answer.ts';
import { publicRoute, type Route } from './route.ts';
import { timeText } from './wire-text.ts';

export const EXCHANGE_ROUTES: readonly Route[] = [
  publicRoute({
    method: 'GET',
    path: '/exchange/status',
    operation: 'GetExchangeStatus',
    handle: ({ venue }) => answer(200, statusObject(venue)),
  }),
  publicRoute({
    method: 'GET',
    path: '/exchange/schedule',
    operation: 'GetExchangeSchedule',
    handle: ({ venue }) => answer(200, { schedule: scheduleObject(venue) }),
  }),
  publicRoute({
    method: 'GET',
    path: '/exchange/user_data_timestamp',
    operation: 'GetUserDataTimestamp',
    handle: ({ venue }) => answer(200, { as_of_time: timeText(venue.now) }),
  }),
];

/** Every shard that holds a series, and shard 0, ascending. */
function shardsOf(venue: Venue): readonly number[] {
  return [...new Set([0, ...venue.seriesList().map((series) => series.shard)])].sort((a, b) => a - b);
}

/** Top level speaks of shard 0, the others are in the list (kalshi/api.md 4). */
function statusObject(venue: Venue) {
  const resumesAt = venue.resumesAt(0);
  return {
    ...activityOf(venue, 0),
    ...(resumesAt === undefined ? {} : { exchange_estimated_resume_time: timeText(resumesAt) }),
    exchange_index_statuses: shardsOf(venue).map((shard) => ({
      exchange_index: shard,
      description: `Simulated shard ${shard}`,
      ...activityOf(venue, shard),
    })),
  };
}

function activityOf(venue: Venue, shard: number) {
  return {
    exchange_active: venue.isExchangeActive(shard),
    trading_active: venue.isTradingActive(shard),
    intra_exchange_transfers_active: venue.isExchangeActive(shard),
  };
}

/** Open around the clock, but for the weekly pause (kalshi/api.md 6.5). Hours are Eastern. */
function scheduleObject(venue: Venue) {
  const window = venue.maintenance();
  if (window === undefined) return { standard_hours: [ALWAYS_OPEN], maintenance_windows: [] };
  const { startsAt, endsAt } = window;
  return {
    standard_hours: [{ ...ALWAYS_OPEN, thursday: AROUND_THE_PAUSE }],
    maintenance_windows: [{ start_datetime: timeText(startsAt), end_datetime: timeText(endsAt) }],
  };
}

const WHOLE_DAY = [{ open_time: '00:00', close_time: '00:00' }];
const AROUND_THE_PAUSE = [
  { open_time: '00:00', close_time: '03:00' },
  { open_time: '05:00', close_time: '00:00' },
];
const ALWAYS_OPEN = {
  start_time: '2021-01-01T00:00:00Z',
  end_time: '2099-12-31T23:59:59Z',
  monday: WHOLE_DAY,
  tuesday: WHOLE_DAY,
  wednesday: WHOLE_DAY,
  thursday: WHOLE_DAY,
  friday: WHOLE_DAY,
  saturday: WHOLE_DAY,
  sunday: WHOLE_DAY,
};
