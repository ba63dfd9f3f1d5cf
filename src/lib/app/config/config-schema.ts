/**
 * Every key a config file may have, with its unit and its range, and the preset that sim starts with.
 *
 * The ranges are ceilings compiled in: dollars given for cents, or one digit too many, are refused here (F38). A key is
 * never given a new meaning; a new meaning is a new key.
 */
import { z } from 'zod';
import type { BasisPoints, Centicents, Centicontracts, Microdollars } from '../../core/units.ts';
import {
  channelNames,
  choice,
  decimal,
  flag,
  groupName,
  hoursOfDay,
  key,
  real,
  referenceSources,
  text,
  tickers,
  tokenFile,
  urlFile,
} from './config-leaves.ts';
import { fairSource } from './fair-source.ts';
import { HONESTY_PRESET, honestySchema } from './honesty.ts';
import { SELECTION_PRESET, selectionSchema } from './selection.ts';
import { sourcesSchema } from './sources-schema.ts';

/** What is worth a line, from the most to the least. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const SCHEMA_NAME = 'kmm/1';

const dollars = (min: number, max: number) => decimal<Microdollars>({ unit: 'dollars', decimals: 6, min, max });
const contracts = (min: number, max: number) => decimal<Centicontracts>({ unit: 'contracts', decimals: 2, min, max });
const cents = (min: number, max: number) => decimal<Centicents>({ unit: 'cents', decimals: 2, min, max });
const percent = (min: number, max: number) => decimal<BasisPoints>({ unit: 'per cent', decimals: 2, min, max });
const count = (unit: string, min: number, max: number) => decimal({ unit, decimals: 0, min, max });
const seconds = (min: number, max: number) => decimal({ unit: 'seconds', decimals: 3, min, max });
const wholeSeconds = (min: number, max: number) => decimal({ unit: 'seconds', decimals: 0, min, max });
const milliseconds = (min: number, max: number) => decimal({ unit: 'milliseconds', decimals: 0, min, max });

const seriesName = () => z.string().regex(/^[A-Z0-9]{1,32}$/, { error: 'must be a series, in upper case' });

export const configSchema = z.strictObject({
  schema: z.literal(SCHEMA_NAME),
  environment: choice(['sim', 'demo', 'prod']).optional(),
  markets: z.strictObject({ tickers: tickers() }),
  fair: z.strictObject({
    source: fairSource(),
    standard_error: real({ unit: 'of probability', min: 0, max: 0.5 }),
    reference_age_seconds_max: seconds(0.1, 60),
    annual_volatility_percent_min: percent(1, 500),
    proxy_error_dollars: real({ unit: 'dollars', min: 0, max: 1_000 }),
    forecast_age_seconds_max: wholeSeconds(1, 30 * 86_400),
    series: z.record(seriesName(), fairSource()),
  }),
  sources: sourcesSchema(),
  references: z.strictObject({
    age_seconds_max: seconds(0.1, 60),
    outlier_percent_max: percent(0.01, 10),
    sources_min: count('sources', 1, 4),
    indices: z.record(z.string().regex(/^[A-Z0-9_]{1,32}$/, { error: 'must be an index' }), referenceSources()),
    coinbase: z.strictObject({ url: text('must be a URL') }),
    kraken: z.strictObject({ url: text('must be a URL') }),
    bitstamp: z.strictObject({ url: text('must be a URL') }),
    polygon: z.strictObject({ url: text('must be a URL'), key_file: tokenFile() }),
  }),
  quoter: z.strictObject({
    strategy: choice(['as', 'cara', 'glft', 'regime']),
    interval_weight: real({ unit: 'standard errors', min: 0, max: 5 }),
    bins_max: count('bins', 1, 1_000),
    queue_dollars: real({ unit: 'dollars', min: 0, max: 0.1 }),
    incentive_dollars: z.record(seriesName(), real({ unit: 'dollars', min: 0, max: 0.05 })),
    as: z.strictObject({
      gamma_per_cent: real({ unit: 'per cent of price', min: 0.000001, max: 1 }),
      kappa_per_cent: real({ unit: 'per cent of price', min: 0.01, max: 10 }),
      sigma_cents_per_root_hour: real({ unit: 'cents per root hour', min: 0.01, max: 100 }),
    }),
    cara: z.strictObject({
      gamma_per_dollar: real({ unit: 'per dollar', min: 0.0001, max: 10 }),
      k_per_dollar: real({ unit: 'per dollar', min: 1, max: 1000 }),
      adverse_dollars: real({ unit: 'dollars', min: 0, max: 0.5 }),
      edge_dollars: real({ unit: 'dollars', min: 0, max: 0.5 }),
    }),
    glft: z.strictObject({
      gamma_per_cent: real({ unit: 'per cent of price', min: 0.000001, max: 1 }),
      k_per_cent: real({ unit: 'per cent of price', min: 0.01, max: 10 }),
      fills_per_hour: real({ unit: 'fills an hour at the mid', min: 0.01, max: 100_000 }),
      sigma_cents_per_root_hour: real({ unit: 'cents per root hour', min: 0.01, max: 100 }),
      fitted_fills: count('fills', 0, 1_000_000_000),
    }),
    regime: z.strictObject({
      preset: choice(['conservative', 'default', 'aggressive', 'fast']),
      is_volatile: flag(),
      hours_min: real({ unit: 'hours', min: 0, max: 168 }),
      liquidity_dollars_min: real({ unit: 'dollars', min: 0, max: 1_000_000 }),
    }),
  }),
  clock: z.strictObject({
    news_before_seconds: wholeSeconds(0, 3_600),
    news_after_seconds: wholeSeconds(0, 7_200),
    series: z.record(
      seriesName(),
      z.strictObject({
        prep_seconds: wholeSeconds(0, 86_400).optional(),
        make_seconds: wholeSeconds(1, 86_400).optional(),
        freeze_seconds: wholeSeconds(0, 86_400),
        post_seconds: wholeSeconds(0, 86_400),
      }),
    ),
  }),
  selection: selectionSchema(seriesName),
  quoting: z.strictObject({
    order_size_contracts: contracts(0.01, 10_000),
    hysteresis_cents: decimal<Centicents>({ unit: 'cents', decimals: 2, min: 0, max: 20 }),
    debounce_milliseconds: milliseconds(0, 60_000),
    lease_seconds: wholeSeconds(10, 600),
    freeze_seconds: wholeSeconds(0, 86_400),
    message_age_seconds_max: seconds(0.1, 60),
    silence_seconds_max: seconds(1, 60),
    edge_dollars_min: real({ unit: 'dollars', min: 0, max: 0.5 }),
    clean_seconds: seconds(0, 600),
  }),
  risk: z.strictObject({
    loss_market_dollars_max: dollars(0.01, 5_000),
    loss_strike_percent_max: percent(0.1, 100),
    loss_event_dollars_max: dollars(0.01, 10_000),
    loss_group_dollars_max: dollars(0.01, 15_000),
    loss_total_dollars_max: dollars(0.01, 25_000),
    loss_day_dollars_max: dollars(0.01, 25_000),
    loss_day_percent_max: percent(0.1, 100),
    loss_week_dollars_max: dollars(0.01, 25_000),
    loss_week_percent_max: percent(0.1, 100),
    drawdown_percent_max: percent(0.1, 100),
    cool_off_losses_max: count('losses', 1, 1_000),
    cool_off_seconds: wholeSeconds(0, 86_400),
    position_contracts_max: contracts(0.01, 100_000),
    imbalance_group_contracts_max: contracts(0.01, 200_000),
    imbalance_total_contracts_max: contracts(0.01, 500_000),
    order_size_contracts_max: contracts(0.01, 10_000),
    order_value_dollars_max: dollars(0.01, 10_000),
    hand_price_cents_max: cents(0.01, 99),
    orders_per_minute_max: count('orders', 1, 6_000),
    sent_minute_contracts_max: contracts(0.01, 1_000_000),
    sent_day_contracts_max: contracts(0.01, 100_000_000),
    exit_cost_dollars_max: dollars(0, 5_000),
    groups: z.record(groupName(), z.strictObject({ members: tickers(), loss_dollars_max: dollars(0.01, 25_000) })),
  }),
  inventory: z.strictObject({
    skewed_above_contracts: contracts(0, 100_000),
    one_sided_above_contracts: contracts(0, 100_000),
    exit_above_contracts: contracts(0, 100_000),
    exit_to_contracts: contracts(0, 100_000),
    skew_per_ten_contracts_cents: cents(0, 20),
    final_seconds_max: wholeSeconds(0, 86_400),
    final_window_percent_max: percent(0, 100),
    final_contracts_max: contracts(0, 100_000),
    final_volume_times_max: decimal({ unit: 'times', decimals: 2, min: 1, max: 1_000 }),
    final_volume_window_seconds: wholeSeconds(1, 600),
    final_volume_average_seconds: wholeSeconds(10, 7_200),
    final_volume_contracts_min: contracts(0, 1_000_000),
    final_volume_pause_seconds: wholeSeconds(0, 3_600),
    adverse_sample_fills: count('fills', 20, 1_000),
  }),
  honesty: honestySchema(),
  metrics: z.strictObject({
    enabled: flag(),
    port: decimal({ unit: 'of a port', decimals: 0, min: 1, max: 65_535 }),
  }),
  log: z.strictObject({ level: choice(LOG_LEVELS) }),
  account: z.strictObject({ balance_step_dollars: dollars(0.0001, 0.01) }),
  watchdog: z.strictObject({
    ...key(),
    stall_seconds: wholeSeconds(2, 120),
    check_seconds: wholeSeconds(1, 30),
  }),
  alerts: z.strictObject({
    critical_channels: channelNames().optional(),
    high_channels: channelNames().optional(),
    medium_channels: channelNames().optional(),
    low_channels: channelNames().optional(),
    quiet_hours_et: hoursOfDay().optional(),
    messages_per_hour_max: decimal({ unit: 'messages', decimals: 0, min: 1, max: 1_000 }),
    balances: flag(),
    discord: z.strictObject({ url_file: urlFile() }),
    slack: z.strictObject({ url_file: urlFile() }),
    ntfy: z.strictObject({ url_file: urlFile(), token_file: tokenFile() }),
    webhook: z.strictObject({ url_file: urlFile(), token_file: tokenFile() }),
    ping: z.strictObject({ url_file: urlFile() }),
  }),
  skew_cents: z.record(z.string(), real({ unit: 'cents', min: -20, max: 20 })),
  unpublished_fees_dollars_per_contract: z.record(z.string(), dollars(0, 1)),
  sim: z.strictObject({ url: text('must be a URL').optional(), ...key() }),
  demo: z.strictObject(key()),
  prod: z.strictObject(key()),
});

export type ConfigValues = z.output<typeof configSchema>;

/** The index series are quoted in their last minutes alone (E-9): prepared at T-10 m, made from T-5 m to T-2 s, fixed by T+60 s. */
const INDEX_CLOCK = { prep_seconds: 600, make_seconds: 300, freeze_seconds: 2, post_seconds: 60 } as const;

