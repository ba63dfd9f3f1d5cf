/** What a running session finds out beside its stream, and what a start makes of what it finds on the account. */
import { describe, expect, it } from 'vitest';
import { startMischief } from '../../../src/lib/adapters/sim-server/back-office.ts';
import { readPlan } from '../../../src/lib/adapters/sim-server/mischief-plan.ts';
import type { OpenedSession } from '../../../src/lib/app/session/open-session.ts';
import type { Wire } from '../../../src/lib/ports.ts';
import { Scene } from '../../support/virtual-session.ts';

function misbehave(scene: Scene, ...rules: readonly object[]): void {
  const read = readPlan({ rules });
  if (read.kind === 'refused') throw new Error(read.problem);
  startMischief(scene.served.office, read.plan, scene.clock.now());
}

/** Levels in which the session's books and the exchange's own differ now. */
function drifted({ session }: OpenedSession, scene: Scene): number {
  let different = 0;
  for (const { market } of session.engine.markets()) {
    const ours = session.engine.books.get(market.ticker)?.book;
    const theirs = scene.venue.book(market.ticker);
    for (const { price, size } of theirs?.bids ?? []) if (ours?.sizeAt('bid', price) !== size) different += 1;
    for (const { price, size } of theirs?.asks ?? []) if (ours?.sizeAt('ask', price) !== size) different += 1;
  }
  return different;
}

/** An order placed beside the session, with this id. */
function placed(scene: Scene, clientOrderId: string, over: object = {}) {
  const [market] = scene.venue.markets().filter((one) => one.market.ticker.startsWith('KXBTC15M'));
  return scene.desk('POST', '/portfolio/events/orders', {
    ...{ ticker: market?.market.ticker, client_order_id: clientOrderId, side: 'bid', count: '1.00', price: '0.0100' },
    ...{ time_in_force: 'good_till_canceled', self_trade_prevention_type: 'taker_at_cross', ...over },
  });
}

describe('a book', () => {
  it('of which a level drifts without a gap is found within 60 s, fetched anew, and quoted on again (F15)', async () => {
    const scene = new Scene('KXBTC15M');
    const opened = await scene.open();
    await scene.run(20);
    misbehave(scene, { fault: 'level_drift', times: 1 });
    await scene.run(5);
    expect(scene.served.office.mischief.counts.level_drift).toBe(1);
    await scene.run(55);
    expect(scene.log.join('\n')).toMatch(
      /its book is not the exchange's: (bid|ask) 0\.\d+: ours [\d.]+, theirs [\d.]+/,
    );
    expect(opened.session.engine.audits.counts.differing).toBe(1);
    await scene.run(10);
    expect(drifted(opened, scene)).toBeLessThan(3);
    expect(scene.resting()).toBeGreaterThan(0);
    expect(await scene.end()).toMatchObject({ reconciled: true });
  });

  it('that is what the exchange says is never taken for another; and our places in it are known after a minute', async () => {
    const scene = new Scene('KXBTC15M,KXBTCD');
    const { session } = await scene.open();
    await scene.run(60.05);
    const { equal, differing } = session.engine.audits.counts;
    expect(differing).toBe(0);
    expect(equal).toBeGreaterThanOrEqual([...session.engine.markets()].length);
    const sides = session.view(undefined).markets.flatMap(({ bid, ask }) => [bid, ask]);
    expect(sides.filter((side) => side?.ahead !== undefined).length).toBeGreaterThan(0);
    await scene.end();
  });
});

describe('a link', () => {
  it('that is well and carries old news has the quotes pulled by its age, not by its silence (F18)', async () => {
    const scene = new Scene('KXBTC15M');
    await scene.open();
    await scene.run(5);
    expect(scene.resting()).toBe(2);
    misbehave(scene, { fault: 'frame_delayed', delay_ms: 8_000, times: 1 });
    await scene.run(6);
    expect(scene.resting()).toBe(0);
    expect(scene.log.join('\n')).toContain('old news only; quotes pulled');
    await scene.run(15);
    expect(scene.resting()).toBe(2);
    await scene.end();
  });
});

describe('an account that is met for the first time', () => {
  it('has its opening cash from readings that agree, although the first one missed a fill (F05, F19)', async () => {
    const scene = new Scene('KXBTC15M');
    placed(scene, 'somebody', { price: '0.9900', time_in_force: 'immediate_or_cancel' });
    expect(scene.desk('GET', '/portfolio/fills?limit=10').json.fills).toHaveLength(1);
    let lists = 0;
    const blind = (wire: Wire): Wire => ({
      async request(request) {
        if (request.method !== 'GET' || !request.path.endsWith('/portfolio/fills')) return wire.request(request);
        lists += 1;
        if (lists > 1) return wire.request(request);
        return { kind: 'response', status: 200, body: '{"fills":[],"cursor":""}' };
      },
    });
    const { session } = await scene.open({ wire: blind });
    expect(lists).toBe(3);
    expect(session.engine.halts.all()).toEqual([]);
    expect(session.engine.ledger.fillCount).toBe(1);
    expect(await scene.end()).toMatchObject({ reconciled: true });
  });
});

describe('an order on the account', () => {
  it('of another instance of kmm ends the start with exit 8, and the halt outlives it (F33)', async () => {
    const scene = new Scene('KXBTC15M');
    placed(scene, 'kmm-0ther-3-cara-1');
    await expect(scene.open()).rejects.toMatchObject({
      code: 'KMM_LOCKED',
      what: expect.stringMatching(/kmm-0ther-3/),
    });
    expect(scene.resting()).toBe(1);
  });

  it('of another instance that shows up while we run halts everything, and is left alone (F33)', async () => {
    const scene = new Scene('KXBTC15M');
    const { session, journal } = await scene.open();
    await scene.run(5);
    placed(scene, 'kmm-0ther-3-cara-1');
    await scene.run(3);
    expect(session.engine.halts.all()).toMatchObject([{ name: 'SECOND_WRITER', scope: '*' }]);
    expect(journal.latches().map(({ name }) => name)).toEqual(['SECOND_WRITER']);
    expect(scene.orders('resting').map((order) => order.client_order_id)).toEqual(['kmm-0ther-3-cara-1']);
    await scene.end();
  });

  it('of an earlier session of ours that shows up late is taken off by id (F28)', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(5);
    const [own = ''] = session.engine.config.idPrefix.match(/^kmm-[^-]+-/) ?? [];
    placed(scene, `${own}0-cara-1`);
    await scene.run(3);
    expect(scene.orders('resting').filter((order) => order.client_order_id.startsWith(`${own}0-`))).toEqual([]);
    expect(scene.log.join('\n')).toContain('of an earlier session, and still resting');
    await scene.end();
  });

  it('of a person is counted, shown and left alone, and so are its fills (F41)', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(5);
    placed(scene, 'by hand');
    placed(scene, 'by hand as well', { price: '0.9900', time_in_force: 'immediate_or_cancel' });
    await scene.run(3);
    expect(scene.log.join('\n')).toMatch(/bid at 0\.0100, \S+ \(EXTERNAL\)/);
    expect(session.engine.orders.byClientId('by hand')).toMatchObject({ origin: 'external', state: 'working' });
    await scene.run(35);
    expect(scene.orders('resting').some((order) => order.client_order_id === 'by hand')).toBe(true);
    expect(session.engine.halts.all()).toEqual([]);
    expect(await scene.end()).toMatchObject({ reconciled: true });
  });
});
