import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roomFor } from '../../../src/lib/core/hand/hand-room.ts';
import type { HandOrder, HandWord } from '../../../src/lib/core/hand/hand-types.ts';
import { centicents, centicontracts } from '../../../src/lib/core/units.ts';

const ASK: HandOrder = {
  ...{ kind: 'order', id: 'a', ticker: 'KX-1', side: 'bid', price: centicents(4_500) },
  ...{ size: centicontracts(1_000), life: { kind: 'rest', ms: 60_000 } },
};

it('the room for an order is the last size that its judge lets pass, with what stops the next one', () => {
  const limits = fc.record({ position: fc.integer({ min: 0, max: 5_000 }), cash: fc.integer({ min: 0, max: 5_000 }) });
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 4_000 }), ({ position, cash }, largest) => {
      const judge = ({ size }: HandOrder) => {
        const word: HandWord | undefined =
          size > largest ? 'order_size' : size > position ? 'position' : size > cash ? 'cash' : undefined;
        if (word === undefined) return { kind: 'permitted', change: {} as never } as const;
        return { kind: 'refused', refusal: { word, reason: word } } as const;
      };
      const { room, stop } = roomFor(ASK, judge, centicontracts(largest));
      expect(room).toBe(Math.min(largest, position, cash));
      const next = judge({ ...ASK, size: centicontracts(room + 1) });
      expect(next).toEqual({ kind: 'refused', refusal: stop });
    }),
  );
});
