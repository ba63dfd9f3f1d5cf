/**
 * A running trader for commands to talk to: a whole session in virtual time behind a control socket, with the lock held. Its time
 * passes for what it is asked, never for how long typing takes: a slow machine sees the same market as a fast one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { acquireLock } from '../../src/lib/adapters/system/lock.ts';
import type { TraderEnd } from '../../src/lib/app/control/control-messages.ts';
import { makeControlPath } from '../../src/lib/app/control/control-path.ts';
import { controlledSession } from '../../src/lib/app/control/controlled-session.ts';
import { type Controlled, openControl } from '../../src/lib/app/control/trader-control.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { jsonHere } from './kmm-here.ts';
import { tempDir } from './temp-dir.ts';
import { Scene } from './virtual-session.ts';

/** In a day-long market what is held lasts: nobody trades it away within the seconds of a test. */
export async function heldTrader(market = 'KXHIGHNY') {
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
  const asks = new Asks();
  const controlled = controlledSession(session, scene.clock, { stop, ended: ended.promise });
  const server = await openControl(path, asks.countedAt(controlled));
  const pump = async () => {
    while (!isOver) {
      if (asks.isTimeDue()) await scene.run(1);
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

/** A second for each thing asked, and as many as its answer takes. */
class Asks {
  private seconds = 0;
  private open = 0;

  isTimeDue(): boolean {
    if (this.open === 0 && this.seconds === 0) return false;
    if (this.seconds > 0) this.seconds -= 1;
    return true;
  }

  countedAt(trader: Controlled): Controlled {
    return new Proxy(trader, {
      get: (target, name, receiver) => {
        const member = Reflect.get(target, name, receiver);
        return typeof member === 'function' ? this.counted(member.bind(target)) : this.countedIn(member);
      },
    });
  }

  private countedIn(member: unknown) {
    if (member instanceof Promise || typeof member !== 'object' || member === null) return member;
    return this.countedAt(member as Controlled);
  }

  private counted(method: (...given: unknown[]) => unknown) {
    return (...given: unknown[]) => {
      this.seconds += 1;
      const answer = method(...given);
      if (!(answer instanceof Promise)) return answer;
      this.open += 1;
      return answer.finally(() => {
        this.open -= 1;
      });
    };
  }
}
