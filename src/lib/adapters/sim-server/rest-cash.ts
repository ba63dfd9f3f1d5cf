/**
 * An account's cash besides trading: moving it between shards, what came in and went out, what resting orders may cost, and the
 * subaccounts it does not have (kalshi/api.md 4, 6.3). The account has its primary subaccount only.
 */
import { z } from 'zod';
import { complement, formatMoney, microdollars, moneyOf, NO_MONEY } from '../../core/units.ts';
import type { VenueOrder } from '../../sim/venue.ts';
import type { VenueMovement, VenueTransfer } from '../../sim/venue-terms.ts';
import { pageOf } from './paging.ts';
import { limitUpTo } from './request-schema.ts';
import { answer, NOT_FOUND, refuse, refuseAsVenue } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';
import { balanceText, centsOf, secondsOf } from './wire-text.ts';

const MICRODOLLARS_PER_CENTICENT = 100;
const AMOUNT_MAX = 1e13;

const shard = z.number().int().min(0).max(100).default(0);
const instance = z.enum(['event_contract', 'margined']);
const subaccount = z.number().int().min(0).max(0).optional();
const page = z.object({ limit: limitUpTo(500, 100), cursor: z.string().optional() });

const transfer = privateRoute({
  method: 'POST',
  path: '/portfolio/intra_exchange_instance_transfer',
  operation: 'IntraExchangeInstanceTransfer',
  body: z.object({
    source: instance,
    destination: instance,
    amount: z.number().int().min(1).max(AMOUNT_MAX),
    source_exchange_shard: shard,
    destination_exchange_shard: shard,
    source_subaccount: subaccount,
    destination_subaccount: subaccount,
  }),
  handle({ venue, accountId, body }) {
    if (body.source === 'margined' || body.destination === 'margined') {
      return refuse(400, 'invalid_parameters', 'the margined instance is not simulated');
    }
    const { source_exchange_shard: from, destination_exchange_shard: to } = body;
    const result = venue.transfer(accountId, from, to, microdollars(body.amount * MICRODOLLARS_PER_CENTICENT));
    return 'kind' in result ? refuseAsVenue(result) : answer(200, { transfer_id: result.transferId });
  },
});

const transfers = privateRoute({
  method: 'GET',
  path: '/portfolio/intra_exchange_instance_transfers',
  operation: 'GetIntraExchangeInstanceTransfers',
  query: page,
  handle({ venue, accountId, query }) {
    const all = venue.transfers(accountId).toReversed();
    const { items, cursor } = pageOf(
      all,
      (one) => one.transferId,
      () => true,
      query,
    );
    return answer(200, { transfers: items.map(transferObject), ...(cursor === '' ? {} : { cursor }) });
  },
});

const oneTransfer = privateRoute({
  method: 'GET',
  path: '/portfolio/intra_exchange_instance_transfers/:transfer_id',
  operation: 'GetIntraExchangeInstanceTransfer',
  handle({ venue, accountId, id }) {
    const found = venue.transfers(accountId).find(({ transferId }) => transferId === id);
    return found === undefined ? NOT_FOUND : answer(200, { transfer: transferObject(found) });
  },
});

const deposits = privateRoute({
  method: 'GET',
  path: '/portfolio/deposits',
  operation: 'GetDeposits',
  query: page,
  handle({ venue, accountId, query }) {
    const { items, cursor } = movementsOf(venue.deposits(accountId), query);
    return answer(200, { deposits: items, cursor });
  },
});

const withdrawals = privateRoute({
  method: 'GET',
  path: '/portfolio/withdrawals',
  operation: 'GetWithdrawals',
  query: page,
  handle({ venue, accountId, query }) {
    const { items, cursor } = movementsOf(venue.withdrawals(accountId), query);
    return answer(200, { withdrawals: items, cursor });
  },
});

const restingValue = privateRoute({
  method: 'GET',
  path: '/portfolio/summary/total_resting_order_value',
  operation: 'GetPortfolioRestingOrderTotalValue',
  handle({ venue, accountId }) {
    const resting = venue.orders(accountId).filter((order) => order.status === 'resting');
    const shards = venue.balance(accountId).map((held) => held.shard);
    return answer(200, {
      total_resting_order_value: centsOf(valueOfOrders(resting)),
      resting_order_value_breakdown: shards.map((one) => ({
        exchange_index: one,
        balance: balanceText(valueOfOrders(resting.filter((order) => order.shard === one))),
      })),
    });
  },
});

