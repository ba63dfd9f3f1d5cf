/** I14: what stops trading is queued for the operator within 5 s, in virtual time, and never holds up a turn. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { JournalFailure, type JournalFile } from '../../../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../../../src/lib/adapters/store/problem.ts';
import type { Alert } from '../../../../src/lib/core/alerts/condition.ts';
import { InvariantBroken } from '../../../../src/lib/core/invariant.ts';
import { HALT_CLEARS, type HaltName } from '../../../../src/lib/core/risk/halts.ts';
import { type EpochMs, epochMs } from '../../../../src/lib/core/units.ts';
import { Scene } from '../../../support/virtual-session.ts';

const TICKER_SCOPED: readonly HaltName[] = ['BOOK', 'CROSSED', 'WINDOW', 'RULES', 'FEES', 'STALE'];
const ENDING: readonly HaltName[] = ['STOPPING', 'JOURNAL', 'INVARIANT'];

function since(journal: JournalFile, at: EpochMs): Alert[] {
  return journal.toldAlerts(epochMs(at - 1)).filter((alert) => alert.at >= at);
}

/** Of one session, the moment and the alert of whatever is done to it. */
async function told(scene: Scene, journal: JournalFile, act: () => void, seconds = 2) {
  const at = scene.clock.now();
  act();
  await scene.run(seconds);
  return since(journal, at).map((alert) => ({ ...alert, afterMs: alert.at - at }));
}

describe('a halt (I14)', () => {
  it('that is no end in good order has an alert queued within 5 s, and one when it is over', async () => {
    const scene = new Scene('KXBTC15M');
    const { session, journal } = await scene.open();
    await scene.run(1);
    const halts = (Object.keys(HALT_CLEARS) as HaltName[])
      .filter((name) => !ENDING.includes(name))
      .map((name) => ({ name, scope: TICKER_SCOPED.includes(name) ? 'KXSOME-TICKER' : '*' }));
    const changed = (isOn: boolean) => () => {
      const at = scene.clock.now();
      for (const halt of halts) {
        session.emit({ type: 'halt_changed', at, isOn, halt: { ...halt, since: at, reason: 'drawn by a test' } });
      }
    };
    const raised = await told(scene, journal, changed(true));
    const cleared = await told(scene, journal, changed(false));
    for (const { name, scope } of halts) {
      const of = (alerts: typeof raised) => alerts.filter(({ key }) => key === `halt ${name} ${scope}`);
      expect(of(raised), name).toMatchObject([{ change: 'raised' }]);
      expect(of(raised)[0]?.afterMs, name).toBeLessThanOrEqual(5_000);
      expect(of(cleared), name).toMatchObject([{ change: 'cleared' }]);
      if (HALT_CLEARS[name] === 'operator' && name !== 'PAUSED') expect(of(raised)[0]?.priority).toBe('critical');
    }
  });

  it('that ends the session is told as well: a broken invariant, and a journal that takes no turn', async () => {
    const [first, second] = [new Scene('KXBTC15M'), new Scene('KXBTC15M')];
    const broken = await first.open();
    await first.run(2);
    vi.spyOn(broken.session.engine, 'apply').mockImplementation(() => {
      throw new InvariantBroken('an order was counted twice');
    });
    vi.spyOn(broken.session.engine, 'markets').mockImplementation(() => {
      throw new Error('unfit to be looked at');
    });
    const [invariant] = (await told(first, broken.journal, () => {})).filter(({ key }) => key === 'halt INVARIANT *');
    expect(invariant).toMatchObject({ priority: 'critical', change: 'raised' });
    expect(invariant?.text).toContain('an order was counted twice; everything is being cancelled');

    expect(first.faults.map(String)).toEqual([expect.stringContaining('an order was counted twice')]);

    const full = await second.open();
    await second.run(2);
    vi.spyOn(full.journal, 'commitTurn').mockImplementation(() => {
      throw new JournalFailure('ENOSPC');
    });
    const alerts = await told(second, full.journal, () => second.refuse(), 5);
    expect(alerts.map(({ key }) => key)).toContain('halt JOURNAL *');
  });

  it('is what a part that breaks at its tick leaves behind: INVARIANT, with nothing resting', async () => {
    const scene = new Scene('KXBTC15M');
    const { session, journal } = await scene.open();
    await scene.run(2);
    vi.spyOn(session.engine.orders, 'questions').mockImplementation(() => {
      throw new Error('no order can be asked about');
    });
    const alerts = await told(scene, journal, () => {});
    expect(alerts).toContainEqual(expect.objectContaining({ key: 'halt INVARIANT *', change: 'raised' }));
    expect(journal.latches()).toMatchObject([{ name: 'INVARIANT', reason: 'no order can be asked about' }]);
    expect(scene.faults).toHaveLength(1);
    await scene.clock.runUntilSettled(session.stop('the test'), scene.served);
    expect(scene.resting()).toBe(0);
  });

  it('that no queue takes is said on stderr: a disk that is full (F31)', async () => {
    const scene = new Scene('KXBTC15M');
    const said: string[] = [];
    const { session, journal } = await scene.open({ lastResort: (text) => said.push(text) });
    await scene.run(2);
    vi.spyOn(journal, 'queueAlerts').mockReturnValue(new StoreProblem('KMM_JOURNAL', 'disk full'));
    session.emit({ type: 'control', at: scene.clock.now(), verb: 'kill', by: 'me' });
    await scene.run(4);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^raised: halt KILLED: killed by me; .* \(disk full\)$/);
  });
});

