/** Regimes by inventory and by the time that is left: they act through the gate and the flatten rules. */
import { describe, expect, it } from 'vitest';
import type { InventoryRules } from '../../../src/lib/core/parameters.ts';
import { exitTarget, finalFrom, inventoryRegime, inventorySkewCents } from '../../../src/lib/core/quoting/inventory.ts';
import { type BasisPoints, centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import {
  dollars,
  INVENTORY,
  lineOf,
  MARKET,
  MINUTE_MS,
  type Story,
  type StoryOptions,
  story,
} from '../../support/engine.ts';
import { T0, TICKER } from '../../support/orders.ts';

const share = (percent: number) => (percent * 100) as BasisPoints;
/** As math.md 11 has it, in contracts. */
const RULES: InventoryRules = {
  ...{ skewed: centicontracts(1_000), oneSided: centicontracts(2_000), exit: centicontracts(5_000) },
  ...{ exitTo: centicontracts(2_000), skewPerTen: centicents(100) },
  ...{ finalMs: 30 * MINUTE_MS, finalShare: share(20), finalPosition: centicontracts(500) },
};

let traded = 0;
function holding(teller: Story, contracts: number, price = 5_000): Story {
  traded += 1;
  return teller.tell({
    type: 'fill',
    ...{ tradeId: `inventory-${traded}`, orderId: 'elsewhere', ticker: TICKER, shard: 0 },
    ...{
      side: contracts > 0 ? 'bid' : 'ask',
      price: centicents(price),
      size: centicontracts(Math.abs(contracts) * 100),
    },
    ...{ isTaker: false, fee: dollars(0) },
  });
}

function held(contracts: number, options: StoryOptions = {}): Story {
  const { inventory, ...rest } = options;
  const teller = story({ inventory: { ...RULES, finalMs: 0, ...inventory }, ...rest });
  return (contracts === 0 ? teller : holding(teller, contracts)).book();
}

const sidesOf = (teller: Story) => teller.turn().map(({ side, kind }) => `${kind} ${side}`);

describe('the regime of an inventory', () => {
  it('is the milder one at a boundary, whichever way is held', () => {
    const regimes = [0, 10, 11, 20, 21, 50, 51].flatMap((n) =>
      [n, -n].map((signed) => inventoryRegime(centicontracts(signed * 100), RULES)),
    );
    const each = ['normal', 'normal', 'skewed', 'skewed', 'one_sided', 'one_sided', 'exit'];
    expect(regimes).toEqual(each.flatMap((regime) => [regime, regime]));
  });

  it('leans a cent for every whole ten contracts, once it is above normal', () => {
    const skews = [10, 11, 25, -29, 51].map((n) => inventorySkewCents(centicontracts(n * 100), RULES));
    expect(skews).toEqual([-0, -1, -2, 2, -5].map((skew) => (skew === 0 ? 0 : skew)));
  });

  it('leans by as many cents in the quote, and the strategy of rules of its own by none more', () => {
    const reservation = (inventory: Partial<InventoryRules>) => {
      const teller = held(25, { inventory });
      teller.turn();
      return teller.engine.market(TICKER)?.decision?.quote?.reservation ?? Number.NaN;
    };
    expect(reservation({ skewPerTen: centicents(0) }) - reservation({})).toBeCloseTo(0.02, 12);
  });

  it('shows both sides up to its threshold, above it the one that takes the position down', () => {
    expect(sidesOf(held(20))).toEqual(['create bid', 'create ask']);
    expect(sidesOf(held(21))).toEqual(['create ask']);
    expect(sidesOf(held(-21))).toEqual(['create bid']);
  });
});

describe('a forced exit', () => {
  it('works a position that is too large down to its target, and the market is quoted on', () => {
    const teller = held(60);
    const [first] = teller.quote();
    expect(first?.clientOrderId).toContain('-flatten-');
    expect(lineOf(first!)).toMatch(/^create ask \d+ × 2500$/);
    expect(teller.engine.flattens.views()[0]).toMatchObject({ to: 2_000, isForced: true, phase: 'working' });
    expect(teller.halts()).toEqual([]);
    holding(teller, -40, 5_100).wait(1_000);
    teller.quote();
    const after = teller.wait(1_000).quote();
    expect(teller.engine.flattens.views()[0]).toMatchObject({ end: 'flat' });
    expect(after.map(({ kind, clientOrderId }) => `${kind} ${clientOrderId.split('-')[3]}`)).toEqual([
      ...['create cara', 'create cara'],
    ]);
  });

  it('never sells more than what is above its target', () => {
    const teller = held(60, { risk: { orderSize: centicontracts(10_000), orderValue: dollars(1_000) } });
    expect(lineOf(teller.turn()[0]!)).toMatch(/× 4000$/);
  });

  it('is not for a market that we do not quote', () => {
    const teller = held(60).tell({ type: 'markets_selected', tickers: [] });
    expect(teller.turn().filter(({ kind }) => kind === 'create')).toEqual([]);
    expect(teller.engine.flattens.views()).toEqual([]);
  });

  it('is not begun against a halt of the operator, and goes on under a pause', () => {
    const killed = held(60).tell({ type: 'control', verb: 'kill', by: 'ann' });
    expect(killed.turn().filter(({ kind }) => kind === 'create')).toEqual([]);
    const paused = held(60).tell({ type: 'control', verb: 'pause', by: 'ann' });
    expect(paused.turn().map(({ kind, side }) => `${kind} ${side}`)).toEqual(['create ask']);
  });
});

describe('the last part before the close', () => {
  it('is the shorter of its two bounds', () => {
    const of = (minutes: number) =>
      (MARKET.closeAt -
        finalFrom({ openAt: epochMs(MARKET.closeAt - minutes * MINUTE_MS), closeAt: MARKET.closeAt }, RULES)) /
      MINUTE_MS;
    expect([15, 60, 150, 1_000].map(of)).toEqual([3, 12, 30, 30]);
    expect(MARKET.closeAt - finalFrom(MARKET, INVENTORY)).toBe(0);
  });

  it('lets five contracts be held and no more', () => {
    const near = epochMs(MARKET.closeAt - 2 * MINUTE_MS);
    const target = (n: number) => exitTarget(centicontracts(n * 100), MARKET, RULES, near);
    expect([5, 6, -6].map(target)).toEqual([undefined, 0, 0]);
    expect(exitTarget(centicontracts(600), MARKET, RULES, T0)).toBeUndefined();
  });

  const FINAL: StoryOptions = { inventory: { finalMs: 30 * MINUTE_MS, finalShare: share(20) } };
  /** 3.2 minutes of the 16 are the last part, the last minute of them is the freeze; the minute before is for paying. */
  function late(contracts: number, leftMs: number, options: StoryOptions = FINAL): Story {
    const teller = held(contracts, options);
    return teller.wait(MARKET.closeAt - leftMs - teller.at);
  }

  it('takes off what is above that: resting first, paying in the last minute before the freeze', () => {
    const teller = late(8, 3 * MINUTE_MS).book();
    expect(teller.turn().map(lineOf)).toEqual(['create ask 5000 × 800']);
    const paying = late(8, 2 * MINUTE_MS - 1_000).book();
    const [take] = paying.turn();
    expect(take).toMatchObject({ kind: 'create', side: 'ask', price: 4_400, takes: 'immediate_or_cancel' });
  });

  it('shows no order that could bring more than that', () => {
    const teller = late(3, 3 * MINUTE_MS, { ...FINAL, quoting: { orderSize: centicontracts(400) } }).book();
    expect(sidesOf(teller)).toEqual(['create ask']);
    expect(teller.engine.market(TICKER)?.decision?.bid.limit).toBe('final_position');
  });

  it('rests on a book with one side', () => {
    const teller = late(8, 3 * MINUTE_MS).book([], [[5_600, 10_000]]);
    expect(teller.turn().map(({ kind, side }) => `${kind} ${side}`)).toEqual(['create ask']);
  });

  it('takes without a book when time is over, at the worst price that its bound bears', () => {
    const teller = held(8, { ...FINAL, risk: { exitCost: dollars(1) } });
    teller.quote();
    teller
      .wait(MARKET.closeAt - 2 * MINUTE_MS + 5_000 - teller.at)
      .gap()
      .level('bid', 4_400, 100);
    for (let n = 0; n < 3; n += 1) teller.wait(1_000).quote();
    const takes = teller.asked.filter((intent) => 'takes' in intent);
    const [{ price, size, side } = expect.unreachable('one is sent')] = takes;
    expect([side, size]).toEqual(['ask', 800]);
    // The mark is 50 ¢: eight contracts may slip by 12 ¢ less the fee, and no cent more.
    expect(price).toBeGreaterThanOrEqual(3_800);
    expect(price).toBeLessThan(4_400);
  });

  it('leaves the position where the cost of all exits is used up, and the operator is told', async () => {
    const teller = late(8, 2 * MINUTE_MS - 1_000, { ...FINAL, risk: { exitCost: dollars(0) } }).book();
    expect(teller.turn().filter(({ clientOrderId }) => clientOrderId.includes('-flatten-'))).toEqual([]);
    const { conditionsOf } = await import('../../../src/lib/core/alerts/conditions.ts');
    const keys = conditionsOf(teller.engine, { tokens: [] }, teller.at).map(({ key }) => key);
    expect(keys).toContain(`exit_cost ${TICKER}`);
  });
});

describe('a time to cool off', () => {
  function cooling(contracts: number): Story {
    const halt = {
      name: 'COOL_OFF',
      scope: '*',
      since: T0,
      reason: '5 losses',
      until: epochMs(T0 + MINUTE_MS),
    } as const;
    return held(contracts).tell({ type: 'halt_changed', isOn: true, halt });
  }

  it('shows only what takes a position down, and ends by itself', () => {
    expect(sidesOf(cooling(0))).toEqual([]);
    const teller = cooling(15);
    expect(teller.quote().map(({ kind, side }) => `${kind} ${side}`)).toEqual(['create ask']);
    teller.wait(MINUTE_MS).book();
    expect(sidesOf(teller)).toContain('create bid');
  });

  it('lets a person reduce, and nothing else', () => {
    const life = { kind: 'rest', ms: 30_000 } as const;
    const verdict = (side: 'bid' | 'ask', price: number, size: number) =>
      cooling(15).engine.consider(
        { kind: 'order', id: 'x', ticker: TICKER, side, life, price: centicents(price), size: centicontracts(size) },
        T0,
      );
    expect(verdict('ask', 5_200, 1_500).kind).toBe('permitted');
    expect(verdict('ask', 5_200, 1_501)).toMatchObject({ refusal: { word: 'COOL_OFF' } });
    expect(verdict('bid', 4_800, 100)).toMatchObject({ refusal: { word: 'COOL_OFF' } });
  });
});
