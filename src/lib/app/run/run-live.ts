/**
 * A session over real sockets: `demo`, or an embedded exchange that listens on loopback. The same session as in virtual
 * time with the system's clock, HTTPS and WebSocket plugged in.
 */
import type { EpochMs } from '../../core/units.ts';
import type { LogLine } from '../../core/view.ts';
import type { Clock } from '../../ports.ts';
import { ClockOffset } from '../../adapters/kalshi/clock-offset.ts';
import { ENDPOINTS, simEndpoints } from '../../adapters/kalshi/environments.ts';
import { loadKeyFile } from '../../adapters/kalshi/key-file.ts';
import { KalshiStream } from '../../adapters/kalshi/socket.ts';
import { gotWire } from '../../adapters/kalshi/wire.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import type { Configuration } from '../config.ts';
import { KmmError, kmmError } from '../errors.ts';
import { type ExchangeLink, type OpenedSession, openSession } from '../session/open-session.ts';
import { readSimClock } from '../sim-clock.ts';

export interface LiveOptions {
  readonly configuration: Configuration;
  readonly link: ExchangeLink;
  readonly onLog: (line: LogLine) => void;
  readonly onFatal: (error: Error) => void;
}

export interface LiveSession {
  readonly opened: OpenedSession;
  readonly clock: Clock;
  readonly startedAt: EpochMs;
  /** Ends idle connections once the session has stopped. */
  close(): void;
}

/** Where demo and production are reached, with the key of the configuration. Throws KMM_KEY_MISSING. */
export function linkOf({ env, key, sim }: Configuration): ExchangeLink {
  const endpoints = env === 'sim' ? sim && simEndpoints(sim.rest) : ENDPOINTS[env];
  if (endpoints === undefined) throw new KmmError('KMM_SIM_URL', 'no embedded exchange is named');
  if (key === undefined) throw new KmmError('KMM_KEY_MISSING', `there is no key for ${env}`);
  return { rest: endpoints.rest, ws: endpoints.stream, keyId: key.id, keyFile: key.file };
}

/** Opens everything; the caller starts the session. Throws KMM_KEY_*, KMM_UNREACHABLE, and what openSession throws. */
export async function openLive({ configuration, link, onLog, onFatal }: LiveOptions): Promise<LiveSession> {
  const { env } = configuration;
  const key = loadKeyFile(link.keyId, link.keyFile);
  if (!key.ok) throw kmmError(key.error);
  const { signer } = key;
  const offset = new ClockOffset();
  const wallNow = () => Date.now();
  const offsetMs = () => offset.estimate(Date.now())?.offsetMs ?? 0;
  const timestampMs = () => Math.round(Date.now() + offsetMs());
  const observeOffset = offset.observe.bind(offset);
  const clock = env === 'sim' ? await simClock(link.rest) : systemClock({ offsetMs });
  const shared = { environment: env, signer, timestampMs, wallNow, observeOffset };
  const wire = gotWire({ baseUrl: link.rest, ...shared });
  const stream = new KalshiStream({ url: link.ws, ...shared, clock, random: Math.random });
  const opened = openSession({
    ...{ configuration, link, clock, wire, stream, onLog, onFatal },
    random: Math.random,
    clockUncertaintyMs: () => (env === 'sim' ? 0 : (offset.estimate(Date.now())?.uncertaintyMs ?? UNKNOWN_CLOCK_MS)),
  });
  return { opened, clock, startedAt: clock.now(), close: () => wire.close() };
}

/** Before the exchange's clock has been seen at all: as much as a signature may be off (kalshi/api.md 2). */
const UNKNOWN_CLOCK_MS = 5_000;

async function simClock(rest: string): Promise<Clock> {
  const { nowMs, speed } = await readSimClock(rest);
  return systemClock({ originMs: nowMs, scale: speed });
}
