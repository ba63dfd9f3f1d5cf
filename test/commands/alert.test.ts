/**
 * `kmm alert` and what other commands deliver, against a server on this machine; and that no byte of its address is said or
 * kept anywhere (I9).
 */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptBelow, secrets } from '../support/canary.ts';
import { privateFile } from '../support/keys.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';
import { tempDir } from '../support/temp-dir.ts';
import { status, type WebhookServer, webhookServer } from '../support/webhook-server.ts';

const PATH_SECRET = 'canary-hook-path-5d1e77aa';
const TOKEN = 'canary-hook-token-c40b19';

const directory = tempDir(afterAll);
const here = { directory, variables: {} };
const said: string[] = [];
let hook: WebhookServer;
let ping: WebhookServer;

async function kmm(words: string): Promise<{ exit: number | null; text: string }> {
  const { exit, stdout, stderr } = await kmmHere(
    here,
    words.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [],
  );
  said.push(stdout, stderr);
  return { exit, text: stdout + stderr };
}

/** What the hook was told since, as "raised halt KILLED *". */
async function heard(words: string): Promise<string[]> {
  const before = hook.got.length;
  await kmm(words);
  return hook.got.slice(before).flatMap(({ body }) => body.alerts.map((alert: Json) => `${alert.change} ${alert.key}`));
}

beforeAll(async () => {
  hook = await webhookServer(undefined, afterAll);
  ping = await webhookServer(undefined, afterAll);
  privateFile(join(directory, 'hook-url'), `${hook.address}/${PATH_SECRET}\n`);
  privateFile(join(directory, 'ping-url'), `${ping.address}/ping-${PATH_SECRET}\n`);
  privateFile(join(directory, 'token'), `${TOKEN}\n`);
  const table = '[alerts.webhook]\nurl_file = "hook-url"\ntoken_file = "token"\n[alerts.ping]\nurl_file = "ping-url"\n';
  writeFileSync(join(directory, 'config.toml'), `schema = "kmm/1"\n${table}`);
});

describe('kmm alert test', () => {
  it('proves each channel, and the ping', async () => {
    const { exit, text } = await kmm('alert test');
    expect([exit, text]).toEqual([
      0,
      expect.stringMatching(/webhook {2}127.*: delivered, HTTP 204 \(\d+ ms\)\n.*ping/),
    ]);
    expect(hook.got.at(-1)).toMatchObject({
      ...{ path: `/${PATH_SECRET}`, headers: { authorization: `Bearer ${TOKEN}` } },
      body: { env: 'sim', alerts: [{ key: 'test', priority: 'low' }] },
    });
    expect(ping.got).toMatchObject([{ method: 'GET', path: `/ping-${PATH_SECRET}` }]);
  });

  it('says of each what became of it, and ends with 10 when one was not delivered', async () => {
    hook.answer(status(404));
    const { exit, text } = await kmm('alert test');
    expect(exit).toBe(10);
    expect(text).toContain('NOT delivered, HTTP 404: there is no such webhook');
    chmodSync(join(directory, 'hook-url'), 0o644);
    const { records } = await jsonHere(here, ['alert', 'test', 'webhook']);
    chmodSync(join(directory, 'hook-url'), 0o600);
    expect(records[0]).toMatchObject({
      ...{ type: 'alert_test', isProved: false },
      channels: [
        { channel: 'webhook', host: null, isDelivered: false, ms: null, text: expect.stringContaining('0644') },
      ],
    });
  });

  it('without a channel says what to set', async () => {
    const { exit, text } = await kmm('alert test slack');
    expect([exit, text]).toEqual([3, expect.stringContaining('set url_file in [alerts.slack]')]);
  });
});

