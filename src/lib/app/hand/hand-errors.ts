/** Why an ask by hand came to nothing, as an error that names what binds and what to do next. Nothing rests by any of these but the last. */

import type { HandAsk, HandRefusal } from '../../core/hand/hand-types.ts';
import { HALT_CLEARS, type HaltName } from '../../core/risk/halts.ts';
import { formatMoney, type Microdollars, microdollars } from '../../core/units.ts';
import { NOTHING_SENT } from '../errors/error-entry.ts';
import { type ErrorCode, KmmError } from '../errors/errors.ts';
import type { HandReply, ShardCash } from './hand-reply.ts';

/** Refused by our own gate: nothing was sent. */
export function refusalError({ word, reason, cash }: HandRefusal): KmmError {
  if (word in HALT_CLEARS) return haltError(word as HaltName, reason);
  if (cash !== undefined) return cashError(cash.shard, cash.missing, cash.shards, reason);
  return new KmmError(CODES[word as keyof typeof CODES] ?? 'KMM_RISK_REFUSED', reason);
}

/** What the exchange, or the last hop, made of what was sent. Undefined: it was done. */
export function endError(reply: Extract<HandReply, { kind: 'ended' }>, ask: HandAsk): KmmError | undefined {
  const { end, order, figures, cash } = reply;
  switch (end.kind) {
    case 'done':
      return ask.kind === 'order' ? shortfall(reply, ask) : undefined;
    case 'refused':
      if (/insufficient_balance/i.test(end.code)) {
        return cashError(
          order?.shard ?? 0,
          figures?.cash ?? microdollars(0),
          cash,
          'the exchange refused: insufficient_balance',
        );
      }
      if (/paus/i.test(end.code)) return new KmmError('KMM_EXCHANGE_PAUSED', `the exchange refused: ${end.code}`);
      return exchangeRefusal(end.code, end.message, ask);
    case 'not_sent':
      return new KmmError('KMM_ORDER_NOT_SENT', `not sent: ${end.reason}`);
    case 'unknown':
      return unproved(end.reason, order?.orderId ?? order?.clientOrderId, ask);
    default:
      return end satisfies never;
  }
}

const CODES = {
  market_unknown: 'KMM_TICKER_UNKNOWN',
  market_closed: 'KMM_TICKER_CLOSED',
  off_grid: 'KMM_PRICE_OFF_GRID',
  size: 'KMM_ORDER_SIZE',
  lease: 'KMM_ORDER_LEASE',
  self_cross: 'KMM_SELF_CROSS',
  post_only_cross: 'KMM_POST_ONLY_CROSS',
  order_unknown: 'KMM_ORDER_GONE',
  order_busy: 'KMM_ORDER_BUSY',
  order_not_changeable: 'KMM_ORDER_BUSY',
} as const satisfies Partial<Record<HandRefusal['word'], ErrorCode>>;

function haltError(name: HaltName, reason: string): KmmError {
  if (name === 'RECONCILE') {
    return new KmmError('KMM_RECONCILE', reason, { position: NOTHING_SENT });
  }
  if (HALT_CLEARS[name] !== 'self') {
    return new KmmError('KMM_HALTED', reason, {
      position: NOTHING_SENT,
      next: ['look at what is named above', `kmm resume ${name}`],
    });
  }
  return new KmmError('KMM_RISK_REFUSED', reason, { next: ['this passes by itself: look, then ask again'] });
}

/** Where the cash is, and how it gets to where it is needed. */
function cashError(shard: number, missing: Microdollars, shards: readonly ShardCash[], reason: string): KmmError {
  const here = shards.find((one) => one.shard === shard)?.cash ?? microdollars(0);
  const others = shards.filter((one) => one.shard !== shard && one.cash > 0).sort((a, b) => b.cash - a.cash);
  const elsewhere = others.map((one) => `shard ${one.shard} holds $${shortMoney(one.cash)}`).join(', ');
  const where = `the market is on shard ${shard}, which holds $${shortMoney(here)}`;
  const rest = elsewhere === '' ? 'no other shard holds anything' : elsewhere;
  const richest = others.find((one) => one.cash >= missing);
  const whole = microdollars(Math.ceil(missing / CENT) * CENT);
  const move =
    richest === undefined
      ? 'pay in, or ask for less'
      : `kmm trade transfer --from ${richest.shard} --to ${shard} ${shortMoney(whole)}`;
  return new KmmError('KMM_CASH_SHARD', `${reason}; ${where}, ${rest}`, { next: [move, 'kmm trade balance'] });
}

const CENT = 10_000;

/** An order that only takes, and got nothing; or one that was to rest and does not. */
function shortfall({ order }: Extract<HandReply, { kind: 'ended' }>, ask: Extract<HandAsk, { kind: 'order' }>) {
  if (order === undefined || order.filled > 0 || order.state === 'working') return undefined;
  const reason = order.reason ?? order.state;
  if (ask.life.kind !== 'take' && reason === 'PostOnlyCrossCancel') {
    return new KmmError('KMM_POST_ONLY_CROSS', 'the exchange took it and cancelled it at once: it would have traded');
  }
  return new KmmError('KMM_ORDER_UNFILLED', `nothing of it was done: ${reason}`);
}

function exchangeRefusal(code: string, message: string, ask: HandAsk): KmmError {
  const what = `the exchange refused: ${message === '' ? code : `${code}, ${message}`}`;
  const position = ask.kind === 'order' ? {} : { position: 'the order is as it was' };
  if (/fill_or_kill/i.test(code)) return new KmmError('KMM_ORDER_UNFILLED', what);
  if (/post only cross/i.test(message)) return new KmmError('KMM_POST_ONLY_CROSS', what, position);
  return new KmmError('KMM_ORDER_REFUSED', what, position);
}

function unproved(reason: string, id: string | undefined, ask: HandAsk): KmmError {
  const named = id === undefined ? '' : ` of ${id}`;
  if (ask.kind === 'cancel')
    return new KmmError('KMM_CANCEL_UNCONFIRMED', `the cancel${named} is not confirmed: ${reason}`);
  const isTaking = ask.kind === 'order' && ask.life.kind === 'take';
  const position = isTaking
    ? 'it does not rest, but it may have filled; until that is known its market takes no new order of ours'
    : 'it may rest until its lease is over, and fill; until that is known its market takes no new order of ours';
  return new KmmError('KMM_ORDER_UNPROVED', `no proof of what became${named}: ${reason}`, { position });
}

function shortMoney(money: Microdollars): string {
  return formatMoney(money).replace(/0{1,4}$/, '');
}
