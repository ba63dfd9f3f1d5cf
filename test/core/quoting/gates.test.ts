import { describe, expect, it } from 'vitest';
import { Book } from '../../../src/lib/core/book/book.ts';
import type { Market } from '../../../src/lib/core/market.ts';
import type { FairSource } from '../../../src/lib/core/parameters.ts';
import { type FeedState, firstGate } from '../../../src/lib/core/quoting/gates.ts';
import type { Halt, HaltName } from '../../../src/lib/core/risk/halts.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { MARKET, MINUTE_MS, parametersOf } from '../../support/engine.ts';
import { levels } from '../../support/feed.ts';
import { after, restingOrder, T0, TICKER } from '../../support/orders.ts';

type GateInput = Parameters<typeof firstGate>[0];

const FEED: FeedState = { isConnected: true, isSilent: false };

function validBook(): Book {
  const book = new Book();
  book.snapshot(levels([[4_400, 100]]), levels([[5_600, 100]]));
  return book;
}

function open(over: Partial<GateInput> = {}): GateInput {
  const base = { market: MARKET, isSelected: true, book: validBook(), feed: FEED, halts: [], now: T0 };
  return { ...base, parameters: parametersOf(), orders: new Set(), ...over };
}

const halt = (name: HaltName): Halt => ({ name, scope: TICKER, since: T0, reason: `because of ${name}` });
const feed = (over: Partial<FeedState>) => ({ feed: { ...FEED, ...over } });
const unknown = new Set([restingOrder('bid', 4_500, 100, { state: 'unknown' })]);
const at = (ms: number) => ({ now: after(ms) });
const CLOSE = 15 * MINUTE_MS;

describe('the gates', () => {
  it('let a market pass that is selected, open, fresh and without a halt', () => {
    expect(firstGate(open())).toBeUndefined();
  });

  it.each<[string, string, Partial<GateInput>]>([
    ['not_selected', 'pull', { isSelected: false }],
    ['PAUSED', 'reduce', { halts: [halt('PAUSED')] }],
    ['volume', 'reduce', feed({ surge: { until: after(1), reason: 'much is traded' } })],
    [
      'PAUSED',
      'reduce',
      { halts: [halt('PAUSED')], ...feed({ surge: { until: after(1), reason: 'much is traded' } }) },
    ],
    ['STALE', 'pull', feed({ isConnected: false, surge: { until: after(1), reason: 'much is traded' } })],
    ['PAUSED', 'pull', { halts: [halt('PAUSED')], market: { ...MARKET, status: 'inactive' } }],
    ['KILLED', 'pull', { halts: [halt('PAUSED'), halt('KILLED')] }],
    ['LIMITED', 'retreat', { halts: [halt('PAUSED'), halt('LIMITED')] }],
    ['UNKNOWN', 'retreat', { halts: [halt('PAUSED')], orders: unknown }],
    ['LIMITED', 'retreat', { halts: [halt('LIMITED')] }],
    ['closed', 'hold', at(CLOSE)],
    ['closed', 'hold', { market: { ...MARKET, status: 'closed' } }],
    ['closed', 'hold', { market: { ...MARKET, status: 'finalized' } }],
    ['not_open', 'hold', { market: { ...MARKET, openAt: after(1) } }],
    ['not_open', 'hold', { market: { ...MARKET, status: 'inactive' } }],
    ['not_open', 'hold', { market: { ...MARKET, status: 'determined' } }],
    ['WINDOW', 'pull', at(CLOSE - MINUTE_MS)],
    ['STALE', 'pull', feed({ isConnected: false })],
    ['STALE', 'pull', feed({ isSilent: true })],
    ['STALE', 'pull', feed({ messageAgeMs: 3_001 })],
    ['BOOK', 'pull', { book: new Book() }],
    ['BOOK', 'pull', { ...feed({ healedAt: T0 }), ...at(2_999) }],
    ['crossed', 'hold', { ...feed({ crossedAt: T0 }), ...at(499) }],
    ['crossed', 'pull', { ...feed({ crossedAt: T0 }), ...at(500) }],
    ['cooling', 'retreat', { ...feed({ refusedAt: T0 }), ...at(999) }],
    ['UNKNOWN', 'retreat', { orders: unknown }],
  ])('say %s and %s', (name, posture, over) => {
    expect(firstGate(open(over))).toMatchObject({ name, posture });
  });

  it.each<[string, Partial<GateInput>]>([
    ['the freeze begins', at(CLOSE - MINUTE_MS - 1)],
    ['a restored book has been clean for long enough', { ...feed({ healedAt: T0 }), ...at(3_000) }],
    ['a message is as old as it may be', feed({ messageAgeMs: 3_000 })],
    ['the second after a refusal is over', { ...feed({ refusedAt: T0 }), ...at(1_000) }],
    ['a market opens of which the exchange said nothing', { market: { ...MARKET, status: 'initialized' } }],
  ])('are open right before or after the border: %s', (_, over) => {
    expect(firstGate(open(over))).toBeUndefined();
  });

  it('name the halt that pulls before the one that only waits', () => {
    const halts = [halt('LIMITED'), halt('KILLED')];
    expect(firstGate(open({ halts }))).toEqual({ name: 'KILLED', posture: 'pull', reason: 'because of KILLED' });
  });

  it('name what matters most: a close before the operator, the operator before the feed, the feed before orders', () => {
    const all = { ...feed({ isConnected: false }), orders: unknown };
    expect(firstGate(open({ ...all, ...at(CLOSE), isSelected: false, halts: [halt('KILLED')] }))?.name).toBe('closed');
    expect(firstGate(open({ ...all, ...at(CLOSE - MINUTE_MS), halts: [halt('KILLED')] }))?.name).toBe('KILLED');
    expect(firstGate(open({ ...all, ...at(CLOSE - MINUTE_MS) }))?.name).toBe('WINDOW');
    expect(firstGate(open(all))?.name).toBe('STALE');
  });
});

