/** When an ask by hand is over: by the outcome of what was asked, and by no other. */
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/lib/adapters/sim-server/virtual-clock.ts';
import { HandWork } from '../../../src/lib/app/hand/hand-work.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import type { HandAsk } from '../../../src/lib/core/hand/hand-types.ts';
import type { Intent } from '../../../src/lib/core/intents.ts';
import type { ChangeOutcome } from '../../../src/lib/core/orders/order-types.ts';
import { centicents, centicontracts } from '../../../src/lib/core/units.ts';
import { type Happening, orderIdOf, quotingStory } from '../../support/engine.ts';
import { ownOrder, T0, TICKER } from '../../support/orders.ts';

class Bench {
  readonly teller = quotingStory();
  readonly work = new HandWork({
    ...{ engine: this.teller.engine, clock: new VirtualClock(T0), boundMs: 15_000 },
    emit: (event) => this.tell(event),
    prepare: async () => {},
    note: () => {},
  });

  tell(happening: Happening | EngineEvent): void {
    this.teller.tell(happening as Happening);
    this.work.noteEvent({ at: this.teller.at, ...happening } as EngineEvent);
  }

  changed({ clientOrderId }: Intent, change: 'cancel' | 'amend', outcome: ChangeOutcome): void {
    this.tell({ type: 'change_outcome', clientOrderId, change, outcome });
  }

  turn(): readonly Intent[] {
    const intents = this.teller.turn();
    this.work.look();
    return intents;
  }
}

/** The promises that are kept by now have been. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('an ask by hand', () => {
  it('is not over with the answer to something else that was under way with its order', async () => {
    const bench = new Bench();
    const terms = { side: 'bid', price: centicents(4_000), size: centicontracts(500) } as const;
    const order: HandAsk = { kind: 'order', id: 'a', ticker: TICKER, life: { kind: 'renewed' }, ...terms };
    const placed = bench.work.carryOut(order, 'ann');
    await settled();
    const [create] = bench.turn();
    if (create?.kind !== 'create') return expect.unreachable();
    const orderId = orderIdOf(create.clientOrderId);
    const outcome = { kind: 'accepted', orderId, filled: centicontracts(0), remaining: create.size } as const;
    bench.tell({ type: 'create_outcome', clientOrderId: create.clientOrderId, outcome });
    bench.turn();
    expect(await placed).toMatchObject({ end: { kind: 'done' } });

    bench.teller.wait(100_000);
    const renewal = bench.turn().find((intent) => intent.kind === 'amend' && intent.orderId === orderId);
    if (renewal === undefined) return expect.unreachable();
    let isOver = false;
    const cancelled = bench.work.carryOut({ kind: 'cancel', id: 'b', orderId }, 'ann').finally(() => {
      isOver = true;
    });
    await settled();
    const cancel = bench.turn().find((intent) => intent.kind === 'cancel' && intent.orderId === orderId);
    if (cancel === undefined) return expect.unreachable();
    bench.changed(renewal, 'amend', { kind: 'dropped', reason: 'no tokens' });
    bench.turn();
    await settled();
    expect(isOver).toBe(false);
    bench.changed(cancel, 'cancel', { kind: 'cancelled', reducedBy: centicontracts(500) });
    bench.turn();
    expect(await cancelled).toMatchObject({ end: { kind: 'done' }, order: { state: 'cancelled' } });
  });

  it('is not told of a refusal when the stream had shown the order: its record is waited for', async () => {
    const bench = new Bench();
    const terms = { side: 'bid', price: centicents(4_000), size: centicontracts(500) } as const;
    let isOver = false;
    const placed = bench.work
      .carryOut({ kind: 'order', id: 'a', ticker: TICKER, life: { kind: 'renewed' }, ...terms }, 'ann')
      .finally(() => {
        isOver = true;
      });
    await settled();
    const [create] = bench.turn();
    if (create?.kind !== 'create') return expect.unreachable();
    const { clientOrderId, price, size } = create;
    const orderId = orderIdOf(clientOrderId);
    const order = ownOrder({ orderId, clientOrderId, price, remaining: size, initial: size });
    bench.tell({ type: 'own_order', order, source: 'stream' });
    const outcome = { kind: 'refused', status: 429, code: 'too_many_requests', message: 'too many requests' } as const;
    bench.tell({ type: 'create_outcome', clientOrderId, outcome });
    bench.turn();
    await settled();
    expect(isOver).toBe(false);
    bench.tell({ type: 'own_order', order, source: 'rest' });
    bench.turn();
    expect(await placed).toMatchObject({ end: { kind: 'done' }, order: { state: 'working' } });
  });
});
