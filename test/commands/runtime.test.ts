/** What a running kmm is asked about itself: its log's level, its configuration read again, its metrics. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireLock } from '../../src/lib/adapters/system/lock.ts';
import type { LogLevel } from '../../src/lib/app/config/config-schema.ts';
import { makeControlPath } from '../../src/lib/app/control/control-path.ts';
import { controlledSession } from '../../src/lib/app/control/controlled-session.ts';
import { openControl } from '../../src/lib/app/control/trader-control.ts';
import { HouseMetrics } from '../../src/lib/app/run/house-metrics.ts';
import { Reloader } from '../../src/lib/app/run/reloader.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';
import { Scene } from '../support/virtual-session.ts';

/** A session that stands still, with its supervisor's lock, socket and page. */
async function running() {
  const scene = new Scene('KXBTC15M');
  const { session } = await scene.open();
  await scene.run(5);
  const { home, request } = scene.configuration;
  const { path, remove } = makeControlPath(home);
  const lock = acquireLock(home.lock, { env: 'sim', since: epochMs(Date.now()) });
  if ('held' in lock) throw new Error('the lock is held');
  lock.update({ control: path, keyId: 'key-5f1e' });
  const levels: LogLevel[] = [];
  const setLogLevel = (level: LogLevel) => void levels.push(level);
  const reloader = new Reloader({
    ...{ configuration: scene.configuration, session, clock: scene.clock, say: () => {}, onLogLevel: setLogLevel },
    onReloaded: () => {},
  });
  const server = await openControl(
    path,
    controlledSession(session, scene.clock, {
      ...{ stop: () => {}, ended: new Promise(() => {}), setLogLevel, reload: (wish) => reloader.reload(wish) },
    }),
  );
  onTestFinished(async () => {
    await server.close();
    remove();
    lock.release();
    await scene.end();
  });
  const here = { directory: tempDir(), variables: { KMM_HOME: home.directory.replace(/\/sim$/, '') } };
  const write = (text: string) =>
    writeFileSync(join(request.host?.directory ?? '', 'config.toml'), `schema = "kmm/1"\n${text}`);
  return { scene, session, lock, levels, write, here, kmm: (...words: string[]) => jsonHere(here, words) };
}

describe('to a running kmm', () => {
  it('logs level changes what is said, and a level that is none is refused', async () => {
    const { levels, kmm } = await running();
    const { exit, records } = await kmm('logs', 'level', 'debug');
    expect([exit, records[0], levels]).toMatchObject([
      0,
      { type: 'logs_level', env: 'sim', level: 'debug' },
      ['debug'],
    ]);
    expect((await kmm('logs', 'level', 'loud')).exit).toBe(2);
    expect(levels).toEqual(['debug']);
  });

  it('config reload applies what is safer, and what is riskier only with the end of the key id', async () => {
    const { session, write, here, kmm } = await running();
    const { risk, quoting } = session.engine.config.parameters;
    expect((await kmmHere(here, ['config', 'reload'])).stdout).toBe('sim runs with what its configuration says\n');
    write('[quoting]\nlease_seconds = 120\n[risk]\nloss_day_dollars_max = 80\n[metrics]\nport = 9999\n');

    const asked = await kmm('config', 'reload');
    expect([asked.exit, asked.records[0].error.code]).toEqual([2, 'KMM_NOT_CONFIRMED']);
    expect(asked.records[0].error.message).toContain('applied: quoting.lease_seconds; what is riskier is as it was');
    expect([quoting.leaseMs, risk.dayLoss]).toEqual([120_000, 50_000_000]);
    expect((await kmm('config', 'reload', '--confirm', 'nope')).exit).toBe(2);
    expect(risk.dayLoss).toBe(50_000_000);

    const said = await kmmHere(here, ['config', 'reload', '--confirm', '5f1e']);
    expect(said.stdout.split('\n').map((line) => line.replace(/ {2}# .*config\.toml/, ' # config.toml'))).toEqual([
      ...['needs a restart, not applied', '  metrics.port: 9464 -> 9999 # config.toml:7:1'],
      ...['riskier, not applied yet', '  risk.loss_day_dollars_max: 50 -> 80 # config.toml:5:1'],
      ...['applied the riskier ones', 'next    kmm stop, then kmm run', ''],
    ]);
    expect(risk.dayLoss).toBe(80_000_000);
    write('[risk]\nloss_day_dollars_max = "much"\n');
    const refused = await kmm('config', 'reload');
    expect([refused.exit, refused.records[0].error.code]).toEqual([3, 'KMM_CONFIG_VALUE']);
    expect(risk.dayLoss).toBe(80_000_000);
  });

  it('metrics prints the page, and says why there is none', async () => {
    const { session, lock, here, kmm } = await running();
    const none = await kmm('metrics');
    expect([none.exit, none.records[0].error.message]).toEqual([2, expect.stringContaining('serves no metrics')]);
    const house = new HouseMetrics({
      ...{ env: 'sim', settings: { isServed: true, port: 0 }, nowMs: () => 0, wallNow: () => 0, warn: () => {} },
    });
    await house.serve((metrics) => lock.update({ metrics }));
    house.told(session.metrics.text());
    const { stdout } = await kmmHere(here, ['metrics']);
    expect(stdout).toBe(house.text());
    expect(stdout).toMatch(/^kmm_up 1$/m);
    expect((await kmm('metrics')).records[0]).toMatchObject({ type: 'metrics', env: 'sim', text: house.text() });
    await house.close();
    const gone = await kmm('metrics');
    expect([gone.exit, gone.records[0].error.code]).toEqual([8, 'KMM_LOCKED']);
  });
});

it('where none runs, each of them says so and changes nothing', async () => {
  const here = { directory: tempDir(), variables: {} };
  for (const words of [['metrics'], ['logs', 'level', 'info'], ['config', 'reload']]) {
    const { exit, records } = await jsonHere(here, words);
    expect([exit, records[0].error.code, records[0].error.message]).toEqual([
      2,
      'KMM_USAGE',
      expect.stringContaining('no kmm runs sim here'),
    ]);
  }
});
