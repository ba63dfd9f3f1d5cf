/** The drift alarm, told as stories to a real engine (X-4, A-FR3.5). */
import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../../../src/lib/core/alerts/conditions.ts';
import type { FeeCheck } from '../../../src/lib/core/money/fee-check.ts';
import { centicents, centicontracts, epochMs, type Microdollars, microdollars } from '../../../src/lib/core/units.ts';
import { dollars, quotingStory, type Story, type StoryOptions } from '../../support/engine.ts';
import { TICKER } from '../../support/orders.ts';

const DAY_MS = 86_400_000;
const MAKERS_PAY = { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } };
/** Fills are bids at 48 ¢: 1,747.2 µ$ a contract of a maker's fee before rounding. */
const CENT_STEP: StoryOptions = { balanceStep: microdollars(10_000) };

const verdicts = (teller: Story) => teller.engine.fees.takeChecks().map(({ verdict }) => verdict);
const alerts = (teller: Story) =>
  conditionsOf(teller.engine, { tokens: [] }, teller.at).filter(({ key }) => key.startsWith('fees'));

function overcharged(teller: Story, fee: number, size = 100) {
  return teller.fill('bid', size, { fee: microdollars(fee) });
}

describe('a fill that is charged as predicted', () => {
  it('is written down with both numbers, and changes nothing', () => {
    const teller = quotingStory();
    teller.market({ fees: MAKERS_PAY });
    overcharged(teller, 4_400);
    expect(teller.engine.fees.takeChecks()).toEqual([
      {
        ...{ tradeId: 'trade-1', ticker: TICKER, seriesTicker: 'KXTEST', size: 100 },
        ...{ predicted: 4_400, charged: 4_400, verdict: 'agreed', at: teller.at },
      },
    ]);
    expect(teller.engine.fees.drift).toBe(0);
    expect(alerts(teller)).toEqual([]);
  });

  it('is judged once, however often it is told', () => {
    const teller = quotingStory();
    const fill = overcharged(teller, 0);
    teller.tell(fill, { ...fill, fee: microdollars(99) });
    expect(verdicts(teller)).toEqual(['agreed']);
  });

  it('may be predicted by either rounding of the formula, where they differ', () => {
    // buy .03 @ .3301 by a direct member: 597 µ$ by $0.0001, 497 by $0.000001 (math.md 13).
    for (const [fee, verdict] of [
      [597, 'agreed'],
      [497, 'agreed'],
      [697, 'differs'],
    ] as const) {
      const teller = quotingStory();
      const price = centicents(3_301);
      teller.fill('bid', 3, { price, isTaker: true, fee: microdollars(fee) });
      expect(verdicts(teller)).toEqual([verdict]);
    }
  });
});

