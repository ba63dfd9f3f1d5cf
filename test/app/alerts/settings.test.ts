/** `[alerts]`: who is told by which priority, from files that are the user's alone; what cannot work is refused, unseen. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Post, Posting } from '../../../src/lib/adapters/alerts/post.ts';
import { openChannel, openChannelsAnyway, readAddress } from '../../../src/lib/app/alerts/channels.ts';
import { messageOf } from '../../../src/lib/app/alerts/message-of.ts';
import { alertsAnyway, loadAlerts } from '../../../src/lib/app/alerts/settings.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { scrub } from '../../../src/lib/app/keys/secret.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { privateFile } from '../../support/keys.ts';
import { tempDir } from '../../support/temp-dir.ts';

function requestOf(text: string, variables: Readonly<Record<string, string>> = {}) {
  const directory = tempDir();
  writeFileSync(join(directory, 'config.toml'), `schema = "kmm/1"\n${text}`);
  const host = { directory, variables, userHome: directory, systemFile: '/nowhere' };
  return { environment: 'demo', host } as const;
}

function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof KmmError) return `${error.code}: ${error.what}`;
    throw error;
  }
  throw new Error('it was not refused');
}

const TWO = '[alerts.discord]\nurl_file = "d"\n[alerts.ntfy]\nurl_file = "/etc/n"\ntoken_file = "t"\n';

describe('the settings of alerts', () => {
  it('need no limits and no markets, and send every priority to every channel where nothing is said', () => {
    const request = requestOf(TWO);
    const { channels, channelsOf, pace, hasBalances } = loadAlerts(request);
    expect(channels).toEqual([
      { name: 'discord', urlFile: join(request.host.directory, 'd') },
      { name: 'ntfy', urlFile: '/etc/n', tokenFile: join(request.host.directory, 't') },
    ]);
    expect(channelsOf).toEqual(Object.fromEntries(PRIORITIES.map((one) => [one, ['discord', 'ntfy']])));
    expect([pace, hasBalances]).toEqual([{ perHourMax: 60 }, false]);
  });

  it('say who is told of what, and when it is night', () => {
    const table = '[alerts]\nlow_channels = []\nmedium_channels = "ntfy"\nquiet_hours_et = "22:30-07:00"\n';
    const { channelsOf, pace } = loadAlerts(requestOf(`${table}${TWO}`));
    expect([channelsOf.medium, channelsOf.low]).toEqual([['ntfy'], []]);
    expect(pace.quiet).toEqual({ from: 22 * 60 + 30, until: 7 * 60 });
  });

  it('come from variables as well', () => {
    const { channelsOf } = loadAlerts(requestOf(TWO, { KMM_ALERTS_LOW_CHANNELS: 'discord' }));
    expect(channelsOf.low).toEqual(['discord']);
  });

  it.each([
    ['[alerts]\nhigh_channels = ["slack"]\n', 'KMM_CONFIG_VALUE: alerts.high_channels names slack'],
    [`[alerts]\ncritical_channels = []\n${TWO}`, 'names nobody: what is critical must reach somebody'],
    ['[alerts]\nhigh_channels = ["mail"]\n', 'must be a list of discord, slack, ntfy, webhook'],
    ['[alerts]\nquiet_hours_et = "22-7"\n', 'two times of the day'],
    ['[alerts]\nquiet_hours_et = "25:00-07:00"\n', 'two times of the day'],
    ['[alerts]\nmessages_per_hour_max = 0\n', 'must be 1 to 1000 messages'],
    ['[alerts.discord]\nurl = "d"\n', 'unknown key alerts.discord.url'],
  ])('refuse %j', (text, reason) => {
    expect(refusalOf(() => loadAlerts(requestOf(text)))).toContain(reason);
    expect(alertsAnyway(requestOf(text))).toMatchObject({ settings: { channels: [] }, problem: { exit: 3 } });
  });

  it('refuse an address where a file belongs, and never repeat it', () => {
    const address = 'https://discord.com/api/webhooks/1/inline-secret-91ab';
    const refusal = refusalOf(() => loadAlerts(requestOf(`[alerts.discord]\nurl_file = "${address}"\n`)));
    expect(refusal).toContain('alerts.discord.url_file is an address ([secret])');
    expect(scrub(`it was ${address}`)).toBe('it was [secret]');
  });
});

const PRIORITIES = ['critical', 'high', 'medium', 'low'];
const ADDRESS = 'https://hooks.example.org/services/T123/a-long-secret-part-5f3a';

describe('the file of an address', () => {
  const nothing: Post = async () => ({ kind: 'delivered', status: 200 });
  const refused = (path: string) => refusalOf(() => openChannel({ name: 'slack', urlFile: path }, nothing));

  it('is read, and its address known as a secret from then on, also in part', () => {
    const path = privateFile(join(tempDir(), 'url'), `${ADDRESS}\n`);
    expect(openChannel({ name: 'slack', urlFile: path }, nothing).host).toBe('hooks.example.org');
    expect(scrub(`at ${ADDRESS} or a-long-secret-part-5f3a`)).toBe('at [secret] or [secret]');
    expect(String(readAddress('slack', path))).toBe('[secret]');
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'does not hold one line'],
    ['two lines', `${ADDRESS}\nmore`, 'does not hold one line'],
    ['no address', 'hooks.example.org/x', 'no address that begins with https://'],
    ['no TLS', 'http://hooks.example.org/x', 'http:// only on loopback'],
    ['a host that only looks like loopback', 'http://127.0.0.1.evil.example/x', 'http:// only on loopback'],
    ['another protocol', 'ftp://127.0.0.1/x', 'no address that begins with https://'],
    ['a password', 'https://user:pass@hooks.example.org/x', 'a name and password'],
    ['a host alone', 'https://hooks.example.org/', 'no webhook on it'],
  ])('is refused with %s, and what it holds is not said', (_what, text, reason) => {
    const said = refused(privateFile(join(tempDir(), 'url'), text));
    expect(said).toContain(reason);
    expect(said).toContain('KMM_ALERT_CHANNEL: alerts.slack: ');
    if (text !== '') expect(said).not.toContain(text);
  });

  it('is refused when others can read it, when it is a link, a folder or not there (S3)', () => {
    const directory = tempDir();
    const path = privateFile(join(directory, 'url'), ADDRESS);
    const link = join(directory, 'link');
    symlinkSync(path, link);
    mkdirSync(join(directory, 'folder'));
    chmodSync(path, 0o640);
    expect(refused(path)).toContain(`can be read by others (mode 0640): chmod 600 ${path}`);
    expect(refused(link)).toContain('is a symbolic link');
    expect(refused(join(directory, 'folder'))).toContain('is not a regular file');
    expect(refused(join(directory, 'none'))).toContain('cannot be read (ENOENT)');
  });

  it('that is wrong for one channel leaves the others', () => {
    const directory = tempDir();
    const good = privateFile(join(directory, 'good'), 'http://127.0.0.1:9/topic');
    const channels = [
      { name: 'ntfy', urlFile: good },
      { name: 'slack', urlFile: '/nowhere' },
    ] as const;
    const settings = { ...alertsAnyway(requestOf('')).settings, channels };
    const opened = openChannelsAnyway(settings, nothing);
    expect([opened.channels.map(({ name }) => name), opened.problems.map(({ code }) => code)]).toEqual([
      ['ntfy'],
      ['KMM_ALERT_CHANNEL'],
    ]);
  });
});

it('a message goes to the address with its token, and carries neither', async () => {
  const directory = tempDir();
  const posted: Posting[] = [];
  const files = {
    name: 'webhook',
    urlFile: privateFile(join(directory, 'url'), ADDRESS),
    tokenFile: privateFile(join(directory, 'token'), 'tk_the-token-77'),
  } as const;
  const channel = openChannel(files, async (posting) => {
    posted.push(posting);
    return { kind: 'delivered', status: 200 };
  });
  const text = `it was ${ADDRESS} with tk_the-token-77`;
  const alert = {
    id: 1,
    key: 'k',
    priority: 'high',
    change: 'raised',
    text,
    at: epochMs(1.8e12),
    attempts: 0,
  } as const;
  await channel.send(messageOf([alert], 'sim', { hasBalances: false }));
  expect(posted[0]).toMatchObject({ address: ADDRESS, headers: { authorization: 'Bearer tk_the-token-77' } });
  expect(posted[0]?.body).toContain('it was [secret] with [secret]');
});
