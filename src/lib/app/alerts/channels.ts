/**
 * Channels that can be spoken over: their addresses read from files for their owner alone, known to this process as secrets
 * from then on, and sent to over TLS or not at all (loopback apart: a server of one's own).
 */
import { discordBody } from '../../adapters/alerts/discord.ts';
import type { AlertMessage, Body } from '../../adapters/alerts/message.ts';
import { ntfyBody } from '../../adapters/alerts/ntfy.ts';
import type { Post } from '../../adapters/alerts/post.ts';
import type { Reply } from '../../adapters/alerts/reply.ts';
import { slackBody } from '../../adapters/alerts/slack.ts';
import { webhookBody } from '../../adapters/alerts/webhook.ts';
import { readPrivate } from '../../adapters/kalshi/key-file.ts';
import type { ChannelName } from '../config/config-leaves.ts';
import { KmmError } from '../errors/errors.ts';
import { keeperOf } from '../keys/credentials.ts';
import { Secret } from '../keys/secret.ts';
import type { AlertSettings, ChannelFiles } from './settings.ts';

export interface Channel {
  readonly name: ChannelName;
  /** For a person who wants to know whether it can be reached: no secret. */
  readonly host: string;
  /** One attempt; never rejects. */
  send(message: AlertMessage): Promise<Reply>;
}

const BODIES: Readonly<Record<ChannelName, (message: AlertMessage, address: string, token?: string) => Body>> = {
  discord: discordBody,
  slack: slackBody,
  ntfy: ntfyBody,
  webhook: webhookBody,
};

/** Throws KMM_ALERT_CHANNEL for the first that cannot be used. */
export function openChannels({ channels }: AlertSettings, post: Post): readonly Channel[] {
  return channels.map((files) => openChannel(files, post));
}

/** Those that can be used, and what is wrong with the others. */
export function openChannelsAnyway(
  { channels }: AlertSettings,
  post: Post,
): { readonly channels: readonly Channel[]; readonly problems: readonly KmmError[] } {
  const opened: Channel[] = [];
  const problems: KmmError[] = [];
  for (const files of channels) {
    try {
      opened.push(openChannel(files, post));
    } catch (error) {
      if (!(error instanceof KmmError)) throw error;
      problems.push(error);
    }
  }
  return { channels: opened, problems };
}

/** Throws KMM_ALERT_CHANNEL. */
export function openChannel({ name, urlFile, tokenFile }: ChannelFiles, post: Post): Channel {
  const address = readAddress(name, urlFile);
  const token = tokenFile === undefined ? undefined : readToken(name, tokenFile);
  return {
    name,
    host: new URL(address.reveal()).host,
    async send(message) {
      const { json: body, address: to, headers } = BODIES[name](message, address.reveal(), token?.reveal());
      return post({ method: 'POST', address: to, body, ...(headers !== undefined && { headers }) });
    },
  };
}

/** Throws KMM_ALERT_CHANNEL. */
export function readAddress(name: string, file: string): Secret {
  const secret = readToken(name, file);
  const url = URL.parse(secret.reveal());
  const isLocal = url?.protocol === 'http:' && isLoopback(url.hostname);
  if (url === null || (url.protocol !== 'https:' && !isLocal)) {
    throw refused(name, `${file} holds no address that begins with https:// (http:// only on loopback)`);
  }
  if (url.username !== '' || url.password !== '') throw refused(name, `${file}: a name and password in an address`);
  if (url.pathname === '/' && url.search === '' && name !== 'webhook' && name !== 'ping') {
    throw refused(name, `${file} holds the address of a host, and no ${name === 'ntfy' ? 'topic' : 'webhook'} on it`);
  }
  // The path is the secret part, and is known by itself too: it may be said without the host.
  for (const part of url.pathname.split('/')) if (part.length >= LONG_PART) new Secret(part);
  return secret;
}

/** Shorter ones are words like `api` and `webhooks`. */
const LONG_PART = 16;

/** Throws KMM_ALERT_CHANNEL. */
export function readToken(name: string, file: string): Secret {
  const read = readPrivate(file, keeperOf(file));
  if (!read.ok) throw refused(name, read.error.message.replace(/\.$/, ''));
  const text = read.text.trim();
  if (text === '' || /\s/.test(text)) throw refused(name, `${file} does not hold one line and nothing else`);
  return new Secret(text);
}

function refused(name: string, what: string): KmmError {
  return new KmmError('KMM_ALERT_CHANNEL', `alerts.${name}: ${what}`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