describe('a fill that is charged more', () => {
  it('is told with both numbers, and makes every quote of its series dearer for a day', () => {
    const teller = quotingStory();
    const { bid } = teller.engine.market(TICKER)!.decision!;
    overcharged(teller, 5_000);
    expect(alerts(teller)).toMatchObject([
      {
        key: `fees ${TICKER}`,
        priority: 'high',
        text: `${TICKER}: fee charged ≠ predicted, 1.00 contracts charged $0.005000, predicted $0.000000 (trade trade-1); quotes count the dearer: kmm why ${TICKER}`,
      },
    ]);
    expect(teller.engine.takeLog().map(({ text }) => text)).toContain(
      `${TICKER}: fee charged ≠ predicted, 1.00 contracts charged $0.005000, predicted $0.000000 (trade trade-1)`,
    );
    teller.turn();
    const { quote } = teller.engine.market(TICKER)!.decision!;
    expect(quote!.numbers.feeSurchargeDollars).toBe(0.005);
    expect(quote!.bid.feeDollars! - bid.quote!.feeDollars!).toBeCloseTo(0.005, 9);
    expect(quote!.bid.raw).toBeLessThan(bid.quote!.raw - 40);
    expect(teller.halts()).toEqual([]);

    const sibling = 'KXTEST-26NOV20-T2';
    expect(teller.engine.fees.surcharge({ seriesTicker: 'KXTEST' }, teller.at)).toBe(5_000);
    expect(teller.engine.fees.surcharge({ seriesTicker: sibling }, teller.at)).toBe(0);
    expect(teller.engine.fees.drift).toBe(5_000);

    teller.wait(DAY_MS).turn();
    expect(teller.engine.fees.surcharge({ seriesTicker: 'KXTEST' }, teller.at)).toBe(0);
    expect(alerts(teller)).toEqual([]);
  });

  it('by a fraction of a contract counts as one contract, by many is shared among them', () => {
    for (const [size, surcharge] of [
      [1, 6_000],
      [100, 6_000],
      [400, 1_500],
      [900, 667],
    ] as const) {
      const teller = quotingStory();
      overcharged(teller, 6_000, size);
      expect(teller.engine.fees.surcharge({ seriesTicker: 'KXTEST' }, teller.at)).toBe(surcharge);
    }
  });

  it('by more than a cent stops its market at once, until a person has looked', () => {
    const teller = quotingStory();
    overcharged(teller, 10_001);
    expect(teller.engine.halts.all()).toMatchObject([
      {
        name: 'FEES',
        scope: TICKER,
        reason: '1.00 contracts charged $0.010001, predicted $0.000000 (trade trade-1): more than 1 ¢ apart',
      },
    ]);
    expect(teller.quote().map(({ kind }) => kind)).toEqual(['cancel', 'cancel']);
    expect(teller.wait(10 * 60_000).turn()).toEqual([]);
    expect(teller.gate()).toBe('FEES');
    teller.tell({ type: 'control', verb: 'clear', halt: 'FEES', ticker: TICKER, by: 'me' });
    expect(teller.halts()).toEqual([]);
  });

  it('by exactly a cent does not', () => {
    const teller = quotingStory();
    overcharged(teller, 10_000);
    expect(teller.halts()).toEqual([]);
  });

  it('for the fourth time in an Eastern day stops the market, and each time after that', () => {
    const teller = quotingStory();
    for (let count = 1; count <= 3; count += 1) overcharged(teller, 100);
    expect(teller.halts()).toEqual([]);
    expect(alerts(teller)[0]!.text.match(/charged \$0.000100, predicted \$0.000000/g)).toHaveLength(3);
    overcharged(teller, 100);
    expect(teller.halts()).toEqual([`FEES ${TICKER}`]);
    expect(alerts(teller)[0]!.stage).toBe('trade-4');
    expect(teller.engine.halts.all()[0]!.reason).toContain('the difference no. 4 of the day in KXTEST');
    teller.tell({ type: 'control', verb: 'clear', halt: 'FEES', ticker: TICKER, by: 'me' });
    overcharged(teller, 100);
    expect(teller.halts()).toEqual([`FEES ${TICKER}`]);
  });

  it('has a new count at midnight in New York', () => {
    const teller = quotingStory();
    teller.market({ closeAt: epochMs(teller.at + 3 * DAY_MS) });
    for (let count = 1; count <= 3; count += 1) overcharged(teller, 100);
    teller.wait(DAY_MS);
    for (let count = 1; count <= 3; count += 1) overcharged(teller, 100);
    expect(teller.halts()).toEqual([]);
  });
});

describe('a fill that is charged less', () => {
  it('is told of, and quotes keep the dearer reading', () => {
    const teller = quotingStory();
    teller.market({ fees: MAKERS_PAY });
    teller.fill('bid', 1_000, { fee: microdollars(0) });
    expect(verdicts(teller)).toEqual(['differs']);
    expect(teller.engine.fees.drift).toBeLessThan(0);
    expect(teller.engine.fees.surcharge({ seriesTicker: 'KXTEST' }, teller.at)).toBe(0);
    expect(alerts(teller)).toHaveLength(1);
  });

  it('than nothing is explained by nothing', () => {
    const teller = quotingStory();
    overcharged(teller, -1);
    expect(verdicts(teller)).toEqual(['differs']);
    expect(teller.engine.ledger.fees).toBe(-1);
  });
});