describe('an alert', () => {
  it('of a kill is delivered by the kill itself, once', async () => {
    await kmm('run --speed max --for 5s --markets KXBTC15M --json');
    expect(await heard('kill --env sim')).toContain('raised halt KILLED *');
    expect(await heard('kill --env sim')).toEqual([]);
  });

  it('is listed with where it went, and open until it is acknowledged', async () => {
    const list = await kmm('alert list --open');
    expect(list.text).toMatch(/! +\d+ .*critical raised {2}halt KILLED \* {2}\(open\)\n.*kmm resume\n.*webhook \d\d:/);
    expect((await kmm('status')).text).toContain('alerts 1 open');
    const { records } = await jsonHere(here, ['alert', 'ack', 'halt KILLED *']);
    expect(records[0]).toMatchObject({ type: 'alert_ack', keys: ['halt KILLED *'] });
    expect((await kmm('alert list --open')).text).toContain('no alert is open');
    expect((await kmm('alert list')).text).toContain('(acknowledged)');
    expect((await kmm('status')).text).toContain('alerts 0');
  });

  it('that nobody knows, or none at all, is no alert to acknowledge', async () => {
    expect(await kmm('alert ack 4711')).toEqual({ exit: 2, text: expect.stringContaining('KMM_ALERT_UNKNOWN') });
    expect((await kmm('alert ack')).exit).toBe(2);
    expect((await kmm('alert ack 1 --all')).exit).toBe(2);
    expect(await kmm('alert ack --all')).toEqual({ exit: 0, text: expect.stringContaining('nothing was open') });
  });

  it('of cron is told once, and nothing is repeated that was told already', async () => {
    expect(await heard('status --check --alert --env sim')).toEqual([]);
    expect((await kmm('resume KILLED --yes --env sim')).exit).toBe(0);
    expect(await heard('status --check --alert --env sim')).toEqual(['cleared halt KILLED *']);
  });
});

it('whatever a service file says is told each time it is said', async () => {
  expect(await heard('alert send "kmm.service has failed" --key kmm.service --priority critical')).toContain(
    'raised said kmm.service',
  );
  expect(await heard('alert send "kmm.service has failed" --key kmm.service --priority critical')).toEqual([
    'raised said kmm.service',
  ]);
  expect((await kmm('alert send x --priority loud')).exit).toBe(2);
});

it('an alert comes through a server that fails for a moment, within the time of the command', async () => {
  hook.answer(status(503));
  expect(await heard('alert send "just so" --key again')).toEqual(['raised said again', 'raised said again']);
});

it('an alert waits for whoever looks next when a server is down', async () => {
  hook.answer(status(500, { 'retry-after': '60' }));
  await kmm('kill --env sim --reason again');
  expect((await kmm('alert list --open')).text).toContain('webhook failed 1×: HTTP 500');
  expect(hook.got.at(-1)?.body.alerts[0].text).toContain('again');
});

it('a configuration that is wrong keeps no kill from killing, and says that nobody was told', async () => {
  writeFileSync(join(directory, 'wrong.toml'), 'schema = "kmm/1"\n[alerts]\nquiet_hours_et = "night"\n');
  const { exit, text } = await kmm('kill --env sim --config wrong.toml');
  expect([exit, text]).toEqual([0, expect.stringContaining('nobody is alerted')]);
  const run = await kmm('run --for 1s --speed max --config wrong.toml');
  expect(run.exit).toBe(3);
});

it('no byte of an address or a token is said or kept (I9)', async () => {
  const inline = `schema = "kmm/1"\n[alerts.slack]\nurl_file = "https://hooks.slack.com/${PATH_SECRET}"\n`;
  writeFileSync(join(directory, 'inline.toml'), inline);
  for (const words of ['config show', 'alert list', 'status', 'doctor --offline']) {
    await kmm(words);
    await kmm(`${words} --config inline.toml --json`);
  }
  const marked = secrets();
  marked.add('the path of a hook', PATH_SECRET);
  marked.add('the token of a hook', TOKEN);
  const found = said.flatMap((text, index) => marked.findings(`output ${index}`, text));
  const kept = keptBelow(join(directory, 'data')).flatMap(({ path, content }) => marked.findings(path, content));
  expect([...found, ...kept]).toEqual([]);
  expect(marked.findings('the file itself', readFileSync(join(directory, 'hook-url')))).not.toEqual([]);
});
