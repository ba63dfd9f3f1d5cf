/** What the exchange lists, read from recorded answers, from scripted pages, and from the embedded exchange. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  eventFeeChangeSchema,
  incentiveSchema,
  listedEventSchema,
  listedMarketSchema,
  listedSeriesSchema,
} from '../../../src/lib/adapters/kalshi/catalogue-schema.ts';
import { KalshiCatalogue } from '../../../src/lib/adapters/kalshi/rest-catalogue.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { WireReply } from '../../../src/lib/ports.ts';
import { sharedPath } from '../../support/shared.ts';
import { WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { venueWire } from '../../support/venue-wire.ts';
import { html, json, NOON, refusal, ScriptedWire } from './wire-doubles.ts';

const fixtures = sharedPath('kalshi/fixtures/rest');
const recorded = (file: string) => JSON.parse(readFileSync(`${fixtures}/${file}`, 'utf8'));

describe.skipIf(fixtures === undefined)('recorded answers of the exchange', () => {
  it('give a market with its rules by paragraph, their hash, and the times of its settlement', () => {
    const { single } = recorded('market-single-prod-2026-08-09.json');
    const market = listedMarketSchema.parse(single.market);
    expect(market).toMatchObject({
      ticker: 'KXNCAAFGAME-26SEP19MSUND-ND',
      expectedSettlementAt: Date.parse('2026-09-20T02:30:00Z'),
      latestSettlementAt: Date.parse('2026-09-21T23:30:00Z'),
      settlementTimerSeconds: 300,
      mayCloseEarly: true,
      earlyCloseCondition: 'This market will close and expire after a winner is declared.',
      lastPrice: 9_500,
      volume24h: 314,
      openInterest: 242_248,
      customStrike: '{"football_team":"e29b78dd-ca06-432f-8f2f-8d25aca47b9a"}',
      rulesHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(market).not.toHaveProperty('settledOn');
    expect(market.rules).toHaveLength(4);
    expect(market.rules[0]).toMatch(/^If Notre Dame wins .* resolves to Yes\.$/);
    const changed = { ...single.market, rules_secondary: `${single.market.rules_secondary} ` };
    expect(listedMarketSchema.parse(changed).rules).toEqual(market.rules);
    expect(listedMarketSchema.parse(changed).rulesHash).not.toBe(market.rulesHash);
  });

  it('give every market of an hour, an event and the series', () => {
    const hour = Object.values(recorded('markets-KXBTC-26JUL0921.json')).map((raw) => listedMarketSchema.parse(raw));
    expect(hour.length).toBeGreaterThan(2);
    for (const market of hour) expect(market).toMatchObject({ settlementTimerSeconds: 60, gridName: 'linear_cent' });
    // Not traded yet: no last price, and not one of zero.
    expect(hour.find(({ ticker }) => ticker.endsWith('-T52200'))).not.toHaveProperty('lastPrice');
    const { event, markets } = recorded('event-KXGOLD15M-26AUG102130.json').response;
    expect(listedEventSchema.parse({ ...event, markets })).toMatchObject({
      subtitle: 'Aug 10 - 9:15PM EDT to 9:30PM EDT',
      strikeAt: Date.parse('2026-08-11T01:30:00Z'),
      sources: [{ name: 'Pyth - Gold' }],
      markets: [{ settledOn: '4419.24', settledAt: Date.parse('2026-08-11T01:30:05.459Z') }],
    });
    const { payloads } = recorded('series-prod-2026-08-20.json');
    expect(listedSeriesSchema.parse(payloads.KXMLBGAME.series)).toMatchObject({
      ...{ category: 'Sports', frequency: 'custom', tags: ['Baseball'], feeMultiplier: 0.5 },
      termsUrl: 'https://assets.kalshi.com/contract_terms/MLBGAME.pdf',
    });
  });
});

describe('text of the exchange', () => {
  it('is cleaned, paragraph by paragraph, and never grows without end', () => {
    const raw = world().markets()[0];
    expect(raw).toBeDefined();
    const market = listedMarketSchema.parse({
      ...MARKET,
      rules_primary: 'If \u001b[31mred\u202e,\r\nthen\u200b yes.\n\n\n',
      rules_secondary: 'x'.repeat(100_000),
    });
    expect(market.rules.slice(0, 2)).toEqual(['If [31mred,', 'then yes.']);
    expect(market.rules[2]).toHaveLength(20_000);
    expect(listedMarketSchema.parse({ ...MARKET, rules_primary: '', rules_secondary: null }).rules).toEqual([]);
  });
});

const PROGRAMME = {
  id: 'p1',
  market_id: 'm1',
  market_ticker: 'KXBTCD-26SEP2112-T1',
  incentive_type: 'liquidity',
  incentive_description: 'Liquidity',
  start_date: '2026-09-21T00:00:00Z',
  end_date: '2026-09-28T00:00:00Z',
  period_reward: 1_000_000,
  paid_out: false,
  discount_factor_bps: 5_000,
  target_size_fp: '300.00',
};

describe('scheduled changes and incentives', () => {
  it('count rewards in hundredths of a cent', () => {
    expect(incentiveSchema.parse(PROGRAMME)).toMatchObject({ reward: 100_000_000, targetSize: 30_000 });
    const pending = incentiveSchema.parse({ ...PROGRAMME, period_reward: null, target_size_fp: null });
    expect(pending).not.toHaveProperty('reward');
  });

  it('tell the end of an override from a new one', () => {
    const change = { id: 'c', event_ticker: 'E-1', series_ticker: 'E', scheduled_ts: '2026-10-01T00:00:00Z' };
    const over = eventFeeChangeSchema.parse({ ...change, fee_type_override: null, fee_multiplier_override: null });
    expect(over).toEqual({ eventTicker: 'E-1', seriesTicker: 'E', at: Date.parse('2026-10-01T00:00:00Z') });
    const next = eventFeeChangeSchema.parse({
      ...change,
      fee_type_override: 'quadratic',
      fee_multiplier_override: 0.5,
    });
    expect(next).toMatchObject({ feeType: 'quadratic', feeMultiplier: 0.5 });
  });

  it('stand beside what an event says of its sources', async () => {
    const answer = {
      image_url: '',
      market_details: [],
      settlement_sources: [{ name: 'NWS', url: '' }],
      competition: null,
    };
    const wire = new ScriptedWire(() => json(200, answer));
    const result = await new KalshiCatalogue(wire).eventMetadata('KXHIGHNY-26SEP21');
    expect(result).toEqual({ ok: true, value: { sources: [{ name: 'NWS' }] } });
    expect(wire.requests[0]?.path).toBe('/trade-api/v2/events/KXHIGHNY-26SEP21/metadata');
  });

  it('are paged by the cursor of their own name', async () => {
    const wire = new ScriptedWire(({ query }) =>
      query?.cursor === undefined
        ? json(200, { incentive_programs: [PROGRAMME], next_cursor: 'n' })
        : json(200, { incentive_programs: [{ ...PROGRAMME, id: 'p2' }] }),
    );
    const result = await new KalshiCatalogue(wire).incentives('active', 5_000);
    expect(result).toMatchObject({ ok: true, value: { rows: [{ id: 'p1' }, { id: 'p2' }], isCut: false } });
    expect(wire.requests.map(({ query }) => query)).toEqual([
      { status: 'active', limit: 1_000 },
      { status: 'active', limit: 1_000, cursor: 'n' },
    ]);
  });
});

const MARKET = {
  ...{ ticker: 'A-1-1', event_ticker: 'A-1', status: 'active', result: '', volume_fp: '0.00' },
  ...{ open_time: '2026-09-21T00:00:00Z', close_time: '2026-09-22T00:00:00Z' },
  ...{ yes_bid_dollars: '0.0000', yes_bid_size_fp: '0.00', yes_ask_dollars: '1.0000', yes_ask_size_fp: '0.00' },
  price_ranges: [{ start: '0.0000', end: '1.0000', step: '0.0100' }],
};

describe('a bounded listing', () => {
  const page = (tickers: readonly string[], cursor: string) =>
    json(200, { markets: tickers.map((ticker) => ({ ...MARKET, ticker })), cursor });

  it('stops at its bound and says that there is more', async () => {
    const wire = new ScriptedWire(({ query }) => page(['A-1-1', 'A-1-2'], query?.cursor === undefined ? 'x' : 'y'));
    const result = await new KalshiCatalogue(wire).markets({ status: 'open', closesTo: epochMs(NOON + 1) }, 4);
    expect(result).toMatchObject({ ok: true, value: { isCut: true } });
    expect(result.ok && result.value.rows).toHaveLength(4);
    const filters = { status: 'open', max_close_ts: NOON / 1_000 + 1, mve_filter: 'exclude' };
    expect(wire.requests.map(({ query }) => query)).toEqual([
      { ...filters, limit: 4 },
      { ...filters, limit: 2, cursor: 'x' },
    ]);
  });

  it.each<[string, readonly WireReply[], string]>([
    ['a later page is refused', [page(['A-1-1'], '1'), refusal(401, 'authentication_error')], 'refused'],
    ['a later page is a web page', [page(['A-1-1'], '1'), html(200)], 'malformed'],
    ['a page lacks its rows', [json(200, { cursor: '' })], 'malformed'],
    ['a row makes no sense', [json(200, { markets: [{ ...MARKET, volume_fp: 12 }], cursor: '' })], 'malformed'],
    ['the cursor goes in a circle', [page([], '1'), page([], '1')], 'malformed'],
  ])('is an error, never a part, when %s', async (_what, pages, kind) => {
    const wire = new ScriptedWire(({ query }) => pages[query?.cursor === undefined ? 0 : 1] ?? html(500));
    expect(await new KalshiCatalogue(wire).markets({}, 5_000)).toMatchObject({ ok: false, error: { kind } });
  });

  it('may be empty, also as Go writes it', async () => {
    const wire = new ScriptedWire(() => json(200, { markets: null, cursor: '' }));
    expect(await new KalshiCatalogue(wire).markets({}, 10)).toMatchObject({
      ok: true,
      value: { rows: [], isCut: false },
    });
  });
});

describe('the embedded exchange', () => {
  const catalogue = new KalshiCatalogue(venueWire(world()));

  it('lists series, events with their markets, fee changes and incentives', async () => {
    const series = await catalogue.seriesList();
    expect(series.ok && series.value.map(({ ticker }) => ticker)).toContain('KXBTC15M');
    const events = await catalogue.events({ series: 'KXBTCD', status: 'open', isWithMarkets: true }, 100);
    expect(events.ok && events.value.rows[0]?.markets.length).toBeGreaterThan(2);
    const bare = await catalogue.events({ series: 'KXBTCD', status: 'open' }, 100);
    expect(bare.ok && bare.value.rows[0]?.markets).toEqual([]);
    expect(await catalogue.seriesFeeChanges('KXBTCD')).toMatchObject({ ok: true });
    expect(await catalogue.eventFeeChanges('KXBTCD-26SEP2112')).toMatchObject({ ok: true });
    expect(await catalogue.incentives('active', 100)).toMatchObject({ ok: true });
  });

  it('finds markets by the time of their close', async () => {
    const soon = epochMs(WORLD_STARTS_AT + 20 * 60_000);
    const result = await catalogue.markets({ closesFrom: WORLD_STARTS_AT, closesTo: soon }, 100);
    expect(result.ok && result.value.rows.map(({ ticker }) => ticker)).toEqual(['KXBTC15M-26SEP211115-15']);
  });
});
