/** The connection to Redis: opened with a bound, watched while it is used, and asked whether it throws away what it is given. */

import type { QueuePackages, RedisClient } from './packages.ts';
import { QueueProblem } from './problem.ts';

export interface RedisPlace {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly isTls: boolean;
  readonly user?: string;
  /** Revealed only here. */
  readonly password?: string;
}

/** Bounds in milliseconds. */
export interface Patience {
  /** For the first connection. */
  readonly connect: number;
  /** For a connection that was there and went. */
  readonly lost: number;
}
export const PATIENCE: Patience = { connect: 5_000, lost: 15_000 };

const RETRY_MS_MAX = 2_000;

/** Connected. Problem: KMM_QUEUE. */
export async function connectRedis(
  { Redis }: QueuePackages,
  place: RedisPlace,
  { connect }: Patience,
): Promise<RedisClient | QueueProblem> {
  let isThere = false;
  const client = new Redis({
    host: place.host,
    port: place.port,
    db: place.database,
    ...(place.isTls && { tls: {} }),
    ...(place.user !== undefined && { username: place.user }),
    ...(place.password !== undefined && { password: place.password }),
    lazyConnect: true,
    connectTimeout: connect,
    // BullMQ asks for it: its blocking commands wait as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => (isThere ? Math.min(times * 100, RETRY_MS_MAX) : null),
  });
  let reason = 'no answer';
  client.on('error', (error) => {
    reason = error.message;
  });
  try {
    await client.connect();
    // A password that is asked for or refused is told by the first command, not by the connection.
    await client.info('server');
    isThere = true;
    return client;
  } catch (error) {
    client.disconnect();
    const said = error instanceof Error && error.message !== 'Connection is closed.' ? error.message : reason;
    return new QueueProblem('KMM_QUEUE', `Redis at ${placeText(place)} cannot be used: ${said}`);
  }
}

export function placeText({ host, port, database }: RedisPlace): string {
  return `${host}:${port}/${database}`;
}

/** Calls `lost` once when the connection has been away for longer than is borne. Answers with what ends the watch. */
export function watchConnection(
  client: RedisClient,
  place: RedisPlace,
  bound: number,
  lost: (problem: QueueProblem) => void,
) {
  let timer: NodeJS.Timeout | undefined;
  client.on('close', () => {
    timer ??= setTimeout(() => {
      const seconds = Math.round(bound / 1_000);
      lost(new QueueProblem('KMM_QUEUE', `Redis at ${placeText(place)} has been gone for ${seconds} s`));
    }, bound);
  });
  const calm = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  client.on('ready', calm);
  return calm;
}

/** What Redis does when its memory is full; anything but `noeviction` may throw away jobs. Undefined: it does not say. */
export async function evictionPolicy(client: RedisClient): Promise<string | undefined> {
  try {
    return /^maxmemory_policy:(\S+)/m.exec(await client.info('memory'))?.[1];
  } catch {
    return undefined;
  }
}
