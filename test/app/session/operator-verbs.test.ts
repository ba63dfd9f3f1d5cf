/** What the operator says to a running session: over the control socket, or by a row that another process writes. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { type JournalFile, openJournal } from '../../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { controlledSession } from '../../../src/lib/app/control/controlled-session.ts';
import type { Halt } from '../../../src/lib/core/risk/halts.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { Wire } from '../../../src/lib/ports.ts';
import { Scene } from '../../support/virtual-session.ts';

/** Another process of the same user, with the same database. */
function guest({ configuration: { home, env } }: Scene): JournalFile {
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) throw journal;
  onTestFinished(() => journal.close());
  return journal;
}

async function quoting() {
  const scene = new Scene('KXBTC15M');
  const { session } = await scene.open();
  await scene.run(5);
  const ending = { stop: () => {}, ended: new Promise<never>(() => {}) };
  return { scene, session, trader: controlledSession(session, scene.clock, ending), others: guest(scene) };
}

const named = (halts: readonly Halt[]) => halts.map(({ name, scope }) => `${name} ${scope}`);

describe('a session that is paused and resumed over its socket', () => {
  it('is so at once, on disk under the name of who asked, and goes on when it is cleared', async () => {
    const { scene, session, trader, others } = await quoting();
    expect(scene.resting()).toBeGreaterThan(0);
    trader.pause(['*'], 'ann');
    expect(others.latches()).toMatchObject([{ name: 'PAUSED', scope: '*', by: 'ann', reason: 'paused by ann' }]);
    await scene.run(5);
    expect(session.view(undefined).state).toBe('paused');
    // Nothing is held yet, so nothing reduces.
    expect(scene.resting()).toBe(0);
    trader.clear('PAUSED', '*', 'bob');
    await scene.run(5);
    expect([others.latches(), session.view(undefined).state]).toEqual([[], 'quoting']);
    expect(scene.resting()).toBeGreaterThan(0);
    await scene.end();
  });

  it('refuses a market that it does not follow, and pauses nothing', async () => {
    const { scene, trader, others } = await quoting();
    expect(() => trader.pause(['KXTYPO'], 'ann')).toThrow(expect.objectContaining({ code: 'KMM_TICKER_UNKNOWN' }));
    expect(others.latches()).toEqual([]);
    await scene.end();
  });
});

describe('a session that stops while the exchange is dead', () => {
  it.each([
    ['refuses connections', 0],
    ['never answers', 5_000],
  ])('and %s is over within 10 s, and says of each order until when it may rest (F30)', async (_, answersAfterMs) => {
    const scene = new Scene('KXHIGHNY');
    let isDead = false;
    const dead = { kind: 'failure', reason: 'ECONNREFUSED: the exchange is dead' } as const;
    const wire = (inner: Wire): Wire => ({
      request: (request) =>
        isDead
          ? new Promise((resolve) => scene.clock.after(answersAfterMs, () => resolve(dead)))
          : inner.request(request),
    });
    const { session } = await scene.open({ wire });
    await scene.run(5);
    expect(scene.resting()).toBeGreaterThan(4);
    isDead = true;
    const since = scene.clock.now();
    const stopped = await scene.clock.runUntilSettled(session.stop('SIGTERM'), scene.served);
    expect(scene.clock.now() - since).toBeLessThanOrEqual(10_500);
    expect(stopped).toMatchObject({ isConfirmed: false, restingAtEnd: scene.resting(), comparison: { isEqual: null } });
    const untils = scene.log.filter((line) => / may rest until 2026-11-20T15:\d\d:\d\d\.\d{3}Z \(kmm-/.test(line));
    expect(untils).toHaveLength(scene.resting());
    expect(untils.length).toBeGreaterThan(4);
    expect(session.view(undefined).state).toBe('stopped');
  });
});

describe('a session that is asked to stop by a row in the database', () => {
  it('takes everything away, takes the row away, and has told its process (F30)', async () => {
    const { scene, session, others } = await quoting();
    const stop = { name: 'STOPPING', scope: '*', since: epochMs(Date.now()), reason: 'stopped by ann' } as const;
    others.setLatch(stop, 'ann');
    await scene.run(3);
    expect(named(session.engine.halts.all())).toEqual(['STOPPING *']);
    expect([scene.resting(), others.latches(), scene.stops]).toEqual([0, [], ['ann']]);
    await scene.end();
  });

  it('at its start is heard when it is new, and forgotten when it was for another process', async () => {
    const scene = new Scene('KXBTC15M');
    await scene.open();
    await scene.end();
    const others = guest(scene);
    const stop = { name: 'STOPPING', scope: '*', reason: 'stopped by ann' } as const;
    others.setLatch({ ...stop, since: epochMs(Date.now() - 61_000) }, 'ann');
    await scene.open();
    expect([scene.stops, others.latches()]).toEqual([[], []]);
    await scene.end();
    others.setLatch({ ...stop, since: epochMs(Date.now()) }, 'ann');
    await scene.open();
    expect(scene.stops).toEqual(['ann']);
    await scene.end();
  });
});
