import { describe, expect, it } from 'vitest';
import { type PortfolioPmf, scenariosOf, stressTails } from '../../../src/lib/core/risk/risk-stress.ts';
import type { RiskEventView, RiskMarketView } from '../../../src/lib/core/risk/risk-view.ts';
import { centicents, centicontracts, microdollars } from '../../../src/lib/core/units.ts';

const dollars = (amount: number) => microdollars(Math.round(amount * 1_000_000));
const both = (ifNo: number, ifYes: number) => ({ ifNo: dollars(ifNo), ifYes: dollars(ifYes) });

/** So many contracts that cost so many dollars, with the exit prices beside them, in cents. */
function market(ticker: string, contracts: number, cost: number, exit?: readonly [number, number]): RiskMarketView {
  const held = both(Math.max(0, -contracts) - cost, Math.max(0, contracts) - cost);
  const prices = exit === undefined ? {} : { exitBid: centicents(exit[0] * 100), exitAsk: centicents(exit[1] * 100) };
  const size = centicontracts(contracts * 100);
  return { ticker, held: size, outcomes: { held, worst: held, filled: held }, ifFilled: size, ...prices };
}

function event(eventTicker: string, markets: readonly RiskMarketView[], isMutuallyExclusive = true): RiskEventView {
  return { eventTicker, seriesTicker: 'KX', isMutuallyExclusive, past: both(0, 0), markets };
}

const LADDER = event('KX-1', [
  market('KX-1-A', 50, 15, [30, 34]),
  market('KX-1-B', -30, 12, [55, 60]),
  market('KX-1-C', 0, 0),
]);

const profitOf = (events: readonly RiskEventView[], name: string, shock = 1_000) => {
  const found = scenariosOf({ events }, { shock }).find((one) => one.name === name && one.eventTicker === undefined);
  return found?.profit === undefined ? undefined : found.profit / 1_000_000;
};

describe('scenarios', () => {
  it('name the end that hurts an exclusive event most, and count only one YES', () => {
    // A wins: 50 − 15 + 30 − 12; B wins: −15 − 12; none or C: −15 + 18.
    expect(scenariosOf({ events: [LADDER] }, { shock: 1_000 })[0]).toEqual({
      ...{ name: 'worst', eventTicker: 'KX-1', outcome: 'KX-1-B', profit: dollars(-27) },
    });
    expect(profitOf([LADDER], 'worst')).toBe(-27);
    expect(profitOf([LADDER], 'all_yes')).toBe(-27);
    expect(profitOf([LADDER], 'all_no')).toBe(3);
    expect(profitOf([LADDER], 'pause')).toBe(-27);
  });

  it('let each market end as badly as it can where an event does not say that they exclude one another', () => {
    const loose = event('KX-2', LADDER.markets, false);
    expect(profitOf([loose], 'worst')).toBe(-27);
    expect(profitOf([loose], 'all_yes')).toBe(35 - 12);
    expect(scenariosOf({ events: [loose] }, { shock: 1_000 })[0]?.outcome).toBeUndefined();
  });

  it('move every mark, and never beyond what a contract can be worth', () => {
    // Long at its bid of 30, short at its ask of 60: −15 + 15 + (18 − 30 × .6).
    expect(profitOf([LADDER], 'now')).toBe(0);
    expect(profitOf([LADDER], 'shock_up')).toBe(2);
    expect(profitOf([LADDER], 'shock_down')).toBe(-2);
    expect(profitOf([LADDER], 'shock_down', 9_900)).toBe(-15 + 18);
  });

  it('know no mark where no price was ever seen for something held, and say so with nothing', () => {
    const blind = event('KX-3', [market('KX-3-A', 10, 4)]);
    expect(profitOf([LADDER, blind], 'now')).toBeUndefined();
    expect(profitOf([LADDER, blind], 'shock_up')).toBeUndefined();
    expect(profitOf([LADDER, blind], 'worst')).toBe(-31);
  });

  it('let no other market win once one has', () => {
    const [first, second] = LADDER.markets as readonly [RiskMarketView, RiskMarketView];
    const paid = { ...both(20, 20), isYes: true } as const;
    const winner = { ...first, held: centicontracts(0), outcomes: { held: paid, worst: paid, filled: paid } };
    expect(profitOf([event('KX-4', [winner, second])], 'worst')).toBe(0);
    expect(scenariosOf({ events: [event('KX-4', [winner, second])] }, { shock: 1 })[0]).toMatchObject({
      profit: dollars(20 + 18),
    });
  });

  it('are all nothing where nothing is at stake', () => {
    expect(new Set(scenariosOf({ events: [] }, { shock: 1 }).map(({ profit }) => profit))).toEqual(new Set([0]));
  });
});