describe('a charge that a fill we have not seen may explain', () => {
  const two = (teller: Story) => {
    teller.market({ fees: MAKERS_PAY });
    const of = { price: centicents(5_000), isTaker: true };
    const at = (ms: number) => epochMs(teller.at + ms);
    return {
      later: (fee: number, ms = 1) => teller.fill('bid', 100, { ...of, exchangeAt: at(ms), fee: microdollars(fee) }),
    };
  };

  it('is doubted, and agreed to when that fill comes late', () => {
    const teller = quotingStory(CENT_STEP);
    const { later } = two(teller);
    // Five fills of 1 at 50 ¢: 20,000 each, and 10,000 the fifth.
    later(10_000, 5);
    expect(verdicts(teller)).toEqual(['doubted']);
    for (let ms = 1; ms <= 4; ms += 1) later(20_000, ms);
    expect(verdicts(teller)).toEqual(['agreed', 'agreed', 'agreed', 'agreed', 'agreed']);
    expect(teller.wait(DAY_MS).turn()).toBeDefined();
    expect(teller.engine.fees.drift).toBe(0);
  });

  it('is a difference when two minutes have brought none', () => {
    const teller = quotingStory(CENT_STEP);
    two(teller).later(10_000);
    teller.wait(119_000).turn();
    expect(verdicts(teller)).toEqual(['doubted']);
    teller.wait(1_000).turn();
    expect(verdicts(teller)).toEqual(['differs']);
    expect(alerts(teller)).toHaveLength(1);
  });

  it('is a difference at once where every fill of the order is known', () => {
    const teller = quotingStory(CENT_STEP);
    two(teller);
    teller.fill('bid', 1_000, { fee: microdollars(10_000) });
    expect(verdicts(teller)).toEqual(['differs']);
  });

  it('cannot be predicted where the exchange has filled more of the order than we are told of', () => {
    const teller = quotingStory(CENT_STEP);
    const { later } = two(teller);
    later(10_000);
    const { clientOrderId, orderId = '', price, total } = teller.order('bid');
    const stated = { orderId, clientOrderId, ticker: TICKER, side: 'bid', price, status: 'resting' } as const;
    const counts = { filled: centicontracts(600), remaining: centicontracts(400), initial: total };
    teller.tell({ type: 'own_order', source: 'stream', order: { ...stated, ...counts } });
    teller.wait(120_000).turn();
    expect(teller.engine.fees.takeChecks().at(-1)).toMatchObject({
      verdict: 'unpredictable',
      reason: 'other fills of its order are not known',
    });
    expect(alerts(teller)).toEqual([]);
  });

  it('is no excuse for more than the fill can cost at all', () => {
    const teller = quotingStory(CENT_STEP);
    two(teller).later(20_001);
    expect(verdicts(teller)).toEqual(['differs']);
  });
});

describe('terms that change', () => {
  it('count from their moment on, in fills and in quotes, without a word at that moment', () => {
    const teller = quotingStory();
    const change = { ...MAKERS_PAY, at: epochMs(teller.at + 10_000) };
    teller.market({ fees: { type: 'quadratic', multiplier: MAKERS_PAY.multiplier, changes: [change] } });
    teller.turn();
    expect(teller.engine.market(TICKER)!.decision!.quote!.bid.feeDollars).toBe(0);
    teller.wait(9_999);
    overcharged(teller, 0);
    teller.wait(1).turn();
    expect(teller.engine.market(TICKER)!.decision!.quote!.bid.feeDollars).toBeGreaterThan(0.004);
    overcharged(teller, 4_400);
    // Executed before, told after.
    teller.fill('bid', 100, { exchangeAt: epochMs(change.at - 1), fee: microdollars(0) });
    expect(verdicts(teller)).toEqual(['agreed', 'agreed', 'agreed']);
  });

  it('are told of a moment after they have taken effect, and fills of the meantime agree', () => {
    const teller = quotingStory();
    const executed = epochMs(teller.at + 5_000);
    teller.wait(5_040);
    teller.market({ fees: MAKERS_PAY });
    teller.fill('bid', 100, { exchangeAt: executed, fee: microdollars(4_400) });
    teller.fill('bid', 100, { exchangeAt: epochMs(executed - 10), fee: microdollars(0) });
    expect(verdicts(teller)).toEqual(['agreed', 'agreed']);
  });

  it('of a type without a formula are no quote and no prediction, unless the operator has said what it costs', () => {
    const flat = { type: 'flat', multiplier: MAKERS_PAY.multiplier };
    const teller = quotingStory();
    teller.market({ fees: flat });
    overcharged(teller, 12_345);
    expect(teller.quote().map(({ kind }) => kind)).toEqual(['cancel', 'cancel']);
    expect(teller.gate()).toBe('fee_type_unknown');
    expect(teller.engine.fees.takeChecks()).toMatchObject([{ verdict: 'unpredictable', charged: 12_345 }]);
    expect(teller.halts()).toEqual([]);

    const told = quotingStory({ feesPerContract: { flat: dollars(0.012) } });
    told.market({ fees: flat });
    told.fill('bid', 50, { fee: microdollars(6_000) });
    expect(verdicts(told)).toEqual(['agreed']);
    told.turn();
    expect(told.engine.market(TICKER)!.decision!.quote!.bid.feeDollars).toBeCloseTo(0.012, 9);
    expect(told.gate()).toBeUndefined();
  });
});

