/** `kmm watchdog` as a process: the third layer alone, with a trader and a supervisor that stand still and leases of ten minutes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { HAS_PROC, place } from '../support/cli.ts';
import { jsonHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';
import { tempDir } from '../support/temp-dir.ts';

const CONFIG = `schema = "kmm/1"
[quoting]
lease_seconds = 600
[watchdog]
stall_seconds = 2
check_seconds = 1
`;

describe('kmm watchdog', () => {
  it.runIf(HAS_PROC)(
    'alone empties the book of a trader that stands still, latches, goes on watching, and ends at SIGTERM (I6, F34)',
    async ({ expect, onTestFinished }) => {
      const here = place({}, onTestFinished);
      writeFileSync(join(here.directory, 'config.toml'), CONFIG);
      const run = here.start('run', '--json', '--for', '60s');
      await run.record((record) => record.type === 'status' && record.restingOrders > 5);
      const ask = here.exchange();
      const watchdog = here.start('watchdog', '--env', 'sim', '--json');
      const seen = (state: string) => (record: Json) => record.type === 'watchdog_check' && record.state === state;
      await watchdog.record(seen('progress'));
      for (const role of ['command', 'trader'] as const) {
        for (const { pid, role: its } of here.processes()) {
          if (its === role && pid !== watchdog.pid) process.kill(pid, 'SIGSTOP');
        }
      }
      const resting = async () => (await ask('GET', '/portfolio/orders?status=resting')).orders.length;
      expect(await resting()).toBeGreaterThan(0);
      const fired = await watchdog.record(({ type }) => type === 'watchdog_fired');
      expect(fired.reason).toMatch(/^watchdog: the trader made no turn for [2-9] s$/);
      expect(fired.kill).toMatchObject({ isConfirmed: true, isSwept: true, isLatched: true, resting: [] });
      const checks = watchdog.records.filter(({ type }) => type === 'watchdog_check');
      expect(checks.slice(-2)).toMatchObject([{ strikes: 1 }, { strikes: 2, judge: 'file', state: 'stalled' }]);
      expect(await resting()).toBe(0);
      await watchdog.record(seen('nothing_rests'));
      watchdog.signal('SIGTERM');
      expect((await watchdog.ended).exit).toBe(0);
      const { records } = await here.json('resume', 'KILLED', '--yes');
      expect(records[0].cleared).toContainEqual(expect.objectContaining({ name: 'KILLED', by: 'kmm watchdog' }));
    },
  );

  it('does not start without an exchange or with a key that it does not have', async ({ expect }) => {
    const directory = tempDir();
    const alone = await jsonHere({ directory, variables: {} }, ['watchdog', '--env', 'sim', '--once']);
    expect([alone.exit, alone.records[0].error.code]).toEqual([3, 'KMM_SIM_URL']);
    const none = await jsonHere({ directory, variables: {} }, ['watchdog', '--env', 'demo', '--once']);
    expect([none.exit, none.records[0].error.code]).toEqual([4, 'KMM_KEY_MISSING']);
    const named = { KMM_WATCHDOG_KEY_ID: 'k', KMM_WATCHDOG_KEY_FILE: join(directory, 'nowhere.pem') };
    const lost = await jsonHere({ directory, variables: named }, ['watchdog', '--env', 'demo', '--once']);
    expect([lost.exit, lost.records[0].error.code]).toEqual([4, 'KMM_KEY_UNREADABLE']);
  });
});
