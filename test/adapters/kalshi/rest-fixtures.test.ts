/** What the recorded answers of the real exchange mean to the trader; that each file is read whole is in rest-files. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  fillSchema,
  orderSchema,
  positionSchema,
  settlementSchema,
} from '../../../src/lib/adapters/kalshi/account-schema.ts';
import { classifyCancel, classifyCreate } from '../../../src/lib/adapters/kalshi/classify.ts';
import { toMarket } from '../../../src/lib/adapters/kalshi/market-definition.ts';
import { eventSchema, marketSchema, seriesSchema } from '../../../src/lib/adapters/kalshi/market-schema.ts';
import { settlementSumsSchema } from '../../../src/lib/adapters/kalshi/portfolio-schema.ts';
import { LINEAR_CENT } from '../../../src/lib/core/grid.ts';
import { sharedPath } from '../../support/shared.ts';
import { json } from './wire-doubles.ts';

const directory = sharedPath('kalshi/fixtures/rest');

interface Recorded {
  readonly case: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly response: unknown;
  readonly request_body: { readonly client_order_id: string };
}

function cases(file: string): readonly Recorded[] {
  return load(file) as Recorded[];
}

function responseOf(file: string, name: string): unknown {
  const found = cases(file).find((recorded) => recorded.case === name);
  if (found === undefined) throw new Error(`no recorded case ${name}`);
  return found.response;
}

function load(file: string): unknown {
  return JSON.parse(readFileSync(`${directory}/${file}`, 'utf8'));
}

/** The part of a recorded answer at a dotted path. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], value);
}

function rows(value: unknown, path: string): unknown[] {
  const found = at(value, path);
  if (!Array.isArray(found) || found.length === 0) throw new Error(`no rows at ${path}`);
  return found;
}

describe.skipIf(directory === undefined)('recorded answers of the exchange', () => {
  it('give a market with its grid, fees, strike and title', () => {
    const answer = load('event-KXGOLD15M-26AUG102130.json');
    const event = eventSchema.parse(at(answer, 'response.event'));
    const series = seriesSchema.parse(at(load('series-prod-2026-08-20.json'), 'payloads.KXMLBSPREAD.series'));
    const raw = marketSchema.parse(at(answer, 'response.markets.0'));
    const market = toMarket(raw, { ...series, ticker: 'KXGOLD15M' }, event);
    expect(market).toEqual({
      ok: true,
      value: {
        ticker: 'KXGOLD15M-26AUG102130-30',
        eventTicker: 'KXGOLD15M-26AUG102130',
        seriesTicker: 'KXGOLD15M',
        shard: 0,
        status: 'finalized',
        openAt: Date.parse('2026-08-11T01:15:00Z'),
        closeAt: Date.parse('2026-08-11T01:30:00Z'),
        rules: '2a3f9613f1260196',
        strike: { type: 'greater_or_equal', floor: 4414.4 },
        title: 'Gold price up in next 15 mins? · Target Price: $4,414.40',
        grid: LINEAR_CENT,
        fees: { type: 'quadratic', multiplier: { numerator: 1, denominator: 2 } },
        isMutuallyExclusive: false,
      },
    });
    expect(raw).toMatchObject({ result: 'yes', settlementValue: 10_000 });
  });

  it('show an empty side of a market as no level, whatever price stands there', () => {
    const settled = marketSchema.parse(at(load('event-KXGOLD15M-26AUG102130.json'), 'response.markets.0'));
    expect(settled.bid).toBeUndefined();
    expect(settled.ask).toBeUndefined();
    const tail = marketSchema.parse(at(load('markets-KXBTC-26JUL0921.json'), 'KXBTC-26JUL0921-T52200'));
    expect(tail.bid).toBeUndefined();
    expect(tail.ask).toEqual({ price: 100, size: 3_563_600 });
    expect(tail).not.toHaveProperty('shard');
  });

  it('give orders, fills, positions and settlements to the last digit', () => {
    const orders = rows(responseOf('reads-demo-2026-06-11.json', 'portfolio__orders_list'), 'orders');
    expect(orders.map((raw) => orderSchema.parse(raw))).toContainEqual(
      expect.objectContaining({ side: 'ask', price: 200, status: 'canceled' }),
    );

    const fills = rows(load('fills-prod-2026-08-redacted.json'), 'payload.fills').map((raw) => fillSchema.parse(raw));
    expect(fills[0]).toMatchObject({ side: 'bid', price: 10, size: 22_727, fee: 15_930, isTaker: true });
    for (const raw of rows(responseOf('reads-demo-2026-06-11.json', 'fills__after_taker'), 'fills'))
      fillSchema.parse(raw);

    const positions = rows(load('positions-prod-2026-07-26.json'), 'market_positions');
    expect(positions.map((raw) => positionSchema.parse(raw))[0]).toMatchObject({ position: -319 });

    const settlements = rows(load('settlements-prod-2026-08-redacted.json'), 'payload.settlements');
    const paid = settlements.map((raw) => settlementSchema.parse(raw));
    expect(paid).toContainEqual(expect.objectContaining({ result: 'yes', value: 10_000 }));
    expect(paid).toContainEqual(expect.objectContaining({ result: 'no', value: 0 }));
    // A dollar for each contract of the side that won: the exchange's sums are of the same row.
    for (const sums of settlements.map((raw) => settlementSumsSchema.parse(raw))) {
      const won = sums.result === 'yes' ? sums.paid : -sums.paid;
      expect(sums.revenue).toBe(Math.max(0, won) * 10_000);
    }
  });

  it('say what became of each recorded create and cancel', () => {
    const recorded = cases('orders-demo-2026-06-11.json').filter(({ path }) => path.includes('/events/'));
    const outcomes = recorded.map(({ case: name, method, path, status, response, request_body }) => {
      const reply = json(status, response);
      const id = path.split('/').at(-1) ?? '';
      const outcome =
        method === 'POST' ? classifyCreate(reply, request_body.client_order_id) : classifyCancel(reply, id);
      return [name.replace(/^\w+?__/, ''), outcome.kind === 'refused' ? outcome.code : outcome.kind];
    });
    expect(Object.fromEntries(outcomes)).toEqual({
      stp_resting: 'cancelled',
      cancel_already_canceled: 'not_found',
      cancel_executed: 'not_found',
      cancel_unknown_id: 'not_found',
      cancel_v2: 'cancelled',
      create_v2_maker: 'accepted',
      create_v2_taker_ioc: 'accepted',
      duplicate_client_order_id: 'unknown',
      insufficient_balance: 'insufficient_balance',
      invalid_price_structure: 'invalid_price',
      numeric_field_types: 'bad_request',
      post_only_cross: 'invalid_order',
      reuse_canceled_client_id: 'unknown',
      settlement_seed: 'accepted',
      stp_self_cross: 'accepted',
      stp_setup: 'accepted',
    });
  });
});
