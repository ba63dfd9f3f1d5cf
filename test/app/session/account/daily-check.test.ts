import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../../src/lib/core/units.ts';
import { Scene } from '../../../support/virtual-session.ts';

/** Nine minutes past midnight in New York. */
const LATE = epochMs(Date.UTC(2026, 10, 20, 5, 9, 0));
const positionFrame = (ticker: string, position: string) =>
  JSON.stringify({ type: 'market_position', sid: 9, msg: { market_ticker: ticker, position_fp: position } });

describe('the day that is over', () => {
  it('is compared three ways at ten past midnight in New York, once, and said', async () => {
    const scene = new Scene('KXBTC15M', LATE);
    await scene.open();
    await scene.run(50);
    expect(scene.log.join('\n')).not.toMatch(/the day is over/);
    await scene.run(70);
    expect(
      scene.log.filter((line) => line.includes('the day is over: ledger, exchange and stream agree')),
    ).toHaveLength(1);
    await scene.end();
  });

  it('that does not add up halts everything, with both figures', async () => {
    const scene = new Scene('KXBTC15M', LATE);
    const { session } = await scene.open();
    await scene.run(50);
    scene.hear(positionFrame('KXELSE-26NOV20-T1', '3.00'));
    await scene.run(70);
    expect(session.engine.halts.all()).toMatchObject([
      { name: 'RECONCILE', scope: '*', reason: expect.stringMatching(/ours 0\.00, the stream's 3\.00/) },
    ]);
    await scene.end();
  });
});
