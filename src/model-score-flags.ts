/** The flags of commands that ask recorded markets before their close. */
import { Flags } from '@oclif/core';

export const HORIZONS = '600,300,120,60,30,10';

export const askFlags = {
  horizons: Flags.string({
    default: HORIZONS,
    helpValue: 'SECONDS,…',
    description: 'how long before the close the market is asked about',
  }),
  market: Flags.string({ multiple: true, helpValue: 'TICKER', description: 'only markets that begin so' }),
  'spot-is': Flags.option({
    options: ['proxy', 'index'] as const,
    default: 'proxy' as const,
    description: "proxy: one exchange's trades, whose offset each strike tells anew; index: what the market settles on",
  })(),
  'book-age-seconds-max': Flags.integer({
    default: 5,
    min: 1,
    max: 3_600,
    description: 'a price that is older says nothing',
  }),
};

export const OUTCOMES_HELP = 'how the markets ended: market_ticker, close_time, floor_strike, settle_value, result';
export const DATA_HELP = 'recordings of frames, tapes, or tables of ticker rows, also gzipped';
export const SPOT_HELP = 'trades of the underlying: exchange_ts, price';
