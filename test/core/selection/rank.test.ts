/** Which markets are taken, in which order, and every reason why not (D-1, A-SEL). */
import { describe, expect, it } from 'vitest';
import type { Market } from '../../../src/lib/core/market.ts';
import { rankMarkets } from '../../../src/lib/core/selection/rank.ts';
import { refusalsOf } from '../../../src/lib/core/selection/refusals.ts';
import type { Candidate, SelectionRules } from '../../../src/lib/core/selection/types.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { candidate, GENERAL, HOUR_MS, NOW, RULES } from '../../support/candidates.ts';

const codes = (one: Candidate, rules: SelectionRules = RULES) => refusalsOf(one, rules, NOW).map(({ code }) => code);
const inHours = (hours: number): Partial<Market> => ({ closeAt: epochMs(NOW + hours * HOUR_MS) });
const contracts = (count: number) => ({ volume: centicontracts(count * 100) });
const size = (count: number) => centicontracts(count * 100);

describe('a market', () => {
  it.each<[string, string, Partial<Candidate>, Partial<Market>]>([
    ['of $999 traded in 24 hours', 'volume', contracts(999), {}],
    ['that closes in less than half an hour', 'closes_soon', {}, inHours(0.49)],
    ['that closes after more than a week', 'closes_late', {}, inHours(168.1)],
    ['that closes after more than three months', 'too_far', {}, inHours(93 * 24)],
    ['of a spread of 1.9 c', 'spread', { bid: centicents(4_000), ask: centicents(4_190) }, {}],
    ['that nobody asks in', 'one_sided', { ask: undefined as never }, {}],
    ['whose rules were not understood', 'rules', {}, { settles: undefined as never }],
    ['of a trimmed average', 'rules', {}, { settles: { kind: 'unpriced', why: 'a trimmed average' } }],
    ['whose fees nobody knows', 'fees', {}, { fees: { type: 'flat', multiplier: { numerator: 1, denominator: 1 } } }],
    ['that is paused', 'not_open', {}, { status: 'inactive' }],
    ['of politics', 'avoided', { category: 'POLITICS' }, {}],
    ['about a tweet', 'avoided', {}, { title: 'Will he Tweet today?' }],
    ['whose book was not read', 'no_book', { levels: undefined as never }, {}],
  ])('%s is not taken: %s', (_, code, change, market) => {
    const one = candidate('KXA-1', change, market);
    const found = Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as unknown;
    expect(codes(found as Candidate)).toContain(code);
  });

  it('is taken at every limit itself', () => {
    expect(codes(candidate('KXA-1', contracts(1_000), inHours(0.5)))).toEqual([]);
    expect(codes(candidate('KXA-1', { ask: centicents(4_200) }, inHours(168)))).toEqual([]);
  });

  it('needs $5,000 at rest within 10 c of the mid; what is further away does not count', () => {
    const book = (deep: number) => ({
      bids: [
        { price: centicents(4_000), size: size(6_000) },
        { price: centicents(3_000), size: size(90_000) },
      ],
      asks: [{ price: centicents(4_600), size: size(deep) }],
    });
    // 6,000 x .40 + 4,814 x .54 = $4,999.56; a contract more is $5,000.10.
    expect(codes(candidate('KXA-1', { levels: book(4_814) }))).toEqual(['liquidity']);
    expect(codes(candidate('KXA-1', { levels: book(4_815) }))).toEqual([]);
  });

  it('of a series with terms of its own goes by those alone', () => {
    const own = { ...GENERAL, volumeMin: microdollars(0), liquidityMin: microdollars(0), closeMsMin: 0 };
    const rules = { ...RULES, bySeries: { KXBTC15M: own } };
    const thin = [contracts(5), inHours(0.1)] as const;
    expect(codes(candidate('KXBTC15M-1', ...thin), rules)).toEqual([]);
    expect(codes(candidate('KXOTHER-1', ...thin), rules)).toEqual(['closes_soon', 'volume']);
    // What must never be quoted is not theirs to allow.
    expect(codes(candidate('KXBTC15M-1', { category: 'Politics' }), rules)).toEqual(['avoided']);
  });

  it('has every reason said, not the first alone', () => {
    expect(codes(candidate('KXA-1', { ...contracts(1), category: 'Politics' }, inHours(0.1)))).toEqual([
      'avoided',
      'closes_soon',
      'volume',
    ]);
  });
});

describe('the ranking', () => {
  it('puts the best maker first and what is refused last, and keeps a place for both scores', () => {
    const fair = { probability: 0.46, standardError: 0.01 };
    const ranked = rankMarkets(
      [
        candidate('KXA-1', contracts(5_000)),
        candidate('KXB-1', contracts(50)),
        candidate('KXC-1', { ...contracts(90_000), fair }),
        candidate('KXD-1', contracts(7_000)),
      ],
      RULES,
      NOW,
    );
    expect(ranked.map(({ candidate: one, rank }) => [one.market.ticker, rank])).toEqual([
      ['KXC-1', 1],
      ['KXD-1', 2],
      ['KXA-1', 3],
      ['KXB-1', undefined],
    ]);
    expect(ranked[0]?.informed?.edgeCents).toBeCloseTo(3, 9);
    expect(ranked[1]?.informed).toBeUndefined();
    expect(ranked.every(({ making }) => making !== undefined)).toBe(true);
  });

  it('by the score of informed quoting takes what a model knows more of', () => {
    const known = (probability: number) => ({ fair: { probability, standardError: 0.01 } });
    const both = [candidate('KXA-1', { ...contracts(90_000), ...known(0.44) }), candidate('KXB-1', known(0.52))];
    const order = (by: SelectionRules['by']) =>
      rankMarkets(both, { ...RULES, by }, NOW).map(({ candidate: { market } }) => market.ticker);
    expect(order('making')).toEqual(['KXA-1', 'KXB-1']);
    expect(order('informed')).toEqual(['KXB-1', 'KXA-1']);
  });

  it('takes ten markets, and so many of a series, and says so to the others', () => {
    const many = Array.from({ length: 12 }, (_, n) => candidate(`KX${String.fromCharCode(65 + n)}-1`));
    const ranked = rankMarkets(
      [...many, candidate('KXA-2'), candidate('KXA-3')],
      { ...RULES, seriesMarketsMax: 2 },
      NOW,
    );
    expect(ranked.filter(({ rank }) => rank !== undefined)).toHaveLength(10);
    const why = (ticker: string) =>
      ranked.find(({ candidate: { market } }) => market.ticker === ticker)?.refusals[0]?.code;
    expect([why('KXA-1'), why('KXA-2'), why('KXA-3'), why('KXL-1')]).toEqual([
      undefined,
      undefined,
      'series_full',
      'full',
    ]);
  });
});
