import { beforeEach, expect, it } from 'vitest';
import { OrderTrail } from '../../../src/lib/core/fill-model/order-trail.ts';

const LEVEL = 4_500;
let trail: OrderTrail;

beforeEach(() => {
  trail = new OrderTrail();
});

it('a cancel whose size only one order has is that order', () => {
  trail.add(LEVEL, 1, 500);
  const second = trail.add(LEVEL, 2, 700);
  expect(trail.cancel(LEVEL, 700)).toBe(second);
  expect(trail.standingSince(LEVEL, 9)).toBe(500);
});

it('says nothing where two orders have the size, or a nameless block may hide one', () => {
  trail.add(LEVEL, 1, 500);
  trail.add(LEVEL, 2, 500);
  expect(trail.cancel(LEVEL, 500)).toBeUndefined();
  trail.reset([[LEVEL, 600]]);
  trail.add(LEVEL, 3, 500);
  expect(trail.cancel(LEVEL, 500)).toBeUndefined();
});

it('trades take the nameless first, then the oldest, and what is left of one is known by its new size', () => {
  trail.reset([[LEVEL, 300]]);
  const first = trail.add(LEVEL, 1, 500);
  trail.add(LEVEL, 2, 900);
  trail.trade(LEVEL, 600);
  expect(first).toMatchObject({ initial: 500, size: 200 });
  expect(trail.standingSince(LEVEL, 1)).toBe(200);
  expect(trail.cancel(LEVEL, 200)).toBe(first);
  expect(trail.standingSince(LEVEL, 2)).toBe(900);
});

it('a cancel of a size that nobody has makes the level smaller and claims no order', () => {
  trail.add(LEVEL, 1, 500);
  expect(trail.cancel(LEVEL, 120)).toBeUndefined();
  expect(trail.standingSince(LEVEL, 1)).toBe(380);
  expect(trail.cancel(8_000, 120)).toBeUndefined();
});
