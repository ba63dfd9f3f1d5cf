/** What comes next: one of each kind, the soonest market's, and nothing that has been. */
import { describe, expect, it } from 'vitest';
import { nextThings } from '../../../src/lib/core/clock/countdown.ts';
import { RELEASES } from '../../../src/lib/core/clock/release-dates.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { MARKET, parametersOf } from '../../support/engine.ts';

const MINUTE_MS = 60_000;
/** Thursday 10 December 2026, 8:20 in New York: CPI in ten minutes, maintenance a week away. */
const NOW = epochMs(Date.UTC(2026, 11, 10, 13, 20, 0));
const at = (minutes: number) => epochMs(NOW + minutes * MINUTE_MS);
const closing = (ticker: string, minutes: number, seriesTicker = 'KXBTC15M') => ({
  ...MARKET,
  ...{ ticker, seriesTicker, openAt: at(-30), closeAt: at(minutes) },
});
const news = { beforeMs: MINUTE_MS, afterMs: 2 * MINUTE_MS, releases: RELEASES };
const parameters = {
  ...parametersOf({ quoting: { freezeMs: MINUTE_MS } }),
  clock: {
    news,
    series: { KXINX: { prepMs: 10 * MINUTE_MS, makeMs: 5 * MINUTE_MS, freezeMs: 2_000, postMs: MINUTE_MS } },
  },
};

describe('what comes next', () => {
  it('is one of each kind, of the market that comes first, in the order of time', () => {
    const markets = [closing('KXINX-A', 40, 'KXINX'), closing('KXBTC15M-B', 25), closing('KXBTC15M-C', 55)];
    expect(nextThings(markets, parameters, NOW).map((one) => [one.kind, one.name, (one.at - NOW) / MINUTE_MS])).toEqual(
      [
        ['news', 'CPI', 9],
        ['freeze', 'KXBTC15M-B', 24],
        ['fix', 'KXBTC15M-B', 25],
        ['make', 'KXINX-A', 35],
        ['maintenance', 'exchange', (7 * 24 - 5) * 60 - 20],
      ],
    );
  });

  it('leaves out what has been, and what moves nothing that is quoted', () => {
    const kinds = nextThings([closing('KXHIGHNY-A', 0.5, 'KXTEST')], parameters, NOW).map(({ kind }) => kind);
    expect(kinds).toEqual(['fix', 'maintenance']);
    expect(nextThings([], parameters, NOW).map(({ kind }) => kind)).toEqual(['maintenance']);
  });
});