describe('VaR of the account', () => {
  const pmf = (chances: Record<string, number>, none: number, correlation = 0): PortfolioPmf => ({
    correlation,
    events: new Map([['KX-1', { chances: new Map(Object.entries(chances)), none }]]),
  });

  it('is the joint worst case without chances', () => {
    const [at95] = stressTails({ events: [LADDER] }, undefined, [0.95]) as [object];
    expect(at95).toMatchObject({
      method: 'worst',
      valueAtRisk: dollars(27),
      shortfall: dollars(27),
      withoutPmf: ['KX-1'],
    });
  });

  it('follows exactly from the chances of one event, and keeps the others at their worst', () => {
    const given = pmf({ 'KX-1-A': 0.5, 'KX-1-B': 0.04, 'KX-1-C': 0.36 }, 0.1);
    const [at95, at99] = stressTails({ events: [LADDER] }, given, [0.95, 0.99]) as [object, object];
    // 4 % lose 27, the next outcome gains 3.
    expect(at95).toMatchObject({
      method: 'pmf',
      valueAtRisk: dollars(-3),
      shortfall: expect.closeTo(dollars(21), 3),
      worst: dollars(27),
    });
    expect(at99).toMatchObject({ valueAtRisk: dollars(27) });
    const other = event('KX-9', [market('KX-9-A', 10, 4)]);
    const [mixed] = stressTails({ events: [LADDER, other] }, given, [0.99]) as [object];
    expect(mixed).toMatchObject({ method: 'both', valueAtRisk: dollars(31), withoutPmf: ['KX-9'] });
  });

  it('draws several events together', () => {
    const two = [event('KX-1', [market('KX-1-A', 100, 60)]), event('KX-2', [market('KX-2-A', 100, 55)])];
    const given: PortfolioPmf = {
      correlation: 0.9,
      events: new Map([
        ['KX-1', { chances: new Map([['KX-1-A', 0.6]]), none: 0.4 }],
        ['KX-2', { chances: new Map([['KX-2-A', 0.55]]), none: 0.45 }],
      ]),
    };
    const [at95] = stressTails({ events: two }, given, [0.95]) as [object];
    expect(at95).toMatchObject({ method: 'pmf', paths: 10_000, valueAtRisk: dollars(115), worst: dollars(115) });
  });

  it.each([
    ['chances that do not add up to 1', LADDER, pmf({ 'KX-1-A': 0.5, 'KX-1-B': 0.2 }, 0), 'chances_sum'],
    ['none for what is held', LADDER, pmf({ 'KX-1-A': 0.9 }, 0.1), 'chances'],
    [
      'an event that states no exclusivity',
      event('KX-1', LADDER.markets, false),
      pmf({ 'KX-1-A': 0.5, 'KX-1-B': 0.5 }, 0),
      'not_exclusive',
    ],
  ] as const)('is refused for %s', (_, held, given, code) => {
    const refusal = stressTails({ events: [held] }, given, [0.95]);
    expect(refusal).toMatchObject({ kind: 'refused', code, reason: expect.stringContaining('KX-1: ') });
  });
});
