/**
 * F43, I14: from a condition in the engine to a webhook that fails. The trading session only queues; another process, here
 * on its own clock, sends. Each alert reaches each channel once, whatever the server does.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { poster } from '../../../src/lib/adapters/alerts/post.ts';
import { AlertDesk } from '../../../src/lib/app/alerts/alert-desk.ts';
import { openChannels } from '../../../src/lib/app/alerts/channels.ts';
import { type AlertSettings, NO_ALERTS } from '../../../src/lib/app/alerts/settings.ts';
import type { ChannelName } from '../../../src/lib/app/config/config-leaves.ts';
import { homeOf } from '../../../src/lib/app/config/home.ts';
import type { Alert } from '../../../src/lib/core/alerts/condition.ts';
import type { Pace } from '../../../src/lib/core/alerts/delivery.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import { HOSTILE, unsafeIn } from '../../support/hostile-text.ts';
import { begun } from '../../support/journal.ts';
import { privateFile } from '../../support/keys.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { Scene } from '../../support/virtual-session.ts';
import { type Answer, hang, reset, status, type WebhookServer, webhookServer } from '../../support/webhook-server.ts';

const NOON = Date.UTC(2026, 10, 20, 17);

interface Stage {
  readonly desk: AlertDesk;
  readonly hooks: Readonly<Record<string, WebhookServer>>;
  /** Of the deliverer's clock. */
  pass(seconds: number): Promise<void>;
  keys(channel: string): string[];
}

/** A desk with these channels, each with a server of its own, over this data directory. */
async function stage(
  names: readonly ChannelName[],
  { directory = tempDir(), pace = { perHourMax: 60 } as Pace, env = 'sim' as const } = {},
): Promise<Stage> {
  const hooks: Record<string, WebhookServer> = {};
  for (const name of names) hooks[name] = await webhookServer();
  const files = tempDir();
  const settings: AlertSettings = {
    ...NO_ALERTS,
    pace,
    channels: names.map((name) => ({
      name,
      urlFile: privateFile(join(files, name), `${hooks[name]?.address}/hooks/secret-path-${name}\n`),
    })),
    channelsOf: { critical: names, high: names, medium: names, low: names },
  };
  let now = NOON;
  const post = poster(undefined, { connect: 300, request: 300 });
  const channels = openChannels(settings, post);
  const home = homeOf(env, { KMM_HOME: directory }, directory);
  const desk = new AlertDesk({ home, settings, channels, now: () => now, random: () => 0.5 });
  onTestFinished(() => desk.close(0));
  return {
    desk,
    hooks,
    async pass(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        now += 1_000;
        await desk.look();
      }
    },
    keys: (channel) =>
      (hooks[channel]?.got ?? []).map(({ body }) =>
        channel === 'webhook'
          ? body.alerts.map(({ change, key }: Alert) => `${change} ${key}`).join(' + ')
          : body.embeds[0].title.replace('kmm SIM ', ''),
      ),
  };
}

function alert(key: string, more: Partial<Alert> = {}): Alert {
  return { key, priority: 'critical', change: 'raised', stage: '', text: key, at: epochMs(NOON), ...more };
}

/** A data directory with a database. */
function home(): string {
  const directory = tempDir();
  mkdirSync(join(directory, 'sim'), { mode: 0o700 });
  begun(join(directory, 'sim', 'kmm.db')).journal.close();
  return directory;
}

