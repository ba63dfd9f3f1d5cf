/**
 * Every limit there is, once: its name, its unit, the key that sets it, what fills it, and what it does when it is full.
 * The gate, the halts, the alerts, the screens, the commands and the documents all speak of these rows (docs/adr/0026).
 *
 * `refuse`: an order that would pass it is not sent, whoever wants it; one that makes it no worse always may be. A halt's
 * name: everything stops, until what `halts.ts` says of that halt.
 */

import { type BasisPoints, formatMoney, formatPrice, formatSize, type Microdollars, microdollars } from '../units.ts';
import type { HaltName } from './halts.ts';

export type LimitUnit = 'dollars' | 'contracts' | 'price' | 'count';

/** What is counted: one order, one market (a strike), an event, a group, all markets, a shard's cash, or the account's profit. */
export type LimitScope = 'order' | 'market' | 'event' | 'group' | 'total' | 'shard' | 'account';

export interface LimitRow {
  readonly unit: LimitUnit;
  readonly scope: LimitScope;
  /** The config keys that set it; of several the smaller rules. None: the exchange sets it. */
  readonly keys: readonly string[];
  readonly acts: 'refuse' | HaltName;
  /** One line for people. */
  readonly fills: string;
}

const WORST = 'worst loss of positions and of orders resting, in flight and unknown';

export const LIMITS = {
  order_size: row('contracts', 'order', ['order_size_contracts_max'], 'refuse', 'size of one order'),
  order_value: row(
    'dollars',
    'order',
    ['order_value_dollars_max'],
    'refuse',
    'what one order can lose, fee aside: price × size of a bid, (1 − price) × size of an ask',
  ),
  price: row(
    'price',
    'order',
    ['hand_price_cents_max'],
    'refuse',
    'how far the price of an order by hand is on the costly side of what others bid and ask, or of the fair value',
  ),
  position: row(
    'contracts',
    'market',
    ['position_contracts_max'],
    'refuse',
    'contracts held in one direction, with every order on that side',
  ),
  final_position: row(
    'contracts',
    'market',
    ['inventory.final_contracts_max'],
    'refuse',
    'the same in the last part before the close; what is held above it is taken off',
  ),
  market_loss: row('dollars', 'market', ['loss_market_dollars_max'], 'refuse', `${WORST} in one market`),
  strike_loss: row(
    'dollars',
    'market',
    ['loss_strike_percent_max'],
    'refuse',
    `${WORST} at one strike, as a share of loss_total_dollars_max`,
  ),
  event_loss: row(
    'dollars',
    'event',
    ['loss_event_dollars_max'],
    'refuse',
    `${WORST} over the outcomes of one event; exclusive outcomes are netted`,
  ),
  group_loss: row(
    'dollars',
    'group',
    ['loss_group_dollars_max', 'groups'],
    'refuse',
    `${WORST}, events of one group added up: a [risk.groups.NAME], or else a series`,
  ),
  total_loss: row('dollars', 'total', ['loss_total_dollars_max'], 'refuse', `${WORST}, all events added up`),
  group_imbalance: row(
    'contracts',
    'group',
    ['imbalance_group_contracts_max'],
    'refuse',
    'YES contracts held net in one direction over a group, with every order on that side',
  ),
  total_imbalance: row('contracts', 'total', ['imbalance_total_contracts_max'], 'refuse', 'the same over all markets'),
  cash: row('dollars', 'shard', [], 'refuse', "cash that all orders of the market's shard reserve, of what is there"),
  orders_per_minute: row(
    'count',
    'total',
    ['orders_per_minute_max'],
    'refuse',
    'creates and amends of the last minute; all of them without a fill is the halt RUNAWAY',
  ),
  sent_minute: row(
    'contracts',
    'total',
    ['sent_minute_contracts_max'],
    'refuse',
    'contracts sent in the last minute: creates, and amends that change price or size',
  ),
  sent_day: row('contracts', 'total', ['sent_day_contracts_max'], 'refuse', 'the same since midnight ET'),
  day_loss: row(
    'dollars',
    'account',
    ['loss_day_dollars_max', 'loss_day_percent_max'],
    'LOSS_DAY',
    'realized + unrealized − fees lost since midnight ET; per cent of the capital then',
  ),
  week_loss: row(
    'dollars',
    'account',
    ['loss_week_dollars_max', 'loss_week_percent_max'],
    'LOSS_WEEK',
    'the same since Monday, midnight ET',
  ),
  drawdown: row(
    'dollars',
    'account',
    ['drawdown_percent_max'],
    'DRAWDOWN',
    'how far the capital at the mark is below its peak; per cent of the peak',
  ),
  losses_in_a_row: row(
    'count',
    'account',
    ['cool_off_losses_max'],
    'COOL_OFF',
    'markets left or settled one after another with a loss',
  ),
} as const satisfies Readonly<Record<string, LimitRow>>;

export type LimitName = keyof typeof LIMITS;

export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];

/** How full one limit is, in its row's unit as the integer of units.ts (`price`: centicents; `count`: whole). */
export interface LimitUse {
  readonly limit: LimitName;
  /** The market, event, group or shard that is meant; absent where there is only one. */
  readonly subject?: string;
  /** ≥ 0, in flight and unknown at full size. */
  readonly used: number;
  readonly allowed: number;
}

/** A share of a limit or of capital, rounded down: the smaller limit is the safe one. */
export function shareOf(money: Microdollars, share: BasisPoints): Microdollars {
  return microdollars(Math.floor((Math.max(0, money) * share) / ALL));
}

const ALL = 10_000;

/** "12.50" contracts, "$3.200000", "0.2000" of a dollar, "7". */
export function formatLimit(unit: LimitUnit, amount: number): string {
  switch (unit) {
    case 'dollars':
      return `$${formatMoney(amount as Parameters<typeof formatMoney>[0])}`;
    case 'contracts':
      return formatSize(amount as Parameters<typeof formatSize>[0]);
    case 'price':
      return formatPrice(amount as Parameters<typeof formatPrice>[0]);
    case 'count':
      return String(amount);
    default:
      return unit satisfies never;
  }
}

/** Keys without a table are of [risk]. */
function row(
  unit: LimitUnit,
  scope: LimitScope,
  keys: readonly string[],
  acts: LimitRow['acts'],
  fills: string,
): LimitRow {
  return { unit, scope, keys: keys.map((key) => (key.includes('.') ? key : `risk.${key}`)), acts, fills };
}
