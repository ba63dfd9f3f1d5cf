/** What a refusal or an end of an ask by hand is called, and what is said of the order that it was about. */
import { describe, expect, it } from 'vitest';
import { flattenError } from '../../../src/lib/app/hand/flatten-work.ts';
import { endError, refusalError } from '../../../src/lib/app/hand/hand-errors.ts';
import type { HandEnd } from '../../../src/lib/app/hand/hand-reply.ts';
import type { HandAsk, HandRefusal } from '../../../src/lib/core/hand/hand-types.ts';

const CANCEL: HandAsk = { kind: 'cancel', id: 'a', orderId: 'o-1' };

describe('a refusal of our own gate', () => {
  it.each<[HandRefusal['word'], string, number]>([
    ['market_unknown', 'KMM_TICKER_UNKNOWN', 2],
    ['market_closed', 'KMM_TICKER_CLOSED', 2],
    ['off_grid', 'KMM_PRICE_OFF_GRID', 2],
    ['size', 'KMM_ORDER_SIZE', 2],
    ['order_size', 'KMM_RISK_REFUSED', 6],
    ['lease', 'KMM_ORDER_LEASE', 2],
    ['self_cross', 'KMM_SELF_CROSS', 6],
    ['post_only_cross', 'KMM_POST_ONLY_CROSS', 6],
    ['order_unknown', 'KMM_ORDER_GONE', 2],
    ['order_busy', 'KMM_ORDER_BUSY', 2],
    ['order_not_changeable', 'KMM_ORDER_BUSY', 2],
    ['RECONCILE', 'KMM_RECONCILE', 7],
    ['KILLED', 'KMM_HALTED', 6],
    ['STALE', 'KMM_RISK_REFUSED', 6],
    ['market_loss', 'KMM_RISK_REFUSED', 6],
  ])('%s is %s', (word, code, exit) => {
    const error = refusalError({ word, reason: 'why' });
    expect([error.code, error.exit, error.what]).toEqual([code, exit, 'why']);
    expect(error.next.length).toBeGreaterThan(0);
  });
});

describe('a flatten that a halt refuses (I5)', () => {
  it('says how the halt clears and what can be done without kmm; a gate that passes by itself is waited for', () => {
    const { code, next } = flattenError({ word: 'LOSS_DAY', reason: 'why' });
    expect([code, next.slice(1, 3)]).toEqual(['KMM_HALTED', ['kmm resume LOSS_DAY', 'kmm flatten']]);
    expect(next.at(-1)).toContain('web page');
    expect(flattenError({ word: 'STALE', reason: 'why' }).code).toBe('KMM_RISK_REFUSED');
    expect(flattenError({ word: 'size', reason: 'why' }).code).toBe('KMM_NO_POSITION');
  });
});

describe('an end that is none of what was asked', () => {
  it.each<[string, HandEnd, string, number]>([
    ['the exchange says no', { kind: 'refused', code: 'invalid_order', message: '' }, 'KMM_ORDER_REFUSED', 6],
    ['the exchange pauses', { kind: 'refused', code: 'trading_is_paused', message: '' }, 'KMM_EXCHANGE_PAUSED', 5],
    ['the last hop drops it', { kind: 'not_sent', reason: 'no tokens' }, 'KMM_ORDER_NOT_SENT', 6],
    ['nobody knows', { kind: 'unknown', reason: 'no answer' }, 'KMM_CANCEL_UNCONFIRMED', 9],
  ])('%s', (_what, end, code, exit) => {
    const error = endError({ kind: 'ended', end, cash: [] }, CANCEL);
    expect([error?.code, error?.exit]).toEqual([code, exit]);
    expect(error?.next.length).toBeGreaterThan(0);
  });
});