/** As a file would say it. Demo and prod get it without `markets` and `risk`: those an operator writes down. */
export const SIM_PRESET = {
  schema: SCHEMA_NAME,
  markets: { tickers: ['KXBTC15M', 'KXBTCD', 'KXHIGHNY'] },
  fair: {
    source: 'micro',
    standard_error: 0.01,
    reference_age_seconds_max: 3,
    annual_volatility_percent_min: 20,
    proxy_error_dollars: 0,
    forecast_age_seconds_max: 3_600,
    series: {},
  },
  sources: {},
  references: {
    age_seconds_max: 2,
    outlier_percent_max: 0.5,
    sources_min: 2,
    indices: {},
    coinbase: { url: 'wss://ws-feed.exchange.coinbase.com' },
    kraken: { url: 'wss://ws.kraken.com/v2' },
    bitstamp: { url: 'wss://ws.bitstamp.net' },
    polygon: { url: 'wss://socket.polygon.io/indices' },
  },
  quoter: {
    strategy: 'cara',
    interval_weight: 0.5,
    bins_max: 4,
    queue_dollars: 0,
    incentive_dollars: {},
    as: { gamma_per_cent: 0.01, kappa_per_cent: 0.5, sigma_cents_per_root_hour: 5 },
    cara: { gamma_per_dollar: 0.01, k_per_dollar: 60, adverse_dollars: 0.004, edge_dollars: 0.002 },
    glft: {
      gamma_per_cent: 0.01,
      k_per_cent: 0.6,
      fills_per_hour: 60,
      sigma_cents_per_root_hour: 5,
      fitted_fills: 0,
    },
    regime: { preset: 'default', is_volatile: false, hours_min: 0.5, liquidity_dollars_min: 5_000 },
  },
  clock: {
    news_before_seconds: 60,
    news_after_seconds: 120,
    series: {
      KXINX: INDEX_CLOCK,
      KXINXU: INDEX_CLOCK,
      KXNASDAQ100: INDEX_CLOCK,
      KXNASDAQ100U: INDEX_CLOCK,
    },
  },
  selection: SELECTION_PRESET,
  quoting: {
    order_size_contracts: 5,
    hysteresis_cents: 1.2,
    debounce_milliseconds: 1_000,
    lease_seconds: 180,
    freeze_seconds: 60,
    message_age_seconds_max: 3,
    silence_seconds_max: 5,
    edge_dollars_min: 0.001,
    clean_seconds: 3,
  },
  risk: {
    loss_market_dollars_max: 50,
    loss_strike_percent_max: 20,
    loss_event_dollars_max: 100,
    loss_group_dollars_max: 150,
    loss_total_dollars_max: 300,
    loss_day_dollars_max: 50,
    loss_day_percent_max: 5,
    loss_week_dollars_max: 100,
    loss_week_percent_max: 5,
    drawdown_percent_max: 10,
    cool_off_losses_max: 10,
    cool_off_seconds: 600,
    position_contracts_max: 100,
    imbalance_group_contracts_max: 200,
    imbalance_total_contracts_max: 400,
    order_size_contracts_max: 25,
    order_value_dollars_max: 25,
    hand_price_cents_max: 20,
    orders_per_minute_max: 600,
    sent_minute_contracts_max: 5_000,
    sent_day_contracts_max: 1_000_000,
    exit_cost_dollars_max: 5,
    groups: {},
  },
  inventory: {
    skewed_above_contracts: 10,
    one_sided_above_contracts: 20,
    exit_above_contracts: 50,
    exit_to_contracts: 20,
    skew_per_ten_contracts_cents: 1,
    final_seconds_max: 1_800,
    final_window_percent_max: 20,
    final_contracts_max: 5,
    final_volume_times_max: 3,
    final_volume_window_seconds: 60,
    final_volume_average_seconds: 600,
    final_volume_contracts_min: 50,
    final_volume_pause_seconds: 60,
    adverse_sample_fills: 30,
  },
  honesty: HONESTY_PRESET,
  metrics: { enabled: true, port: 9464 },
  log: { level: 'info' },
  account: { balance_step_dollars: 0.0001 },
  watchdog: { stall_seconds: 20, check_seconds: 5 },
  alerts: { messages_per_hour_max: 60, balances: false, discord: {}, slack: {}, ntfy: {}, webhook: {}, ping: {} },
  skew_cents: {},
  unpublished_fees_dollars_per_contract: {},
  sim: {},
  demo: {},
  prod: {},
} as const;

/** The key paths of the schema, in its order; a table with keys of the user's own (`skew_cents`, `risk.groups`) ends at its name. */
export function schemaPaths(): readonly (readonly string[])[] {
  return pathsOf(configSchema, []);
}

/** Tables whose keys are the user's own (tickers, fee types, groups): no variable can name them. */
export const OPEN_TABLES: readonly string[] = [
  'skew_cents',
  'risk.groups',
  'fair.series',
  'sources',
  'references.indices',
  'clock.series',
  'selection.series',
  'honesty.since',
  'quoter.incentive_dollars',
  'unpublished_fees_dollars_per_contract',
];

function pathsOf(schema: z.core.$ZodType, path: readonly string[]): readonly (readonly string[])[] {
  if (!(schema instanceof z.ZodObject)) return [path];
  return Object.entries(schema.shape).flatMap(([name, inner]) => pathsOf(inner, [...path, name]));
}
