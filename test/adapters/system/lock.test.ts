import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acquireLock, type Lock, type LockInfo, readLock } from '../../../src/lib/adapters/system/lock.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { type Child, startChild } from '../../support/child.ts';
import { tempDir } from '../../support/temp-dir.ts';

const INFO = { since: epochMs(1_778_477_863_278), env: 'sim', rest: 'http://127.0.0.1:4010', keyId: 'key-1' };

function take(path: string): Lock {
  const attempt = acquireLock(path, INFO);
  if ('held' in attempt) throw new Error(`held by ${attempt.held.pid}`);
  return attempt;
}

function lockPath(): string {
  return join(tempDir(), 'lock');
}

/** A process that takes the lock, says so, and stays. */
function contender(path: string): Child {
  return startChild(`
    import { acquireLock } from 'src/lib/adapters/system/lock.ts';
    const attempt = acquireLock(${JSON.stringify(path)}, ${JSON.stringify(INFO)});
    console.log(JSON.stringify('held' in attempt ? { held: attempt.held.pid } : { mine: process.pid }));
    setInterval(() => {}, 1000);`);
}

interface Contention {
  /** By round: who has the lock, as seen by this process. */
  readonly answers: readonly number[];
}

async function answerOf(child: Child): Promise<{ held?: number; mine?: number }> {
  return JSON.parse((await child.line()) ?? '{}') as { held?: number; mine?: number };
}

describe('the lock of an environment', () => {
  test('says who holds it, and is nobody else’s until it is released', () => {
    const path = lockPath();
    expect(readLock(path)).toBeUndefined();
    const lock = take(path);
    const info: LockInfo = { ...INFO, pid: process.pid };
    expect(lock.info).toEqual(info);
    expect(readLock(path)).toEqual(info);
    expect(acquireLock(path, INFO)).toEqual({ held: info });
    lock.release();
    expect(readLock(path)).toBeUndefined();
    take(path).release();
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  test('can be told more, such as the address of an exchange that was started later', () => {
    const path = lockPath();
    const lock = take(path);
    lock.update({ ws: 'ws://127.0.0.1:4010', control: '/run/kmm.sock' });
    lock.update({ rest: 'http://127.0.0.1:4020' });
    expect(readLock(path)).toEqual({
      ...INFO,
      pid: process.pid,
      rest: 'http://127.0.0.1:4020',
      ws: 'ws://127.0.0.1:4010',
      control: '/run/kmm.sock',
    });
    expect(lock.info).toEqual(readLock(path));
  });

  test('is readable by its owner only', () => {
    const path = lockPath();
    take(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('refuses a folder that is not there', () => {
    expect(() => take(join(tempDir(), 'no', 'lock'))).toThrow('ENOENT');
  });
});

describe('a lock whose holder is gone', () => {
  test('is free after kill −9, and not before', async () => {
    const path = lockPath();
    const holder = contender(path);
    const { mine } = await answerOf(holder);
    expect(acquireLock(path, INFO)).toMatchObject({ held: { pid: mine } });
    await holder.kill();
    expect(readLock(path)).toBeUndefined();
    expect(take(path).info.pid).toBe(process.pid);
  });

  test.runIf(process.platform === 'linux')('is free when its pid belongs to another process by now', () => {
    const path = lockPath();
    take(path);
    const record = JSON.parse(readFileSync(path, 'utf8')) as { birth: string };
    writeFileSync(path, JSON.stringify({ ...record, birth: `${record.birth}0` }));
    expect(readLock(path)).toBeUndefined();
    expect(take(path).info.pid).toBe(process.pid);
  });

  test.each(['', '{', 'null', '[]', '{"pid":"1"}', '{"pid":1.5,"nonce":"x"}', '{"pid":1,"nonce":"../x"}', '\0\0\0\0'])(
    'is free when the file holds %j',
    (content) => {
      const path = lockPath();
      writeFileSync(path, content);
      expect(readLock(path)).toBeUndefined();
      expect(take(path).info.pid).toBe(process.pid);
      expect(readLock(path)?.pid).toBe(process.pid);
    },
  );

  test('goes to one of many that want it at the same moment', async () => {
    const rounds = 40;
    const directory = tempDir();
    const holder = contender(join(directory, 'stale'));
    await answerOf(holder);
    await holder.kill();
    const paths = Array.from({ length: rounds }, (_, round) => join(directory, `lock-${round}`));
    for (const path of paths) copyFileSync(join(directory, 'stale'), path);
    const startAt = Date.now() + 1_000;
    const code = `
      import { acquireLock } from 'src/lib/adapters/system/lock.ts';
      const answers = ${JSON.stringify(paths)}.map((path, round) => {
        while (Date.now() < ${startAt} + round * 20);
        const attempt = acquireLock(path, ${JSON.stringify(INFO)});
        return 'held' in attempt ? attempt.held.pid : process.pid;
      });
      console.log(JSON.stringify({ answers }));
      setInterval(() => {}, 1000);`;
    const children = Array.from({ length: 4 }, () => startChild(code));
    const said = await Promise.all(
      children.map(async (child) => JSON.parse((await child.line()) ?? '{}') as Contention),
    );
    for (let round = 0; round < rounds; round++) {
      const winners = new Set(said.map(({ answers }) => answers[round]));
      expect(winners.size, `round ${round}`).toBe(1);
    }
    expect(readdirSync(directory).filter((name) => name.includes('.'))).toEqual([]);
  });

  test('is taken although one died while taking it', async () => {
    const path = lockPath();
    const holder = contender(path);
    await answerOf(holder);
    await holder.kill();
    const stale = readFileSync(path, 'utf8');
    const { nonce } = JSON.parse(stale) as { nonce: string };
    writeFileSync(`${path}.takeover-${nonce}`, stale);
    expect(take(path).info.pid).toBe(process.pid);
  });

  test('is not released by a holder that was taken for dead', () => {
    const path = lockPath();
    const first = take(path);
    writeFileSync(path, '');
    const second = take(path);
    first.release();
    expect(readLock(path)).toEqual(second.info);
  });
});
