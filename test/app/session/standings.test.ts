/** A session that is told how far its model is believed: what it asks for follows, and a replay asks for the same. */
import { expect, it } from 'vitest';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import type { Standing } from '../../../src/lib/core/honesty/standing.ts';
import { remainingOf } from '../../../src/lib/core/orders/order.ts';
import { clampedTo, standing } from '../../support/standings.ts';
import { Scene } from '../../support/virtual-session.ts';

const OF = { model: 'micro', series: 'KXBTC15M' };
const DRIFTS = 'it has begun to drift';

it('a clamp and a bench are obeyed while they stand, and replayed bit for bit', async () => {
  const scene = new Scene('KXBTC15M');
  const opened = await scene.open();
  const { engine } = opened.session;
  const tell = async (told: Standing) => {
    opened.session.emit({ type: 'standing', at: scene.clock.now(), standings: [told] });
    await scene.run(8);
  };
  /** Sizes on the side that adds to what is held, and on both where nothing is. */
  const adding = () =>
    [...engine.orders.live()].flatMap((order) => {
      const { position } = engine.ledger.holding(order.ticker);
      const isReducing = order.side === 'bid' ? position < 0 : position > 0;
      return isReducing ? [] : [remainingOf(order)];
    });
  await scene.run(8);
  expect(Math.max(...adding())).toBe(500);
  await tell(clampedTo(450, OF));
  expect(Math.max(...adding())).toBe(200);
  await tell(standing({ ...OF, benched: DRIFTS }));
  expect(adding()).toEqual([]);
  await tell(standing(OF));
  expect(Math.max(...adding())).toBe(500);
  expect(scene.log).toContain(`warn benched, micro in KXBTC15M: ${DRIFTS}`);

  await scene.end();
  await opened.tape.close();
  const fallback = { idPrefix: 'unused', parameters: scene.configuration.parameters };
  const replayed = replaySession(opened.tape.path, fallback, 100);
  expect(replayed).toMatchObject({ verdict: 'same', matches: true, firstDifference: null, lost: 0 });
  expect(replayed.intents).toBeGreaterThan(8);
});