/** Undefined: it has none. */
type Change = { readonly [Key in keyof Market]?: Market[Key] | undefined };

describe('a market that its model can never price', () => {
  const average = {
    kind: 'settlement-average',
    referenceAgeMsMax: 3_000,
    annualVolatilityFloors: [0.2],
    proxySdDollars: 0,
  } as const;
  const index = { kind: 'index-ladder', referenceAgeMsMax: 3_000 } as const;
  const news = { beforeMs: 0, afterMs: 0, releases: [] };
  const clock = { series: { KXTEST: { makeMs: 5 * MINUTE_MS, freezeMs: 2_000, postMs: 0 } }, news };
  const market = {
    ...MARKET,
    settles: { kind: 'average', index: 'BRTI', seconds: 60 },
    strike: { type: 'greater_or_equal', floor: 90_000 },
  } as const;
  /** Ten minutes before it would be quoted by its clock. */
  const early = (fair: FairSource, over: Change) =>
    firstGate(open({ market: { ...market, ...over } as Market, parameters: parametersOf({ fair, clock }) }));
  const strike = { type: 'between', floor: 90_000 } as const;
  const level = { settles: { kind: 'level', index: 'SPX' } } as const;
  const AFTERNOON_OF_HALF_A_DAY = epochMs(Date.UTC(2026, 10, 27, 20));

  it.each<[string, string, FairSource, Change]>([
    ['rule_unknown', 'it settles on a median', average, { settles: { kind: 'unpriced', why: 'a median' } }],
    ['rule_unknown', 'it settles on one level of SPX', average, level],
    ['strike_unknown', 'the market states no strike', average, { strike: undefined }],
    ['strike_unknown', 'a strike of the kind between with 90000 and NaN says no interval', average, { strike }],
    ['rule_unknown', 'it settles on an average', index, {}],
    [
      'market_closed_day',
      'the level is fixed at a time at which New York does not trade',
      index,
      { ...level, closeAt: AFTERNOON_OF_HALF_A_DAY },
    ],
    ['rule_unknown', 'it settles on one level of SPX', { kind: 'blend', model: average, weight: 0.3 }, level],
  ])('says so while its clock keeps it from being quoted: %s, %s', (name, reason, fair, over) => {
    expect(early(fair, over)).toEqual({ name, posture: 'pull', reason });
  });

  it.each<[string, FairSource, Change]>([
    ['it can', average, {}],
    ['its book prices it', { kind: 'micro' }, { settles: undefined, strike: undefined }],
    ['a forecast may come', { kind: 'forecast', model: 'desk', ageMsMax: 1_000 }, { settles: undefined }],
  ])('is told of its clock where %s', (_, fair, over) => {
    expect(early(fair, over)).toMatchObject({ name: 'IDLE' });
  });

  it('may still be given its strike with the open, but no other rule', () => {
    const unopened = { openAt: after(MINUTE_MS), strike: undefined } as const;
    expect(early(average, unopened)).toMatchObject({ name: 'not_open', posture: 'hold' });
    expect(early(index, unopened)).toMatchObject({ name: 'rule_unknown', posture: 'hold' });
  });

  it('does not hide that nothing is heard, nor the word of the operator', () => {
    const parameters = parametersOf({ fair: index });
    expect(firstGate(open({ market, parameters, ...feed({ isSilent: true }) }))?.name).toBe('STALE');
    expect(firstGate(open({ market, parameters, halts: [halt('KILLED')], ...at(CLOSE - 1) }))?.name).toBe('KILLED');
  });
});
