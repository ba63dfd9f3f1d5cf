import { describe, expect, it } from 'vitest';
import { KalshiCatalogue } from '../../../src/lib/adapters/kalshi/rest-catalogue.ts';
import { listMarkets, type MarketFilter } from '../../../src/lib/app/markets/list-markets.ts';
import { centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import { FAILURE, json, refusal, ScriptedWire } from '../../adapters/kalshi/wire-doubles.ts';
import { WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { venueWire } from '../../support/venue-wire.ts';

const venue = world();
venue.advanceTo(epochMs(WORLD_STARTS_AT + 16 * 60_000));
const catalogue = new KalshiCatalogue(venueWire(venue));
const BASE: MarketFilter = { status: 'open', sort: 'ticker', rowsMax: 100 };
const HOUR = 3_600_000;
const inHours = (hours: number) => epochMs(WORLD_STARTS_AT + hours * HOUR);

async function list(filter: Partial<MarketFilter>) {
  return (await listMarkets(catalogue, { ...BASE, ...filter })).rows;
}

describe('markets that match', () => {
  it.each<[string, Partial<MarketFilter>, RegExp]>([
    ['a series', { series: 'KXBTCD' }, /^KXBTCD-/],
    ['an event', { event: 'KXHIGHNY-26SEP21' }, /^KXHIGHNY-26SEP21-/],
    ['a window of closes', { closesFrom: inHours(0), closesTo: inHours(0.5) }, /^KXBTC15M-26SEP211130-30$/],
    ['what closes later', { closesFrom: inHours(2) }, /^KXHIGHNY-/],
    ['what is over', { status: 'settled' }, /^KXBTC15M-26SEP211115-15$/],
    ['what is to come', { status: 'unopened', series: 'KXBTC15M' }, /^KXBTC15M-26SEP211145-45$/],
  ])('%s', async (_what, filter, expected) => {
    const rows = await list(filter);
    expect(rows.length).toBeGreaterThan(0);
    for (const { ticker } of rows) expect(ticker).toMatch(expected);
  });

  it('trade at least so much', async () => {
    const all = await list({ sort: 'volume' });
    const volumeMin = all[3]?.volume24h ?? centicontracts(0);
    const some = await list({ sort: 'volume', volumeMin });
    expect(some.length).toBeGreaterThanOrEqual(4);
    expect(some.every(({ volume24h = 0 }) => volume24h >= volumeMin)).toBe(true);
  });

  it('come in the order asked for; without two sides there is no spread, and it comes last', async () => {
    const [byVolume, byClose, bySpread] = [
      await list({ sort: 'volume' }),
      await list({ sort: 'close' }),
      await list({ sort: 'spread' }),
    ];
    const volumes = byVolume.map(({ volume24h = 0 }) => -volume24h);
    const closes = byClose.map(({ closeAt }) => closeAt as number);
    const spreads = bySpread.map(({ bid, ask }) => (bid && ask ? ask.price - bid.price : Number.POSITIVE_INFINITY));
    for (const numbers of [volumes, closes, spreads]) expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('are counted when there is no room for all', async () => {
    const { rows, matched, isCut } = await listMarkets(catalogue, { ...BASE, rowsMax: 2 });
    expect([rows.length, matched > 2, isCut]).toEqual([2, true, false]);
  });
});

describe('a list that cannot be given', () => {
  it.each([
    [{ series: 'KXBTCX' }, 'there is no market, event or series KXBTCX (did you mean KXBTCD?)'],
    [
      { event: 'KXBTCD-26SEP2113' },
      'there is no market, event or series KXBTCD-26SEP2113 (did you mean KXBTCD-26SEP2112?)',
    ],
  ])('names what was meant: %j', async (filter, what) => {
    await expect(list(filter)).rejects.toMatchObject({ code: 'KMM_TICKER_UNKNOWN', exit: 2, what });
  });

  it('is empty, not unknown, when a series has no such markets', async () => {
    expect(await list({ series: 'KXHIGHNY', status: 'settled' })).toEqual([]);
  });

  it.each([
    ['nobody answers', FAILURE, 'KMM_UNREACHABLE', 5],
    ['the key is refused', refusal(401, 'authentication_error'), 'KMM_KEY_REFUSED', 4],
    ['the answer makes no sense', json(200, { markets: [{ ticker: 5 }] }), 'KMM_UNREACHABLE', 5],
  ] as const)('says why when %s', async (_what, reply, code, exit) => {
    const lost = new KalshiCatalogue(new ScriptedWire(() => reply));
    await expect(listMarkets(lost, BASE)).rejects.toMatchObject({ code, exit });
  });
});
