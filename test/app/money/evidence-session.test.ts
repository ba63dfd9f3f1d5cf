/** E-13: what a session leaves for the gates of promotion, and what a kill of it proves. */
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { KalshiControls } from '../../../src/lib/adapters/kalshi/rest-controls.ts';
import { virtualLink } from '../../../src/lib/adapters/sim-server/link.ts';
import { EVERYTHING, kill } from '../../../src/lib/app/kill/kill.ts';
import type { Opened } from '../../../src/lib/app/kill/kill-links.ts';
import { withSources } from '../../../src/lib/app/report/report-account.ts';
import { addedTallies } from '../../../src/lib/core/promotion/data-age.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { ACCOUNT, MORNING, Scene } from '../../support/virtual-session.ts';

const EVER = { from: epochMs(0), to: epochMs(Number.MAX_SAFE_INTEGER) };

function left(scene: Scene) {
  return withSources(scene.configuration.home, ({ rows, money }) => {
    const account = money.accounts()[0] ?? '';
    return {
      ages: addedTallies(rows.evidence.dataAges(account, EVER)),
      tails: rows.evidence.eventTails(account, EVER),
      paid: rows.evidence.paidValues(account),
      settled: money.settlements(account),
    };
  });
}

describe('a session', () => {
  it('leaves a look at the data behind its quotes every quarter of a minute, and what it holds at times to close', async () => {
    const scene = new Scene('KXBTC15M', epochMs(MORNING + 390_000));
    await scene.open();
    await scene.run(150);
    await scene.end();
    const { ages, tails } = await left(scene);
    const any = ages.find(({ kind }) => kind === 'any');
    expect(any?.looks).toBeGreaterThanOrEqual(8);
    expect(any?.looks).toBeLessThanOrEqual(10);
    expect(any).toMatchObject({ old: 0, ageMsMax: expect.any(Number) });
    expect(any?.ageMsMax).toBeLessThan(1_500);
    expect(tails.length).toBeGreaterThan(0);
    for (const tail of tails) {
      expect(tail.positions.every(([, position]) => position !== 0)).toBe(true);
      expect(tail.valueAtRisk).toBeLessThanOrEqual(tail.worst);
      expect(tail.method).toBe('pmf');
    }
    const sql = new Database(scene.configuration.home.database, { readonly: true });
    expect(
      sql.prepare('SELECT count(*) FROM event_tails GROUP BY event_ticker, horizon_s HAVING count(*) > 1').all(),
    ).toEqual([]);
    sql.close();
  });

  it('that a kill takes the orders of leaves a proof of the kill switch, and a kill of nothing leaves none', async () => {
    const scene = new Scene('KXBTC15M');
    await scene.open();
    await scene.run(15);
    await scene.crash(0);
    const resting = scene.resting();
    expect(resting).toBeGreaterThan(0);
    const { served, clock, configuration } = scene;
    const { wire } = virtualLink({ served, accountId: ACCOUNT, clock, latencyMs: 8 });
    const exchange = { rest: new KalshiRest(wire), controls: new KalshiControls(wire), clock, close: () => {} };
    const opened = { exchange, link: { rest: 'virtual', keyId: ACCOUNT, keyFile: '' } } as unknown as Opened;
    for (const reason of ['a drill', 'nothing rests any more']) {
      const report = await clock.runUntilSettled(kill(configuration, { ...EVERYTHING, reason, opened }), served);
      expect(report).toMatchObject({ isConfirmed: true, isSwept: true, notes: [] });
    }
    const drills = await withSources(configuration.home, ({ rows }) => rows.evidence.killDrills(EVER));
    expect(drills).toEqual([
      { at: expect.any(Number), orders: resting, firstCancelMs: expect.any(Number), confirmedMs: expect.any(Number) },
    ]);
  });
});