describe('the alerts of a session (F43)', () => {
  it('are not told again by the next one while they hold', async () => {
    const scene = new Scene('KXBTC15M');
    const first = await scene.open();
    await scene.run(1);
    first.session.emit({ type: 'control', at: scene.clock.now(), verb: 'kill', by: 'me' });
    await scene.run(2);
    await scene.crash(1);
    const { journal } = await scene.open();
    const again = await told(scene, journal, () => {}, 10);
    expect(again.filter(({ key }) => key.startsWith('halt KILLED'))).toEqual([]);
  });

  it('are not ended by a session when others have told them: the supervisor, a kill, cron', async () => {
    const scene = new Scene('KXBTC15M');
    const first = await scene.open();
    await scene.run(1);
    const at = scene.clock.now();
    const keys = ['house trader', 'kill unconfirmed', 'status trader_died', 'watchdog problem', 'unknown'];
    first.journal.queueAlerts(
      keys.map((key) => ({ key, priority: 'critical', change: 'raised', stage: '', text: key, at })),
    );
    await scene.crash(1);
    const { journal } = await scene.open();
    const ended = await told(scene, journal, () => {}, 5);
    expect(ended.filter(({ key }) => keys.includes(key)).map(({ change, key }) => `${change} ${key}`)).toEqual([
      'cleared unknown',
    ]);
  });

  it('are written only when there is something new, and wait for nothing', async () => {
    const scene = new Scene('KXBTC15M');
    const { journal, session } = await scene.open();
    await scene.run(5);
    const queue = vi.spyOn(journal, 'queueAlerts');
    const turns = session.progress.turns;
    await scene.run(20);
    expect(session.progress.turns).toBeGreaterThan(turns + 20);
    expect(queue).not.toHaveBeenCalled();
    const source = readFileSync(
      new URL('../../../../src/lib/app/session/halts/alert-watch.ts', import.meta.url),
      'utf8',
    );
    expect(source).not.toMatch(/\b(await|async|Promise|then\()/);
  });

  it('do not flood: a halt that comes and goes each second is told ten times, then summed up', async () => {
    const scene = new Scene('KXBTC15M');
    const { journal, session } = await scene.open();
    const began = scene.clock.now();
    for (let second = 0; second < 30; second += 1) {
      const at = scene.clock.now();
      const halt = { name: 'CLOCK', scope: '*', since: at, reason: 'set by hand' } as const;
      session.emit({ type: 'halt_changed', at, isOn: second % 2 === 0, halt });
      await scene.run(1);
    }
    expect(since(journal, began).filter(({ key }) => key === 'halt CLOCK *')).toHaveLength(10);
  });
});

describe('a tape that loses records', () => {
  it('is told once, and once when it has lost nothing for a minute', async () => {
    const scene = new Scene('KXBTC15M');
    const { journal, tape } = await scene.open();
    await scene.run(1);
    let dropped = 0;
    vi.spyOn(tape, 'dropped', 'get').mockImplementation(() => dropped);
    const keysOf = (alerts: readonly Alert[]) =>
      alerts.filter(({ key }) => key === 'tape_lost').map(({ change }) => change);
    const lost = await told(scene, journal, () => {
      dropped = 7;
    });
    expect(keysOf(lost)).toEqual(['raised']);
    const more = await told(
      scene,
      journal,
      () => {
        dropped = 9;
      },
      30,
    );
    expect(keysOf(more)).toEqual([]);
    expect(keysOf(await told(scene, journal, () => {}, 35))).toEqual(['cleared']);
  });
});