describe('an alert (F43)', () => {
  it('reaches every channel once, and is over once', async () => {
    const { desk, pass, keys } = await stage(['discord', 'webhook'], { directory: home() });
    desk.queue([alert('unknown')]);
    await pass(3);
    desk.queue([alert('unknown', { change: 'cleared' })]);
    await pass(3);
    expect(keys('webhook')).toEqual(['raised unknown', 'cleared unknown']);
    expect(keys('discord')).toEqual(['critical: unknown', 'critical: over: unknown']);
  });

  it.each<[string, readonly Answer[], number]>([
    ['errors', [status(500), status(502), status(503)], 12],
    ['nothing', [hang, hang], 6],
    ['breaking off', [reset, reset, reset, reset], 24],
    ['429 and a time to wait', [status(429, {}, '{"retry_after":30}')], 32],
  ])('comes through a server that answers with %s, and once', async (_what, answers, seconds) => {
    const { desk, hooks, pass, keys } = await stage(['webhook'], { directory: home() });
    hooks.webhook?.answer(...answers);
    desk.queue([alert('halt KILLED *')]);
    await pass(1);
    expect(hooks.webhook?.got).toHaveLength(1);
    await pass(seconds);
    expect(keys('webhook')).toEqual(Array(answers.length + 1).fill('raised halt KILLED *'));
    await pass(30);
    expect(hooks.webhook?.got).toHaveLength(answers.length + 1);
  });

  it('waits as long as a server asks, and nothing is sent to it in the meantime', async () => {
    const { desk, hooks, pass } = await stage(['webhook'], { directory: home() });
    hooks.webhook?.answer(status(429, { 'retry-after': '120' }));
    desk.queue([alert('a')]);
    await pass(1);
    desk.queue([alert('b')]);
    await pass(118);
    expect(hooks.webhook?.got).toHaveLength(1);
    await pass(5);
    expect(hooks.webhook?.got.slice(1).flatMap(({ body }) => body.alerts.map(({ key }: Alert) => key))).toEqual([
      'a',
      'b',
    ]);
  });

  it('that one channel refuses is parked there, comes through on the other, and that is told there too', async () => {
    const directory = home();
    const { desk, hooks, pass, keys } = await stage(['discord', 'webhook'], { directory });
    hooks.discord?.answer(status(404), status(404));
    desk.queue([alert('unknown')]);
    await pass(60);
    expect(keys('webhook')).toEqual(['raised unknown', 'raised channel discord']);
    expect(hooks.webhook?.got[1]?.body.alerts[0].text).toContain('HTTP 404');
    expect(hooks.discord?.got).toHaveLength(2);
    desk.queue([alert('tape')]);
    await pass(2);
    expect(keys('webhook').slice(2)).toEqual(['raised tape', 'cleared channel discord']);
  });

  it('goes out by a second process when the first dies, and not by both', async () => {
    const directory = home();
    const [first, second] = [await stage(['webhook'], { directory }), await stage(['webhook'], { directory })];
    first.desk.queue([alert('a')]);
    await Promise.all([first.pass(2), second.pass(2)]);
    expect([...first.keys('webhook'), ...second.keys('webhook')]).toEqual(['raised a']);
    await first.desk.close(0);
    second.desk.queue([alert('b')]);
    await second.pass(2);
    expect(second.keys('webhook')).toContain('raised b');
  });

  it('has a way without any database, once, and in memory until there is one', async () => {
    const { desk, hooks, pass, keys } = await stage(['webhook']);
    hooks.webhook?.answer(status(500));
    desk.queue([alert('a')]);
    desk.queue([alert('a')]);
    await pass(5);
    expect(keys('webhook')).toEqual(['raised a', 'raised a']);
  });

  it('of a storm is one message, and nothing of it is left out', async () => {
    const { desk, hooks, pass } = await stage(['webhook'], { directory: home(), pace: { perHourMax: 3 } });
    desk.queue(Array.from({ length: 90 }, (_, index) => alert(`feed KX-${index}`, { priority: 'high' })));
    await pass(300);
    const told = hooks.webhook?.got.flatMap(({ body }) => body.alerts.map(({ key }: Alert) => key)) ?? [];
    expect(new Set(told).size).toBe(90);
    expect(told).toHaveLength(90);
    expect(hooks.webhook?.got.length).toBe(3);
  });

  it('holds nothing that hides, turns, obeys or mentions, whoever wrote it', async () => {
    const { desk, hooks, pass } = await stage(['discord'], { directory: home() });
    desk.queue([alert('rules', { text: `@everyone [x](http://evil) ${HOSTILE}` })]);
    await pass(1);
    const body = hooks.discord?.got[0]?.body;
    expect(unsafeIn(body)).toEqual([]);
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body.embeds[0].description).toContain('\\@everyone \\[x\\]');
  });

  it('knows for how long nobody could be told', async () => {
    const { desk, hooks, pass } = await stage(['webhook'], { directory: home() });
    hooks.webhook?.answer(...Array<Answer>(20).fill(status(500)));
    expect(desk.silentSince).toBeUndefined();
    desk.queue([alert('a')]);
    await pass(60);
    expect(desk.silentSince).toBeLessThan(NOON + 3_000);
    hooks.webhook?.answer();
  });
});

describe('beside a session that trades (I14)', () => {
  it('each condition is told once by another process, while a webhook that hangs costs the session nothing', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    const directory = join(scene.configuration.home.directory, '..');
    const { hooks, pass, keys } = await stage(['webhook'], { directory });
    hooks.webhook?.answer(hang);
    await scene.run(2);
    const halt = (isOn: boolean, at: EpochMs = scene.clock.now()) =>
      session.emit({
        ...{ type: 'halt_changed', at, isOn },
        halt: { name: 'FEES', scope: 'KXSOME-TICKER', since: at, reason: 'a fee was another' },
      });
    halt(true);
    const before = session.engine.turn;
    await Promise.all([pass(1), scene.run(10)]);
    // The first message hangs in the other process; here turns are made as ever, on time.
    expect(session.engine.turn - before).toBeGreaterThan(8);
    halt(false);
    await scene.run(2);
    await pass(20);
    const told = keys('webhook').flatMap((one) => one.split(' + '));
    const about = told.filter((one) => one.includes('FEES'));
    expect(about.filter((one) => one.startsWith('cleared'))).toEqual(['cleared halt FEES KXSOME-TICKER']);
    // Once for the server that hung, once for the one that answered.
    expect(about.filter((one) => one.startsWith('raised')).length).toBe(2);
    await scene.clock.runUntilSettled(session.stop('the test'), scene.served);
  });
});
