/**
 * A running trader for commands to talk to: a whole session in virtual time behind a control socket, with the lock held, that goes
 * on by itself while commands are typed in this process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { acquireLock } from '../../src/lib/adapters/system/lock.ts';
import type { TraderEnd } from '../../src/lib/app/control/control-messages.ts';
import { makeControlPath } from '../../src/lib/app/control/control-path.ts';
import { controlledSession } from '../../src/lib/app/control/controlled-session.ts';
import { openControl } from '../../src/lib/app/control/trader-control.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { jsonHere } from './kmm-here.ts';
import { tempDir } from './temp-dir.ts';
import { Scene } from './virtual-session.ts';

/** A session that holds something, and goes on by itself while commands are typed. */
export async function heldTrader(market = 'KXBTC15M') {
  const scene = new Scene(market);
  const { session } = await scene.open();
  const { home } = scene.configuration;
  const held = () => session.view(undefined).markets.find(({ position }) => position !== 0);
  for (let minute = 0; minute < 8 && held() === undefined; minute += 1) await scene.run(20);
  const { path, remove } = makeControlPath(home);
  const lock = acquireLock(home.lock, { env: 'sim', since: epochMs(Date.now()) });
  if ('held' in lock) throw new Error('the lock is held');
  lock.update({ control: path });
  const ended = Promise.withResolvers<TraderEnd>();
  let isOver = false;
  const stop = () => {
    isOver = true;
  };
  const server = await openControl(path, controlledSession(session, scene.clock, { stop, ended: ended.promise }));
  const pump = async () => {
    while (!isOver) {
      await scene.run(1);
      await sleep(5);
    }
    ended.resolve(await scene.end('the operator'));
    lock.release();
  };
  const pumped = pump();
  onTestFinished(async () => {
    isOver = true;
    await pumped;
    await server.close();
    remove();
  });
  const here = { directory: tempDir(), variables: { KMM_HOME: home.directory.replace(/\/sim$/, '') } };
  return { scene, session, held, here, kmm: (...words: string[]) => jsonHere(here, words) };
}