const subaccountBalances = privateRoute({
  method: 'GET',
  path: '/portfolio/subaccounts/balances',
  operation: 'GetSubaccountBalances',
  handle: ({ venue, accountId }) =>
    answer(200, {
      subaccount_balances: venue.balance(accountId).map(({ shard: index, cash }) => ({
        subaccount_number: 0,
        exchange_index: index,
        balance: balanceText(cash),
        updated_ts: secondsOf(venue.now),
      })),
    }),
});

const netting = privateRoute({
  method: 'GET',
  path: '/portfolio/subaccounts/netting',
  operation: 'GetSubaccountNetting',
  handle: ({ venue, accountId }) =>
    answer(200, {
      netting_configs: venue
        .balance(accountId)
        .map((held) => ({ subaccount_number: 0, enabled: false, exchange_index: held.shard })),
    }),
});

const createSubaccount = privateRoute({
  method: 'POST',
  path: '/portfolio/subaccounts',
  operation: 'CreateSubaccount',
  handle: () => NO_SUBACCOUNTS,
});

const subaccountTransfer = privateRoute({
  method: 'POST',
  path: '/portfolio/subaccounts/transfer',
  operation: 'ApplySubaccountTransfer',
  body: z.object({
    client_transfer_id: z.string(),
    from_subaccount: z.number().int().min(0).max(63),
    to_subaccount: z.number().int().min(0).max(63),
    amount_cents: z.number().int().min(1),
    exchange_index: shard,
  }),
  handle: () => NO_SUBACCOUNTS,
});

const subaccountTransfers = privateRoute({
  method: 'GET',
  path: '/portfolio/subaccounts/transfers',
  operation: 'GetSubaccountTransfers',
  query: page.extend({ limit: limitUpTo(1_000, 100) }),
  handle: () => answer(200, { transfers: [], cursor: '' }),
});

/** Automatic rebalancing is for institutions. */
const allocation = privateRoute({
  method: 'GET',
  path: '/portfolio/target_balance_allocation',
  operation: 'GetTargetBalanceAllocation',
  handle: () => answer(200, { allocations: [], resting_margin_reservation: 'sum' }),
});

export const CASH_ROUTES: readonly Route[] = [
  transfer,
  transfers,
  oneTransfer,
  deposits,
  withdrawals,
  restingValue,
  subaccountBalances,
  netting,
  createSubaccount,
  subaccountTransfer,
  subaccountTransfers,
  allocation,
];

const NO_SUBACCOUNTS = refuse(400, 'invalid_parameters', 'the embedded exchange has no numbered subaccounts');

function transferObject({ transferId, from, to, amount, at }: VenueTransfer) {
  return {
    transfer_id: transferId,
    source: 'event_contract',
    destination: 'event_contract',
    source_exchange_shard: from,
    destination_exchange_shard: to,
    amount: formatMoney(amount),
    status: 'complete',
    created_ts: secondsOf(at),
  };
}

/** Newest first. The shard is not told: it is not on the real exchange. */
function movementsOf(all: readonly VenueMovement[], query: z.infer<typeof page>) {
  const { items, cursor } = pageOf(
    all.toReversed(),
    (one) => one.movementId,
    () => true,
    query,
  );
  const objects = items.map(({ movementId, amount, at }) => ({
    id: movementId,
    status: 'applied',
    type: 'wire',
    amount_cents: centsOf(amount),
    fee_cents: 0,
    created_ts: secondsOf(at),
    finalized_ts: secondsOf(at),
  }));
  return { items: objects, cursor };
}

/** Each order at the price of its own side. */
function valueOfOrders(orders: readonly VenueOrder[]) {
  const values = orders.map(({ side, price, remaining }) =>
    moneyOf(side === 'bid' ? price : complement(price), remaining),
  );
  return microdollars(values.reduce((total, value) => total + value, NO_MONEY as number));
}
