import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../../src/lib/adapters/system/lock.ts';
import { type Configuration, loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { prepareHome } from '../../../src/lib/app/config/home.ts';
import { runVirtual } from '../../../src/lib/app/run/run-virtual.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { tempDir } from '../../support/temp-dir.ts';

function configured(...flags: (readonly [string, string])[]): Configuration {
  const directory = tempDir();
  const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
  return loadConfiguration({
    ...{ environment: 'sim', host },
    flags: flags.map(([key, value]) => ({ flag: `--${key}`, key, value })),
  });
}

function run(configuration: Configuration, forSeconds = 20, signal = new AbortController().signal) {
  const world = { seed: 'seven', background: [] };
  return runVirtual({ configuration, world, forSeconds, signal, onLog: () => {} });
}

const GOOD = { restingAtEnd: 0, isConfirmed: true, reconciled: true, droppedFrames: 0 };

describe('a run in virtual time', () => {
  it.each([
    ['quoter.strategy', 'as'],
    ['quoter.strategy', 'cara'],
    ['fair.source', 'mid'],
    ['fair.source', 'micro'],
    ['fair.source', 'fixed:0.5'],
  ])('with %s = %s quotes, and ends reconciled with nothing resting', async (key, value) => {
    const summary = await run(configured([key, value], ['markets.tickers', 'KXBTC15M,KXBTCD']));
    expect(summary).toMatchObject(GOOD);
    expect(summary.orders.placed).toBeGreaterThan(0);
    expect(summary.orders.refused).toBe(0);
  });

  it('with a strategy that every market is too short or too thin for places nothing', async () => {
    const summary = await run(configured(['quoter.strategy', 'regime'], ['markets.tickers', 'KXBTC15M']));
    expect(summary).toMatchObject({ ...GOOD, intents: 0 });
  });

  it('that is told to stop ends where it is, in good order', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    const summary = await run(configured(), 86_400, abort.signal);
    expect(summary).toMatchObject(GOOD);
    expect(summary.seconds).toBeLessThan(86_400);
  });

  it('holds the lock of its directory, and gives it back', async () => {
    const configuration = configured(['markets.tickers', 'KXBTC15M']);
    const running = run(configuration, 5);
    await expect(run(configuration, 5)).rejects.toMatchObject({ code: 'KMM_LOCKED', exit: 8 });
    await running;
    const lock = acquireLock(configuration.home.lock, { env: 'sim', since: epochMs(0) });
    expect('held' in lock).toBe(false);
  });

  it('takes over the lock of a process that has died', async () => {
    const configuration = configured(['markets.tickers', 'KXBTC15M']);
    prepareHome(configuration.home);
    const { lock: path } = configuration.home;
    const lock = acquireLock(path, { env: 'sim', since: epochMs(0) });
    if ('held' in lock) throw new Error('a fresh directory is locked');
    const dead = readFileSync(path, 'utf8').replace(/"pid":\d+/, '"pid":4194303');
    lock.release();
    writeFileSync(path, dead);
    expect(await run(configuration, 5)).toMatchObject(GOOD);
  });

  it('of a market that nobody knows is refused, and the lock is free again', async () => {
    const configuration = configured(['markets.tickers', 'KXNOPE']);
    await expect(run(configuration)).rejects.toMatchObject({ code: 'KMM_TICKER_UNKNOWN' });
    expect('held' in acquireLock(configuration.home.lock, { env: 'sim', since: epochMs(0) })).toBe(false);
  });
});
