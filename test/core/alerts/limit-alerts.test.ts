/** What an operator is told of limits that are nearly full (operator.md section 6). */
import { describe, expect, it } from 'vitest';
import { ofLimits } from '../../../src/lib/core/alerts/limit-conditions.ts';
import { type BasisPoints, centicents, centicontracts, type Side } from '../../../src/lib/core/units.ts';
import { dollars, type Story, type StoryOptions, story } from '../../support/engine.ts';
import { TICKER } from '../../support/orders.ts';

let traded = 0;
function trade(teller: Story, side: Side, price: number, size: number, ticker = 'KXOLD-1'): Story {
  traded += 1;
  return teller.tell({
    type: 'fill',
    ...{ tradeId: `alert-${traded}`, orderId: 'elsewhere', ticker, side, price: centicents(price), shard: 0 },
    ...{ size: centicontracts(size), isTaker: true, fee: dollars(0) },
  });
}

function lose(teller: Story, amount: number): Story {
  trade(teller, 'bid', 6_000, amount * 1_000);
  trade(teller, 'ask', 5_000, amount * 1_000)
    .wait(1_000)
    .turn();
  return teller;
}

const told = (teller: Story) =>
  ofLimits(teller.engine, teller.at).map(({ key, priority, stage = '' }) => `${priority} ${key} ${stage}`.trim());

describe('a limit that is nearly full', () => {
  it.each([
    ['the day', { risk: { dayLoss: dollars(10) } }, 'critical loss_day'],
    ['the week', { risk: { weekLoss: dollars(10) } }, 'critical loss_week'],
    ['the drawdown', { risk: { drawdownShare: 100 as BasisPoints } }, 'high drawdown'],
  ] as readonly [string, StoryOptions, string][])('of %s is told at 80 %% and at the whole', (_, options, words) => {
    const teller = lose(story(options), 7);
    expect(told(teller)).toEqual([]);
    expect(told(lose(teller, 1))).toEqual([`${words} 80`]);
    expect(told(lose(teller, 2))).toEqual([`${words} 100`]);
  });

  it('of a group, of all markets and of their balance is told when it has lasted', () => {
    const risk = { groupLoss: dollars(6), totalLoss: dollars(6), totalImbalance: centicontracts(1_250) };
    const teller = story({ risk }).book();
    teller.turn();
    const conditions = ofLimits(teller.engine, teller.at);
    expect(conditions.map(({ key, afterMs }) => [key, afterMs])).toEqual([
      ...[
        ['loss_total', 60_000],
        ['imbalance', 60_000],
        ['loss_group KXTEST', 60_000],
      ],
    ]);
    expect(conditions[2]?.text).toBe('$4.800000 at risk in group KXTEST of $6.000000, above 80 %');
  });
});

describe('a position above its threshold', () => {
  it('is told in the two steps that are taken against it', () => {
    const rules = { skewed: centicontracts(100), oneSided: centicontracts(1_000), exit: centicontracts(3_000) };
    const teller = story({ inventory: rules });
    expect(told(trade(teller, 'bid', 5_000, 1_000, TICKER))).toEqual([]);
    expect(told(trade(teller, 'bid', 5_000, 100, TICKER))).toEqual([`high inventory ${TICKER} one_sided`]);
    expect(told(trade(teller, 'bid', 5_000, 2_000, TICKER))).toEqual([`high inventory ${TICKER} exit`]);
  });
});
