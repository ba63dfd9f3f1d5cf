/** The ways in which an order by hand, a change of one, or a transfer comes to nothing: a part of the catalogue. */
import { type CatalogueEntry, NOTHING_SENT, SHOW_CONFIG } from './error-entry.ts';
import { EXIT } from './exit-codes.ts';

export const TRADE_ERRORS = {
  KMM_PRICE_OFF_GRID: {
    exit: EXIT.usage,
    title: 'the market takes orders at other prices only',
    position: NOTHING_SENT,
    next: ['take one of the prices named above'],
  },
  KMM_ORDER_SIZE: {
    exit: EXIT.usage,
    title: 'the number of contracts is zero, or more than one order may have, or more than there is to take off',
    position: NOTHING_SENT,
    next: [SHOW_CONFIG, 'kmm trade orders'],
  },
  KMM_ORDER_LEASE: {
    exit: EXIT.usage,
    title:
      'an order that rests must end by itself: neither too soon to be safe, nor later than any lease, nor in the freeze',
    position: NOTHING_SENT,
    next: ['--tif gtt:60', '--tif ioc takes what is there and rests not at all'],
  },
  KMM_ORDER_GONE: {
    exit: EXIT.usage,
    title: 'no such order of this account rests',
    position: NOTHING_SENT,
    next: ['kmm trade orders', 'kmm trade fills'],
  },
  KMM_NO_POSITION: {
    exit: EXIT.usage,
    title: 'nothing is held in this market, or nothing is being flattened there, so there is nothing to end',
    position: NOTHING_SENT,
    next: ['kmm trade positions', 'kmm trade orders'],
  },
  KMM_ORDER_BUSY: {
    exit: EXIT.usage,
    title: 'the order cannot be changed by hand now: another change is under way, or it is not a hand order of ours',
    position: NOTHING_SENT,
    next: ['kmm trade orders', 'kmm trade cancel ORDER'],
  },
  KMM_SIM_NOT_RUNNING: {
    exit: EXIT.unreachable,
    title: 'no embedded exchange runs here, and one that ends with this command has nothing lasting to trade on',
    position: NOTHING_SENT,
    next: ['kmm run', 'kmm sim serve'],
  },
  KMM_TRANSFERS_INACTIVE: {
    exit: EXIT.unreachable,
    title: 'the exchange moves no cash between shards now',
    position: 'the cash stays where it is; positions and resting orders are as they were',
    next: ['kmm trade balance', 'try again later'],
  },
  KMM_CASH_SHARD: {
    exit: EXIT.risk,
    title: 'the shard of the market holds too little cash, and collateral is checked inside the shard',
    position: 'no order was placed; positions and resting orders are as they were',
    next: ['kmm trade balance', 'kmm trade transfer --from SHARD --to SHARD AMOUNT'],
  },
  KMM_SELF_CROSS: {
    exit: EXIT.risk,
    title: 'the order would meet another one of our own',
    position: NOTHING_SENT,
    next: ['kmm trade orders', 'kmm trade cancel ORDER', 'take a price behind it'],
  },
  KMM_POST_ONLY_CROSS: {
    exit: EXIT.risk,
    title: 'the order was to rest, and would have traded at once',
    position: 'nothing rests and nothing was traded',
    next: ['--tif ioc takes what is there', 'kmm book TICKER --once'],
  },
  KMM_ORDER_REFUSED: {
    exit: EXIT.risk,
    title: 'the exchange refused the order or the change, in its own words',
    position: 'nothing of it rests or was traded; what rested before is as it was',
    next: ['kmm trade orders', 'kmm book TICKER --once'],
  },
  KMM_ORDER_UNFILLED: {
    exit: EXIT.risk,
    title: 'an order that takes found nothing, or not enough, at its price',
    position: 'nothing rests and nothing was traded',
    next: ['kmm book TICKER --once', 'take a bolder price or fewer contracts'],
  },
  KMM_ORDER_NOT_SENT: {
    exit: EXIT.risk,
    title: 'the last gate before the wire kept it back: tokens, clock, order group or the allowance of the minute',
    position: NOTHING_SENT,
    next: ['read the reason named above', 'ask again'],
  },
  KMM_TRANSFER_REFUSED: {
    exit: EXIT.risk,
    title: 'the exchange refused to move the cash',
    position: 'the cash stays where it is; positions and resting orders are as they were',
    next: ['kmm trade balance', 'check that the key may transfer (scope write::transfer)'],
  },
  KMM_PROBE_FAILED: {
    exit: EXIT.gate,
    title: 'the one contract of a probe was not confirmed in every channel, placed, changed or gone',
    position: 'nothing of the probe rests: two listings have shown it',
    next: ['read the channels named above', 'kmm auth probe again', 'do not trade until every channel tells'],
  },
  KMM_ORDER_UNPROVED: {
    exit: EXIT.unconfirmed,
    title: 'the exchange has not proved what became of an order or a change',
    position: 'it may rest or have filled; it counts in full, and its market takes no new order of ours',
    next: ['kmm trade orders', 'kmm trade fills', 'kmm kill'],
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
