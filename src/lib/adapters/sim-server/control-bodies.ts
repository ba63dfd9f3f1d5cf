/** The bodies of the operator's actions (rest-control.ts) as the commands they are; a body of another shape is refused. */
import { z } from 'zod';
import { type PriceGrid, priceGrid } from '../../core/grid.ts';
import type { FeeTerms } from '../../core/market.ts';
import { feeMultiplier } from '../../core/money/fees.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  epochMs,
  type Microdollars,
  microdollars,
  parseMoney,
  parsePrice,
  parseSize,
} from '../../core/units.ts';
import type { ControlCommand } from '../../sim/control.ts';

const MICRODOLLARS_PER_CENTICENT = 100;

const seconds = z
  .number()
  .int()
  .min(0)
  .max(1e11)
  .transform((value): EpochMs => epochMs(value * 1_000));
const price = textOf<Centicents>(parsePrice, 'a price such as "0.4200"');
const size = textOf<Centicontracts>(parseSize, 'a count such as "100.00"');
const money = textOf<Microdollars>(parseMoney, 'an amount such as "0.0100" or "-0.0100"');
const shard = z.number().int().min(0);
const centicents = z
  .number()
  .int()
  .min(0)
  .max(1e12)
  .transform((value) => microdollars(value * MICRODOLLARS_PER_CENTICENT));
const market = { market_ticker: z.string() };
const ruling = z
  .object({
    ...market,
    result: z.enum(['yes', 'no', 'scalar', 'void']),
    settlement_value: price.optional(),
    expiration_value: z.string().max(100).optional(),
  })
  .transform(({ market_ticker: ticker, result, settlement_value: value, expiration_value: said }) => ({
    ticker,
    result,
    ...(value === undefined ? {} : { value }),
    ...(said === undefined ? {} : { expirationValue: said }),
  }));
const grid = z
  .array(z.object({ start: price, end: price, step: price }))
  .transform((ranges, context): PriceGrid => priceGrid(ranges) ?? refused(context, 'bands from 0 to 1 in whole steps'));
const multiplier = z
  .union([z.number(), z.string()])
  .transform((value, context) => feeMultiplier(String(value)) ?? refused(context, 'a decimal such as "0.5"'));

/** The body of each action, without its name. */
export const CONTROL_BODIES: Readonly<Record<ControlCommand['action'], z.ZodType<ControlCommand>>> = {
  pause: z
    .object({
      exchange_index: shard.optional(),
      scope: z.enum(['trading', 'exchange']).default('trading'),
      resume_ts: seconds.optional(),
    })
    .transform(({ exchange_index: index, scope, resume_ts: until }) => ({
      action: 'pause',
      scope,
      ...(index === undefined ? {} : { shard: index }),
      ...(until === undefined ? {} : { until }),
    })),
  resume: z
    .object({ exchange_index: shard.optional() })
    .transform(({ exchange_index: index }) => ({ action: 'resume', ...(index === undefined ? {} : { shard: index }) })),
  close_early: onMarket('close_early'),
  deactivate: onMarket('deactivate'),
  reactivate: onMarket('reactivate'),
  dispute: onMarket('dispute'),
  move_close: z
    .object({ ...market, close_ts: seconds })
    .transform(({ market_ticker: ticker, close_ts: closeAt }) => ({ action: 'move_close', ticker, closeAt })),
  determine: ruling.transform((said) => ({ action: 'determine', ...said })),
  amend_result: ruling.transform((said) => ({ action: 'amend_result', ...said })),
  change_grid: z
    .object({ ...market, price_ranges: grid })
    .transform(({ market_ticker: ticker, price_ranges }) => ({ action: 'change_grid', ticker, grid: price_ranges })),
  describe: z
    .object({ ...market, title: z.string().min(1).max(200) })
    .transform(({ market_ticker: ticker, title }) => ({ action: 'describe', ticker, title })),
  fee_change: z
    .object({
      series_ticker: z.string().optional(),
      event_ticker: z.string().optional(),
      fee_type: z.string().nullable(),
      fee_multiplier: multiplier.nullable(),
      scheduled_ts: seconds.optional(),
    })
    .refine(
      (body) => (body.series_ticker === undefined) !== (body.event_ticker === undefined),
      'one of the two tickers',
    )
    .refine((body) => (body.fee_type === null) === (body.fee_multiplier === null), 'both are null, or neither')
    .transform((body) => ({
      action: 'fee_change',
      at: body.scheduled_ts ?? epochMs(0),
      ...(body.series_ticker === undefined ? {} : { seriesTicker: body.series_ticker }),
      ...(body.event_ticker === undefined ? {} : { eventTicker: body.event_ticker }),
      ...termsOf(body.fee_type, body.fee_multiplier),
    })),
  move_cash: z
    .object({
      account: z.string().optional(),
      exchange_index: shard,
      amount: money,
      as: z.enum(['deposit', 'withdrawal', 'unlisted']).default('unlisted'),
    })
    .transform(({ account: accountId, exchange_index: index, amount, as }) => ({
      ...{ action: 'move_cash', shard: index, amount, as },
      ...(accountId === undefined ? {} : { accountId }),
    })),
  waive_fees: z
    .object({ ...market, until_ts: seconds })
    .transform(({ market_ticker: ticker, until_ts: until }) => ({ action: 'waive_fees', ticker, until })),
  misprice_fees: z
    .object({ ...market, excess_dollars: money })
    .transform(({ market_ticker: ticker, excess_dollars: excess }) => ({ action: 'misprice_fees', ticker, excess })),
  create_incentive: z
    .object({
      ...market,
      incentive_type: z.enum(['liquidity', 'volume', 'margin_maker_volume', 'margin_taker_volume']),
      incentive_description: z.string().max(500).default(''),
      start_ts: seconds,
      end_ts: seconds,
      period_reward: centicents,
      paid_out: z.boolean().default(false),
      discount_factor_bps: z.number().int().min(0).max(10_000).optional(),
      target_size_fp: size.optional(),
      max_reward_per_account: centicents.optional(),
    })
    .transform((body) => ({
      action: 'create_incentive',
      incentive: {
        ticker: body.market_ticker,
        type: body.incentive_type,
        description: body.incentive_description,
        startsAt: body.start_ts,
        endsAt: body.end_ts,
        reward: body.period_reward,
        isPaidOut: body.paid_out,
        ...(body.discount_factor_bps === undefined ? {} : { discountBasisPoints: body.discount_factor_bps }),
        ...(body.target_size_fp === undefined ? {} : { targetSize: body.target_size_fp }),
        ...(body.max_reward_per_account === undefined ? {} : { rewardMaxPerAccount: body.max_reward_per_account }),
      },
    })),
};

function onMarket(action: 'close_early' | 'deactivate' | 'reactivate' | 'dispute') {
  return z.object(market).transform(({ market_ticker: ticker }) => ({ action, ticker }));
}

function termsOf(type: string | null, fraction: FeeTerms['multiplier'] | null): { readonly terms?: FeeTerms } {
  return type === null || fraction === null ? {} : { terms: { type, multiplier: fraction } };
}

function textOf<Value>(parse: (text: string) => Value | undefined, wanted: string) {
  return z.string().transform((text, context) => parse(text) ?? refused(context, wanted));
}

function refused(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
