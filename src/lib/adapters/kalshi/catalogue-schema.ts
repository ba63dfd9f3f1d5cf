/**
 * What people ask of markets and the trader does not: rules, times, totals, tags, scheduled fees, incentives. Each object
 * is the trader's own (market-schema.ts) with the rest beside it. What is shown only is open: absent where it is not given.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Microdollars, microdollars } from '../../core/units.ts';
import { cleanProse, cleanText } from './clean-text.ts';
import { maybe, name, price, size, time, title, word } from './fields.ts';
import { eventSchema, marketSchema, seriesSchema } from './market-schema.ts';
import { present } from './present.ts';

export type ListedSeries = z.infer<typeof listedSeriesSchema>;
export type ListedEvent = z.infer<typeof listedEventSchema>;
export type ListedMarket = z.infer<typeof listedMarketSchema>;
export type SeriesFeeChange = z.infer<typeof seriesFeeChangeSchema>;
export type EventFeeChange = z.infer<typeof eventFeeChangeSchema>;
export type EventMetadata = z.infer<typeof eventMetadataSchema>;
export type Incentive = z.infer<typeof incentiveSchema>;

const titles = maybe(z.array(title)).transform((texts) => texts ?? []);
const sources = maybe(z.array(z.object({ name: title, url: maybe(title) }))).transform((raw) =>
  (raw ?? []).map(({ name, url }) => present({ name, url: url === '' ? undefined : url })),
);
/** Years before 2000 stand for "never" ("0001-01-01T00:00:00Z"). */
const stated = maybe(time).transform((at) => (at === undefined || at < Date.UTC(2000) ? undefined : at));
const text = maybe(title).transform((value) => (value === '' ? undefined : value));
const prose = maybe(z.string()).transform((value) => value ?? '');

const seriesDetails = z
  .object({
    frequency: text,
    category: text,
    categories: titles,
    tags: titles,
    settlement_sources: sources,
    contract_url: text,
    contract_terms_url: text,
    volume_fp: maybe(size),
    last_updated_ts: stated,
  })
  .transform((raw) =>
    present({
      frequency: raw.frequency,
      category: raw.category,
      categories: raw.categories,
      tags: raw.tags,
      sources: raw.settlement_sources,
      contractUrl: raw.contract_url,
      termsUrl: raw.contract_terms_url,
      volume: raw.volume_fp,
      updatedAt: raw.last_updated_ts,
    }),
  );

export const listedSeriesSchema = z.intersection(seriesSchema, seriesDetails);

const marketDetails = z
  .object({
    no_sub_title: text,
    expected_expiration_time: stated,
    latest_expiration_time: stated,
    settlement_timer_seconds: maybe(z.int().nonnegative()),
    settlement_ts: stated,
    expiration_value: text,
    can_close_early: maybe(z.boolean()),
    early_close_condition: text,
    functional_strike: text,
    custom_strike: maybe(z.record(z.string(), z.unknown())),
    last_price_dollars: maybe(price),
    volume_24h_fp: maybe(size),
    open_interest_fp: maybe(size),
    rules_primary: prose,
    rules_secondary: prose,
    price_level_structure: text,
  })
  .transform((raw) =>
    present({
      noSubtitle: raw.no_sub_title,
      expectedSettlementAt: raw.expected_expiration_time,
      latestSettlementAt: raw.latest_expiration_time,
      settlementTimerSeconds: raw.settlement_timer_seconds,
      settledAt: raw.settlement_ts,
      settledOn: raw.expiration_value,
      mayCloseEarly: raw.can_close_early,
      earlyCloseCondition: raw.early_close_condition,
      functionalStrike: raw.functional_strike,
      customStrike: raw.custom_strike && cleanText(JSON.stringify(raw.custom_strike)),
      // 0 stands for a market that has not traded: no trade has that price.
      lastPrice: raw.last_price_dollars === 0 ? undefined : raw.last_price_dollars,
      volume24h: raw.volume_24h_fp,
      openInterest: raw.open_interest_fp,
      rules: [...cleanProse(raw.rules_primary), ...cleanProse(raw.rules_secondary)],
      rulesHash: rulesHash(raw.rules_primary, raw.rules_secondary),
      gridName: raw.price_level_structure,
    }),
  );

export const listedMarketSchema = z.intersection(marketSchema, marketDetails);

const eventDetails = z
  .object({
    sub_title: text,
    category: text,
    strike_date: stated,
    strike_period: text,
    settlement_sources: sources,
    markets: maybe(z.array(listedMarketSchema)),
  })
  .transform((raw) =>
    present({
      subtitle: raw.sub_title,
      category: raw.category,
      strikeAt: raw.strike_date,
      strikePeriod: raw.strike_period,
      sources: raw.settlement_sources,
      markets: raw.markets ?? [],
    }),
  );

/** `markets` are there when they were asked for. */
export const listedEventSchema = z.intersection(eventSchema, eventDetails);

export const seriesFeeChangeSchema = z
  .object({ series_ticker: name, fee_type: word, fee_multiplier: z.number(), scheduled_ts: time })
  .transform((raw) => ({
    seriesTicker: raw.series_ticker,
    feeType: raw.fee_type,
    feeMultiplier: raw.fee_multiplier,
    at: raw.scheduled_ts,
  }));

/** Without type and multiplier the override ends and the series' own fees count again (kalshi/api.md 8.5). */
export const eventFeeChangeSchema = z
  .object({
    event_ticker: name,
    series_ticker: name,
    fee_type_override: maybe(word),
    fee_multiplier_override: maybe(z.number()),
    scheduled_ts: time,
  })
  .transform((raw) =>
    present({
      eventTicker: raw.event_ticker,
      seriesTicker: raw.series_ticker,
      feeType: raw.fee_type_override,
      feeMultiplier: raw.fee_multiplier_override,
      at: raw.scheduled_ts,
    }),
  );

export const eventMetadataSchema = z
  .object({ settlement_sources: sources, competition: text, competition_scope: text })
  .transform((raw) =>
    present({
      sources: raw.settlement_sources,
      competition: raw.competition,
      competitionScope: raw.competition_scope,
    }),
  );

/** Rewards come in hundredths of a cent; null on programmes that are still pending (kalshi/api.md 10). */
const reward = maybe(z.int().nonnegative()).transform((centicents): Microdollars | undefined =>
  centicents === undefined ? undefined : microdollars(100 * centicents),
);

export const incentiveSchema = z
  .object({
    id: word,
    market_ticker: name,
    incentive_type: word,
    incentive_description: title,
    start_date: time,
    end_date: time,
    period_reward: reward,
    paid_out: z.boolean(),
    discount_factor_bps: maybe(z.int().nonnegative()),
    target_size_fp: maybe(size),
    max_reward_per_account: reward,
  })
  .transform((raw) =>
    present({
      id: raw.id,
      ticker: raw.market_ticker,
      type: raw.incentive_type,
      description: raw.incentive_description,
      startsAt: raw.start_date,
      endsAt: raw.end_date,
      reward: raw.period_reward,
      isPaidOut: raw.paid_out,
      discountBasisPoints: raw.discount_factor_bps,
      targetSize: raw.target_size_fp,
      rewardMax: raw.max_reward_per_account,
    }),
  );

/** Of the exact text as it came, so that it changes when, and only when, the exchange changes a letter. */
function rulesHash(primary: string, secondary: string): string {
  return createHash('sha256').update(`${primary}\n\n${secondary}`).digest('hex');
}
