/**
 * The news of 2026 and what is known of 2027, with where the dates stand. Data: whoever maintains kmm extends it each
 * December; `kmm doctor` says when it ends.
 */
import type { Release } from './releases.ts';

/** What moves with the whole economy. */
const MACRO = ['KXFED', 'KXINX', 'KXNASDAQ100', 'KXBTC', 'KXETH', 'KXGOLD'] as const;

export const RELEASES: readonly Release[] = [
  {
    // bls.gov/schedule/news_release/cpi.htm
    ...{ name: 'CPI', hour: 8, minute: 30, series: ['KXCPI', ...MACRO] },
    dates: [
      ...['2026-01-13', '2026-02-13', '2026-03-11', '2026-04-10', '2026-05-12', '2026-06-10'],
      ...['2026-07-14', '2026-08-12', '2026-09-11', '2026-10-14', '2026-11-10', '2026-12-10'],
    ],
  },
  {
    // bls.gov/schedule/news_release/empsit.htm
    ...{ name: 'Employment Situation', hour: 8, minute: 30, series: ['KXPAYROLLS', 'KXU3', ...MACRO] },
    dates: [
      ...['2026-01-09', '2026-02-11', '2026-03-06', '2026-04-03', '2026-05-08', '2026-06-05'],
      ...['2026-07-02', '2026-08-07', '2026-09-04', '2026-10-02', '2026-11-06', '2026-12-04'],
    ],
  },
  {
    // federalreserve.gov/monetarypolicy/fomccalendars.htm: the second day of each meeting.
    ...{ name: 'FOMC', hour: 14, minute: 0, series: MACRO },
    dates: [
      ...['2026-01-28', '2026-03-18', '2026-04-29', '2026-06-17', '2026-07-29', '2026-09-16', '2026-10-28'],
      ...['2026-12-09', '2027-01-27', '2027-03-17', '2027-04-28', '2027-06-09', '2027-07-28', '2027-09-15'],
      ...['2027-10-27', '2027-12-08'],
    ],
  },
  // tsa.gov/travel/passenger-volumes: yesterday's figure, on most mornings about this time.
  { name: 'TSA throughput', hour: 9, minute: 0, dates: 'daily', series: ['KXTSA'] },
  // The climate report of the day before (NWS product CLI), which settles the daily highs and lows.
  { name: 'NWS climate report', hour: 7, minute: 30, dates: 'daily', series: ['KXHIGH', 'KXLOW'] },
];
