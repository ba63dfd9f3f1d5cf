/** `kmm alert test`: one message over each channel, past the queue, and what became of it. */
import { poster } from '../../adapters/alerts/post.ts';
import type { Reply } from '../../adapters/alerts/reply.ts';
import { epochMs } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { operatorName } from '../operator.ts';
import { openChannel, readAddress } from './channels.ts';
import { messageOf } from './message-of.ts';
import type { AlertSettings, ChannelFiles } from './settings.ts';

export interface ChannelTest {
  /** `ping`: the address that is asked for each minute. */
  readonly channel: string;
  /** Null: its file cannot be used. */
  readonly host: string | null;
  readonly isDelivered: boolean;
  /** What became of it, in words. */
  readonly text: string;
  /** Real milliseconds; null where nothing was sent. */
  readonly ms: number | null;
}

/** All at once; `only`: this one. Throws KMM_ALERT_CHANNEL when there is none. */
export async function testChannels(
  settings: AlertSettings,
  env: string,
  only: string | undefined,
): Promise<readonly ChannelTest[]> {
  const { channels, pingFile } = settings;
  const chosen = channels.filter(({ name }) => only === undefined || name === only);
  const ping = only === undefined || only === 'ping' ? pingFile : undefined;
  if (chosen.length === 0 && ping === undefined) {
    const name = only ?? 'ntfy';
    throw new KmmError('KMM_ALERT_CHANNEL', `no alert channel${only === undefined ? '' : ` ${only}`} is configured`, {
      next: [`set url_file in [alerts.${name}]`, 'kmm config show --origin'],
    });
  }
  const tests = chosen.map((files) => testOne(files, settings, env));
  return Promise.all(ping === undefined ? tests : [...tests, testPing(ping)]);
}

async function testOne(files: ChannelFiles, settings: AlertSettings, env: string): Promise<ChannelTest> {
  const send = () => {
    const channel = openChannel(files, poster());
    const at = epochMs(Date.now());
    const text = `a test by ${operatorName()}: this channel works`;
    const alert = { id: 0, key: 'test', priority: 'low', change: 'raised', text, at, attempts: 0 } as const;
    return { host: channel.host, reply: channel.send(messageOf([alert], env, settings)) };
  };
  return tried(files.name, send);
}

function testPing(file: string): Promise<ChannelTest> {
  return tried('ping', () => {
    const address = readAddress('ping', file).reveal();
    return { host: new URL(address).host, reply: poster()({ method: 'GET', address }) };
  });
}

async function tried(
  channel: string,
  send: () => { readonly host: string; readonly reply: Promise<Reply> },
): Promise<ChannelTest> {
  const startedAt = performance.now();
  try {
    const { host, reply } = send();
    const heard = await reply;
    const ms = Math.round(performance.now() - startedAt);
    const isDelivered = heard.kind === 'delivered';
    return { channel, host, isDelivered, text: isDelivered ? `HTTP ${heard.status}` : heard.reason, ms };
  } catch (error) {
    if (!(error instanceof KmmError)) throw error;
    return { channel, host: null, isDelivered: false, text: error.what, ms: null };
  }
}
