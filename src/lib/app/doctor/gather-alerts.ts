/** The alert channels: their files, and whether their hosts take a connection. Nothing is sent over it. Never fails. */
import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { parkedCount } from '../alerts/alert-book.ts';
import { readAddress, readToken } from '../alerts/channels.ts';
import { alertsAnyway, type ChannelFiles } from '../alerts/settings.ts';
import type { LayersRequest } from '../config/config-layers.ts';
import type { Home } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import type { AlertFacts } from './facts.ts';

const CONNECT_MS = 4_000;

/** Of a channel, or of the ping. */
type NamedFiles = Omit<ChannelFiles, 'name'> & { readonly name: string };
type ChannelFacts = AlertFacts['channels'][number];

export async function alertFacts(request: LayersRequest, home: Home, isOffline: boolean): Promise<AlertFacts> {
  const { settings, problem } = alertsAnyway(request);
  // That the whole configuration is wrong has a line of its own.
  const isOwn = problem?.what.includes('alerts') === true;
  const ping = settings.pingFile === undefined ? [] : [{ name: 'ping', urlFile: settings.pingFile } as const];
  const channels = await Promise.all([...settings.channels, ...ping].map((files) => channelFacts(files, isOffline)));
  return { ...(isOwn && { trouble: problem }), channels, parked: parkedIn(home) };
}

async function channelFacts(files: NamedFiles, isOffline: boolean): Promise<ChannelFacts> {
  const { name, urlFile, tokenFile } = files;
  try {
    if (tokenFile !== undefined) readToken(name, tokenFile);
    const address = new URL(readAddress(name, urlFile).reveal());
    return isOffline ? { name } : { name, reached: await reached(address) };
  } catch (error) {
    if (error instanceof KmmError) return { name, trouble: error };
    throw error;
  }
}

/** With the host's certificate checked, where it is a secure one. */
function reached({ protocol, hostname, port }: URL): Promise<NonNullable<ChannelFacts['reached']>> {
  return new Promise((resolve) => {
    const isSecure = protocol === 'https:';
    const host = hostname.replace(/^\[|\]$/g, '');
    const named = isIP(host) === 0 ? { servername: host } : {};
    const at = { host, port: Number(port || (isSecure ? 443 : 80)) };
    const socket = isSecure ? connectTls({ ...at, ...named, rejectUnauthorized: true }) : connectPlain(at);
    const end = (how: NonNullable<ChannelFacts['reached']>) => {
      socket.destroy();
      resolve(how);
    };
    socket.setTimeout(CONNECT_MS, () => end({ reason: 'no answer' }));
    socket.once(isSecure ? 'secureConnect' : 'connect', () => end('reached'));
    socket.once('error', (error: NodeJS.ErrnoException) => end({ reason: error.code ?? 'refused' }));
  });
}

/** A database that cannot be read has a line of its own. */
function parkedIn(home: Home): number {
  try {
    return parkedCount(home);
  } catch (error) {
    if (error instanceof KmmError) return 0;
    throw error;
  }
}