describe('a session that begins again', () => {
  const difference = (n: number, at: number, charged = 100): FeeCheck => ({
    ...{ tradeId: `old-${n}`, ticker: TICKER, seriesTicker: 'KXTEST', size: centicontracts(100) },
    ...{ predicted: microdollars(0), charged: microdollars(charged), verdict: 'differs', at: epochMs(at) },
  });
  const restored = (teller: Story, differences: readonly FeeCheck[], drift: Microdollars = dollars(0)) =>
    teller.tell({ type: 'ledger_restored', openingCash: [], fills: [], settlements: [], fees: { drift, differences } });

  it('goes on counting, and quotes as dear as before', () => {
    const teller = quotingStory();
    restored(
      teller,
      [1, 2, 3].map((n) => difference(n, teller.at - n)),
      dollars(0.0003),
    );
    expect(teller.engine.fees.surcharge({ seriesTicker: 'KXTEST' }, teller.at)).toBe(100);
    expect(alerts(teller)).toHaveLength(1);
    expect(teller.halts()).toEqual([]);
    overcharged(teller, 100);
    expect(teller.halts()).toEqual([`FEES ${TICKER}`]);
    expect(teller.engine.fees.drift).toBe(400);
  });

  it('has forgotten what is more than a day old', () => {
    const teller = quotingStory();
    restored(teller, [difference(1, teller.at - DAY_MS)]);
    expect(alerts(teller)).toEqual([]);
    expect(teller.engine.fees.surcharge({ seriesTicker: 'KXTEST' }, teller.at)).toBe(0);
  });

  it('goes on with an order where its fills of before have left it', () => {
    const before = quotingStory(CENT_STEP);
    before.market({ fees: MAKERS_PAY });
    const of = {
      price: centicents(5_000),
      isTaker: true,
      fee: microdollars(20_000),
      orderId: 'X',
      clientOrderId: 'other',
    };
    const fills = [1, 2, 3, 4].map((ms) => before.fill('bid', 100, { ...of, exchangeAt: epochMs(before.at + ms) }));
    const go = (last: Partial<typeof of>, old = fills) => {
      const teller = quotingStory(CENT_STEP);
      teller.tell({ type: 'ledger_restored', openingCash: [], fills: old, settlements: [] });
      teller.market({ fees: MAKERS_PAY });
      const fifth = { ...of, ...last, tradeId: 'fifth', exchangeAt: epochMs(teller.at + 9) };
      teller.fill('bid', 100, fifth);
      return teller.engine.fees.takeChecks().map(({ tradeId, verdict }) => `${tradeId} ${verdict}`);
    };
    expect(go({ fee: microdollars(10_000) })).toEqual(['fifth agreed']);
    expect(go({ fee: microdollars(15_000) })).toEqual(['fifth doubted']);
    const odd = fills.map((fill) => ({ ...fill, fee: microdollars(12_000) }));
    expect(go({ fee: microdollars(15_000) }, odd)).toEqual(['fifth unpredictable']);
  });
});
