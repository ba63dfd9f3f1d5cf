import { describe, expect, it } from 'vitest';
import {
  amendAsk,
  amountOf,
  decreaseAsk,
  directionOf,
  type OrderWords,
  orderAsk,
} from '../../../src/lib/app/hand/hand-words.ts';
import { sinceOf } from '../../../src/lib/app/hand/read-account.ts';

const WORDS: OrderWords = {
  ...{ direction: 'buy', outcome: 'yes', ticker: 'KX-1', count: '10', price: '45' },
  ...{ tif: undefined, isPostOnly: false, leaseMs: 180_000 },
};

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'none';
}

describe('an order in words', () => {
  it.each([
    ['buy', 'yes', 'bid', 3_700],
    ['sell', 'yes', 'ask', 3_700],
    ['buy', 'no', 'ask', 6_300],
    ['sell', 'no', 'bid', 6_300],
  ] as const)('%s %s at 37 is a %s of YES at %i', (direction, outcome, side, price) => {
    const ask = orderAsk({ ...WORDS, direction, outcome, price: '37' });
    expect(ask).toMatchObject({ side, price, size: 1_000 });
    expect(directionOf(side, outcome)).toBe(direction);
  });

  it.each([
    ['45', 4_500],
    ['1', 100],
    ['45.5', 4_550],
    ['45.5c', 4_550],
    ['45¢', 4_500],
    ['0.5c', 50],
    ['0.45', 4_500],
    ['$0.5', 5_000],
    ['0.4550', 4_550],
  ])('%s is a price of %i hundredths of a cent', (price, expected) => {
    expect(orderAsk({ ...WORDS, price }).price).toBe(expected);
  });

  it.each(['0.5', '.5', '0', '100', '$1', '0.00', 'x', '', '-3', '45%', '$45c', '45.555', '1e1', '0.45555'])(
    '%s is no price, or may be two',
    (price) => {
      expect(codeOf(() => orderAsk({ ...WORDS, price }))).toBe('KMM_USAGE');
    },
  );

  it.each(['0', '-1', '1.005', 'ten', '', '1e3'])('%s is no count', (count) => {
    expect(codeOf(() => orderAsk({ ...WORDS, count }))).toBe('KMM_ORDER_SIZE');
  });

  it.each([
    [undefined, { kind: 'rest', ms: 180_000 }],
    ['gtt:60', { kind: 'rest', ms: 60_000 }],
    ['gtc', { kind: 'renewed' }],
    ['ioc', { kind: 'take', takes: 'immediate_or_cancel' }],
    ['fok', { kind: 'take', takes: 'fill_or_kill' }],
  ])('--tif %s', (tif, life) => {
    expect(orderAsk({ ...WORDS, tif }).life).toEqual(life);
  });

  it.each(['gtd', 'gtt', 'gtt:', 'gtt:0', 'gtt:1.5', 'IOC', ''])('--tif %s is refused', (tif) => {
    expect(codeOf(() => orderAsk({ ...WORDS, tif }))).toBe('KMM_USAGE');
  });

  it('--post-only does not go with what takes', () => {
    expect(codeOf(() => orderAsk({ ...WORDS, tif: 'ioc', isPostOnly: true }))).toBe('KMM_USAGE');
    expect(orderAsk({ ...WORDS, tif: 'gtt:60', isPostOnly: true }).life.kind).toBe('rest');
  });
});

describe('a change in words', () => {
  it('amends something, and its price is of the contract that is named', () => {
    expect(amendAsk('o-1', '37', undefined, 'no')).toMatchObject({ orderId: 'o-1', price: 6_300 });
    expect(codeOf(() => amendAsk('o-1', undefined, undefined, 'yes'))).toBe('KMM_USAGE');
  });

  it('decreases by something or to something', () => {
    expect(decreaseAsk('o-1', '2', undefined)).toMatchObject({ by: 200 });
    expect(decreaseAsk('o-1', undefined, '2')).toMatchObject({ to: 200 });
    expect(codeOf(() => decreaseAsk('o-1', '1', '2'))).toBe('KMM_USAGE');
    expect(codeOf(() => decreaseAsk('o-1', undefined, undefined))).toBe('KMM_USAGE');
    expect(codeOf(() => decreaseAsk('o-1', '0', undefined))).toBe('KMM_ORDER_SIZE');
  });
});

describe('an amount to move', () => {
  it('is dollars in whole hundredths of a cent', () => {
    expect([amountOf('250'), amountOf('$0.0001')]).toEqual([250_000_000, 100]);
    for (const text of ['0', '-1', '0.00001', 'all', '']) expect(codeOf(() => amountOf(text))).toBe('KMM_USAGE');
  });
});

describe('--since', () => {
  it('is an age or a date', () => {
    const now = Date.UTC(2026, 10, 20, 12);
    expect([sinceOf('2h', now), sinceOf('2026-11-20', now), sinceOf(undefined, now)]).toEqual([
      ...[now - 7_200_000, Date.UTC(2026, 10, 20), undefined],
    ]);
    for (const text of ['2', 'yesterday', '2026-13-01', '']) expect(codeOf(() => sinceOf(text, now))).toBe('KMM_USAGE');
  });
});
