/** The alerter of `kmm run`, on a clock of the test: what the supervisor tells, the daily word, and the ping that ends first. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { listAlerts } from '../../../src/lib/app/alerts/alert-book.ts';
import { HouseAlerts } from '../../../src/lib/app/alerts/house-alerts.ts';
import { type Configuration, loadConfiguration } from '../../../src/lib/app/config/config.ts';
import type { Halt } from '../../../src/lib/core/risk/halts.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { begun } from '../../support/journal.ts';
import { privateFile } from '../../support/keys.ts';
import type { Json } from '../../support/sim-client.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { status, type WebhookServer, webhookServer } from '../../support/webhook-server.ts';
import { view } from '../../tui/views.ts';

const LINK = { rest: 'http://127.0.0.1:1', ws: 'ws://127.0.0.1:1', keyId: 'k', keyFile: '/nowhere' };
/** 08:00 in New York. */
const EIGHT = Date.UTC(2026, 10, 20, 13);

interface Stage {
  readonly hook: WebhookServer;
  readonly ping: WebhookServer;
  readonly configuration: Configuration;
  house(): HouseAlerts;
  /** "raised house trader" */
  told(): string[];
}

async function stage(): Promise<Stage> {
  const [hook, ping, directory] = [await webhookServer(), await webhookServer(), tempDir()];
  privateFile(join(directory, 'hook'), `${hook.address}/hook`);
  privateFile(join(directory, 'ping'), `${ping.address}/ping`);
  const table = '[alerts.webhook]\nurl_file = "hook"\n[alerts.ping]\nurl_file = "ping"\n';
  writeFileSync(join(directory, 'config.toml'), `schema = "kmm/1"\n${table}`);
  const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
  const configuration = loadConfiguration({ environment: 'sim', host });
  mkdirSync(configuration.home.directory, { mode: 0o700 });
  begun(configuration.home.database).journal.close();
  return {
    ...{ hook, ping, configuration },
    house() {
      const house = new HouseAlerts(configuration, () => {});
      onTestFinished(() => house.close());
      house.start(LINK);
      return house;
    },
    told: () =>
      hook.got
        .flatMap(({ body }) => body.alerts as Json[])
        .filter(({ key }) => key !== 'house disk')
        .map(({ change, key, priority }) => `${priority} ${change} ${key}`),
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date', 'performance'], now: EIGHT });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A trader that makes a turn a second. */
function trade(house: HouseAlerts, seconds: number, halts: readonly Halt[] = []): void {
  for (let second = 0; second < seconds; second += 1) {
    house.seen({ ...view(), halts });
    house.turned(Math.floor(performance.now()));
    vi.advanceTimersByTime(1_000);
  }
}

/** The attempt that was made in real time has been noted. */
function failedOnce({ home }: Configuration): boolean {
  return listAlerts(home, { isOpen: true, limit: 9 }).some(({ deliveries }) =>
    deliveries.some(({ attempts }) => attempts > 0),
  );
}

describe('the alerter of a run', () => {
  it('tells that a trader died, that nobody starts it again, and that one trades', async () => {
    const { house, told } = await stage();
    const first = house();
    first.traderGone('the trader died without a word');
    await first.close();
    expect(told()).toEqual(['high raised house trader']);
    // The next supervisor does not tell it again, nor that it is over before a trader trades.
    const second = house();
    second.traderGone('six lives in ten minutes', true);
    await second.close();
    const third = house();
    await third.close();
    expect(told().slice(1)).toEqual(['critical changed house trader']);
    const fourth = house();
    fourth.traderUp();
    await fourth.close();
    expect(told().slice(2)).toEqual(['critical cleared house trader']);
  });

  it('tells that nothing proves its cancels, until a later one is proved', async () => {
    const { house, told } = await stage();
    const first = house();
    first.cancelled('two orders are listed');
    await first.close();
    const second = house();
    second.cancelled();
    await second.close();
    expect(told()).toEqual(['critical raised house unconfirmed', 'critical cleared house unconfirmed']);
  });

  it('says once a day, from nine in New York on, that it lives', async () => {
    const { house, told, hook } = await stage();
    const first = house();
    trade(first, 60);
    await first.close();
    expect(told()).toEqual([]);
    vi.setSystemTime(EIGHT + 3_600_000);
    for (let run = 0; run < 2; run += 1) {
      const later = house();
      trade(later, 60);
      await later.close();
    }
    expect(told()).toEqual(['low raised alive']);
    expect(hook.got.at(-1)?.body.alerts[0].text).toMatch(/^kmm lives: \w+, \d of 3 markets quoted, 0 halts/);
    vi.setSystemTime(EIGHT + 25 * 3_600_000);
    const tomorrow = house();
    trade(tomorrow, 60);
    await tomorrow.close();
    expect(told()).toEqual(['low raised alive', 'low raised alive']);
  });

  it('pings once a minute while turns are made, and no more when they are not, or a person is waited for', async () => {
    const { house, ping } = await stage();
    const run = house();
    trade(run, 180);
    await expect.poll(() => ping.got.length).toBe(3);
    expect(ping.got[0]).toMatchObject({ method: 'GET', path: '/ping' });
    const halt = { name: 'RECONCILE', scope: '*', since: epochMs(EIGHT), reason: 'r' } as const;
    trade(run, 120, [halt]);
    trade(run, 59);
    vi.advanceTimersByTime(31_000);
    // It would have been asked for by now.
    trade(run, 1);
    await run.close();
    expect(ping.got.length).toBe(3);
  });

  it('pings no more once nobody could be told for five minutes', async () => {
    const { house, hook, ping, configuration } = await stage();
    hook.answer(status(500, { 'retry-after': '3600' }));
    const run = house();
    run.cancelled('two orders are listed');
    trade(run, 1);
    await expect.poll(() => hook.got.length).toBe(1);
    await expect.poll(() => failedOnce(configuration)).toBe(true);
    trade(run, 299);
    await expect.poll(() => ping.got.length).toBe(5);
    trade(run, 180);
    await run.close();
    expect(ping.got.length).toBe(5);
  });

  it('does not start with a channel that cannot work', async () => {
    const { configuration } = await stage();
    const settings = { ...configuration.alerts, channels: [{ name: 'slack', urlFile: '/nowhere' } as const] };
    expect(() => new HouseAlerts({ ...configuration, alerts: settings }, () => {})).toThrow('alerts.slack: /nowhere');
  });
});
