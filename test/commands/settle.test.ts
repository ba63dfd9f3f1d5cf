/** `kmm settle` and `kmm risk reconcile` as a user has them, on a served exchange whose operator can move cash. */
import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireLock } from '../../src/lib/adapters/system/lock.ts';
import { homeOf, prepareHome } from '../../src/lib/app/config/home.ts';
import { serveSim } from '../../src/lib/app/sim/sim-serve.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { type Here, jsonHere, kmmHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';
import { tempDir } from '../support/temp-dir.ts';

async function served() {
  const directory = tempDir();
  const base = { seed: 'settle', background: [], speed: 1, port: 0, keyKind: 'ed25519' } as const;
  const serving = await serveSim({ ...base, keyDirectory: `${directory}/keys` });
  onTestFinished(() => serving.close());
  const { rest, keyId, privateKeyFile, controlToken } = serving.listening;
  const on = ['--sim-url', rest, '--key-id', keyId, '--key-file', privateKeyFile];
  const here: Here = { directory, variables: {} };
  const lever = async (body: object) => {
    const headers = { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' };
    const answer = await fetch(`${rest}/sim/control`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
  };
  return {
    ...{ here, on, lever, suffix: keyId.slice(-4) },
    json: (...words: string[]) => jsonHere(here, [...words, ...on]),
    kmm: (...words: string[]) => kmmHere(here, [...words, ...on]),
  };
}

describe('kmm settle', () => {
  it('meets an account, tells a difference with exit 7, repairs it when the key id is typed, and ends with 0', async () => {
    const user = await served();
    const met = await user.json('settle');
    expect([met.exit, met.records]).toMatchObject([0, [{ type: 'settle', isNew: true, isReconciled: true }]]);
    await user.lever({ action: 'move_cash', exchange_index: 0, amount: '-5.000100' });
    const found = await user.kmm('settle');
    expect(found.exit).toBe(7);
    expect(found.stdout).toContain('shard 0: ours $10000.000000, theirs $9994.999900, differs by -$5.000100');
    expect(found.stdout).toMatch(/cause {3}unknown \(open\): shard 0 -\$5\.000100/);
    const three = await user.json('risk', 'reconcile');
    expect(three).toMatchObject({
      exit: 7,
      records: [{ type: 'risk_reconcile', hasTrader: false, isReconciled: false }],
    });
    const unsure = await user.json('settle', '--repair');
    expect([unsure.exit, unsure.records.at(-1).error.code]).toEqual([2, 'KMM_NOT_CONFIRMED']);
    expect(unsure.stderr).toContain('adjust  shard 0  -$5.000100');
    const repaired = await user.json('settle', '--repair', '--confirm', user.suffix);
    expect(repaired.exit).toBe(0);
    expect(repaired.records).toMatchObject([
      { isReconciled: false, proposals: [{ shard: 0, amountDollars: '-5.000100' }], written: [] },
      { isReconciled: true, written: [{ shard: 0, amountDollars: '-5.000100' }] },
    ]);
    const [once, twice] = [await user.kmm('settle'), await user.kmm('settle')];
    expect([once.exit, once.stdout]).toEqual([0, expect.stringContaining('equal to the exchange, to the last digit')]);
    expect(twice.stdout).toBe(once.stdout);
    expect((await user.json('risk', 'reconcile')).exit).toBe(0);
  });

  it('follows until it is told to stop, and ends with 0', async () => {
    const user = await served();
    // Whatever listens hears it; before the command does, nothing happens. What others have left listening would end the test.
    process.removeAllListeners('SIGINT');
    const interrupting = setInterval(() => process.emit('SIGINT'), 100);
    const ended = await user.json('settle', '--watch').finally(() => clearInterval(interrupting));
    expect(ended).toMatchObject({ exit: 0, records: [{ type: 'settle', isReconciled: true }] });
  });

  it('only reads while another process holds the lock, and says which', async () => {
    const user = await served();
    const home = homeOf('sim', { KMM_HOME: `${user.here.directory}/data` });
    prepareHome(home);
    const lock = acquireLock(home.lock, { env: 'sim', since: epochMs(Date.now()) });
    if ('held' in lock) return expect.unreachable('the lock is held already');
    try {
      const read = await user.kmm('settle');
      expect([read.exit, read.stdout]).toEqual([0, expect.stringMatching(/another kmm \(process \d+\) books in sim/)]);
      expect(existsSync(home.database)).toBe(false);
    } finally {
      lock.release();
    }
  });

  it('refuses what makes no sense: no date, a date to come, no exchange, watching and repairing at once', async () => {
    const here: Here = { directory: tempDir(), variables: {} };
    const code = async (...words: string[]): Promise<Json> => {
      const { exit, records } = await jsonHere(here, ['settle', ...words]);
      return [exit, records[0].error.code];
    };
    expect(await code('--since', 'yesterday')).toEqual([2, 'KMM_USAGE']);
    expect(await code('--since', '2026-99-99')).toEqual([2, 'KMM_USAGE']);
    expect(await code('--since', '2999-01-01')).toEqual([2, 'KMM_USAGE']);
    expect(await code('--watch', '--repair')).toEqual([2, 'KMM_USAGE']);
    expect(await code()).toEqual([5, 'KMM_SIM_NOT_RUNNING']);
    expect(await code('--env', 'demo')).toEqual([expect.any(Number), expect.stringMatching(/^KMM_/)]);
  });
});
