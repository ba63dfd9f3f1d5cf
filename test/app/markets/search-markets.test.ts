import { describe, expect, it } from 'vitest';
import { KalshiCatalogue } from '../../../src/lib/adapters/kalshi/rest-catalogue.ts';
import { ranked, scoreOf } from '../../../src/lib/app/markets/rank.ts';
import { searchMarkets } from '../../../src/lib/app/markets/search-markets.ts';
import { world } from '../../support/sim-client.ts';
import { venueWire } from '../../support/venue-wire.ts';

describe('how well words are answered', () => {
  it.each([
    ['a ticker', ['kxbtc15m'], 'a title', ['bitcoin']],
    ['a ticker without its prefix', ['btc15m'], 'a part of a ticker', ['15m']],
    ['a whole word', ['price'], 'a part of a word', ['ric']],
    ['the beginning of a word', ['bitco'], 'its middle', ['itco']],
  ])('%s %j counts more than %s %j', (_better, more, _worse, less) => {
    const candidate = { ticker: 'KXBTC15M', texts: ['Bitcoin price up in 15 minutes'] };
    expect(scoreOf(candidate, more)).toBeGreaterThan(scoreOf(candidate, less));
    expect(scoreOf(candidate, less)).toBeGreaterThan(0);
  });

  it('needs every word, wherever it stands', () => {
    const [high, low] = [
      { ticker: 'KXHIGHNY', texts: ['Highest temperature in New York City'] },
      { ticker: 'KXLOWNY', texts: ['Lowest temperature in New York City'] },
    ];
    expect(ranked([low, high], ['high', 'york'])).toEqual([high]);
    expect(ranked([low, high], ['paris'])).toEqual([]);
    expect(ranked([low, high], ['new', 'york'])).toEqual([high, low]);
  });
});

describe('a search', () => {
  const catalogue = new KalshiCatalogue(venueWire(world()));

  it('finds series, events and open markets, the series that is named first', async () => {
    const { hits, matched, isCut } = await searchMarkets(catalogue, ['KXBTCD'], 100);
    expect(hits[0]).toMatchObject({ kind: 'series', ticker: 'KXBTCD' });
    expect(new Set(hits.map(({ kind }) => kind))).toEqual(new Set(['series', 'event', 'market']));
    expect([hits.length, isCut]).toEqual([matched, false]);
  });

  it('finds by title and gives the few best', async () => {
    const { hits, matched } = await searchMarkets(catalogue, ['new', 'york', 'temperature'], 1);
    expect(hits).toMatchObject([{ ticker: expect.stringMatching(/^KXHIGHNY/) }]);
    expect(matched).toBeGreaterThan(1);
  });

  it('may find nothing', async () => {
    expect(await searchMarkets(catalogue, ['zzzz'], 10)).toMatchObject({ hits: [], matched: 0 });
  });
});
