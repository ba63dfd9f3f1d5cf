import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillRulesOf } from '../../../src/lib/app/backtest/fill-rules.ts';
import { FILL_MODES, type FillMode } from '../../../src/lib/core/backtest/job.ts';
import { type CancelModel, type QueueEvent, replay } from '../../../src/lib/core/book/queue.ts';
import { centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import { QueueSide, type Reached } from '../../../src/lib/sim/backtest/queue-side.ts';
import type { Order } from '../../../src/lib/sim/exchange/records.ts';

const PRICE = 4_500;
const NOW = epochMs(0);

/** A bid of ours at 45 ¢, behind `ahead`. */
function bid(mode: FillMode, ahead: number, size: number, cancels?: CancelModel) {
  const rules = fillRulesOf(mode);
  const side = new QueueSide('bid', cancels === undefined ? rules : { ...rules, cancels });
  side.change(PRICE, ahead, 0);
  const order = { price: centicents(PRICE), remaining: centicontracts(size), side: 'bid' } as Order;
  side.join(order, NOW, undefined);
  let filled = 0;
  const take = (reached: readonly Reached[]) => {
    for (const { size: more } of reached) {
      filled += more;
      order.remaining = centicontracts(order.remaining - more);
      if (order.remaining === 0) side.leave(order);
    }
    return filled;
  };
  return { side, order, take, filled: () => filled };
}

/** As recorded: a trade is a print, and then the decrease of its level. */
function play({ side, take }: ReturnType<typeof bid>, { kind, size }: QueueEvent): number {
  if (kind === 'add') side.change(PRICE, size, 0);
  const there = Math.min(size, side.sizeAt(PRICE));
  if (kind === 'cancel') side.change(PRICE, -there, 0);
  if (kind !== 'trade') return take([]);
  const filled = take(side.print(PRICE, size));
  side.change(PRICE, -there, there);
  return filled;
}

describe('an order in a recorded level', () => {
  const DAY: readonly QueueEvent[] = [
    { kind: 'trade', size: 15_000 },
    { kind: 'add', size: 29_000 },
    { kind: 'cancel', size: 6_000 },
    { kind: 'trade', size: 4_500 },
    { kind: 'trade', size: 1_000 },
  ];

  it.each([
    ['pessimistic', undefined],
    ['calibrated', { kind: 'power', n: 1 }],
  ] as const)('is filled as the formula says when the level moves (%s)', (mode, model) => {
    const ours = bid(mode, 20_000, 1_000, model);
    const filled = DAY.map((event) => play(ours, event));
    const expected = replay(20_000, 1_000, DAY, model ?? { kind: 'riskAverse' }).map(Math.floor);
    expect(filled).toEqual(expected);
  });

  it('counts a trade once, though it is a print and a decrease', () => {
    const ours = bid('pessimistic', 100, 100);
    play(ours, { kind: 'trade', size: 60 });
    expect(ours.side.standing[0]?.front).toBe(40);
  });

  it('is filled whole by a trade beyond its price, and not by one that stops before it', () => {
    const ours = bid('pessimistic', 5_000, 100);
    ours.take(ours.side.print(PRICE + 100, 9_000));
    expect(ours.filled()).toBe(0);
    ours.take(ours.side.print(PRICE - 100, 1));
    expect(ours.filled()).toBe(100);
  });

  it('meets an order of others at its price with what that has, and whole when nobody is thought before it', () => {
    const careful = bid('pessimistic', 0, 100);
    careful.take(careful.side.meet(PRICE, 30));
    expect(careful.filled()).toBe(30);
    const generous = bid('optimistic', 0, 100);
    generous.take(generous.side.meet(PRICE, 30));
    expect(generous.filled()).toBe(100);
  });

  it('is no further back after a snapshot than the level holds', () => {
    const ours = bid('pessimistic', 500, 100);
    ours.side.replace([{ price: centicents(PRICE), size: centicontracts(200) }]);
    expect(ours.side.standing[0]?.front).toBe(200);
  });

  it('is filled no earlier the less is believed', () => {
    const event = fc.record({
      kind: fc.constantFrom('trade', 'add', 'cancel') as fc.Arbitrary<QueueEvent['kind']>,
      size: fc.integer({ min: 1, max: 3_000 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000 }), fc.array(event, { maxLength: 40 }), (ahead, events) => {
        const bands = FILL_MODES.map((mode) => bid(mode, ahead, 1_000));
        for (const one of events) {
          const [least = 0, middle = 0, most = 0] = bands.map((band) => play(band, one));
          expect(least).toBeLessThanOrEqual(middle);
          expect(middle).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});
