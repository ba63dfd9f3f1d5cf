/** The last word of a session, whether its ledger agrees with the exchange, while the exchange's reads lag, lie or fail. */
import { describe, expect, it } from 'vitest';
import { startMischief } from '../../../../src/lib/adapters/sim-server/back-office.ts';
import { type MischiefPlan, readPlan } from '../../../../src/lib/adapters/sim-server/mischief-plan.ts';
import type { Session, SessionEnd } from '../../../../src/lib/app/session/session.ts';
import type { Wire, WireReply } from '../../../../src/lib/ports.ts';
import { Scene } from '../../../support/virtual-session.ts';

const SECOND = 1_000;

function planOf(...rules: readonly object[]): MischiefPlan {
  const read = readPlan({ seed: 'closing', rules });
  if (read.kind === 'refused') throw new Error(read.problem);
  return read.plan;
}

/** Quotes until something has just been filled. */
async function filled(scene: Scene, opening = scene.open()): Promise<Session> {
  const { session } = await opening;
  const { ledger } = session.engine;
  for (let tenths = 0; tenths < 6_000; tenths += 1) {
    const before = ledger.fillCount;
    await scene.run(0.1);
    if (ledger.fillCount > before && [...ledger.tickers()].some((one) => ledger.holding(one).position !== 0))
      return session;
  }
  throw new Error('nothing was filled in ten minutes');
}

/** Without the files of the session, whose writing takes no virtual time. */
async function stopped(scene: Scene, session: Session): Promise<SessionEnd & { readonly tookMs: number }> {
  const before = scene.clock.now();
  const end = await scene.clock.runUntilSettled(session.stop('the test'), scene.served);
  return { ...end, tookMs: scene.clock.now() - before };
}

/** Answers of `path` as `change` makes them, once `isOn`. */
function changing(path: string, isOn: () => boolean, change: (body: string) => WireReply) {
  return (wire: Wire): Wire => ({
    async request(request) {
      const reply = await wire.request(request);
      if (!isOn() || !request.path.endsWith(path) || reply.kind !== 'response') return reply;
      return change(reply.body);
    },
  });
}

describe('at its end a session', () => {
  it.each(['/portfolio/positions', '/portfolio/balance'])('waits until %s shows the last fill', async (path) => {
    const scene = new Scene('KXBTC15M,KXBTCD');
    const { office } = scene.served;
    const session = await filled(scene, withLag());
    const { comparison, tookMs } = await stopped(scene, session);
    expect(comparison.isEqual).toBe(true);
    expect(tookMs).toBeGreaterThan(3 * SECOND);
    expect(tookMs).toBeLessThan(6 * SECOND);
    expect(office.mischief.counts.read_lag).toBeGreaterThan(0);

    async function withLag() {
      startMischief(office, planOf({ fault: 'read_lag', path, lag_ms: 4_500 }), scene.venue.now);
      return scene.open();
    }
  });

  it('takes no longer when all is equal', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(5);
    const { comparison, tookMs } = await stopped(scene, session);
    expect(comparison.isEqual).toBe(true);
    expect(tookMs).toBeLessThan(SECOND);
  });

  it('says that the two differ when the difference outlasts the lag', async () => {
    const scene = new Scene('KXBTC15M,KXBTCD');
    let isLying = false;
    const none = (): WireReply => ({
      kind: 'response',
      status: 200,
      body: '{"market_positions":[],"event_positions":[]}',
    });
    await filled(scene, scene.open({ wire: changing('/portfolio/positions', () => isLying, none) }));
    isLying = true;
    expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: false });
  });

  it('says that it does not know when the exchange cannot be read, and does not wait for ever', async () => {
    const scene = new Scene('KXBTC15M');
    let isDown = false;
    const down = (): WireReply => ({ kind: 'response', status: 503, body: '{"error":{"code":"service_unavailable"}}' });
    const { session } = await scene.open({ wire: changing('/portfolio/balance', () => isDown, down) });
    await scene.run(5);
    isDown = true;
    const { comparison, tookMs } = await stopped(scene, session);
    expect(comparison).toEqual({ isEqual: null });
    expect(tookMs).toBeLessThan(60 * SECOND);
    expect(await scene.end()).toMatchObject({ reconciled: null, exchangeCashDollars: null });
  });
});
