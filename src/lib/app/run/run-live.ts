/**
 * A session over real sockets: `demo`, or an embedded exchange that listens on loopback. The same session as in virtual
 * time with the system's clock, HTTPS and WebSocket plugged in.
 */

import type { EpochMs } from '../../core/units.ts';
import type { LogLine } from '../../core/view.ts';
import type { Clock } from '../../ports.ts';
import type { Configuration } from '../config/config.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import type { LogFilter } from '../log-filter.ts';
import { referenceKeys } from '../references/keys.ts';
import { isIndexSimulated, withSimulated } from '../references/simulated.ts';
import { type OpenedSession, openSession } from '../session/open-session.ts';
import { connect } from './connect.ts';

export interface LiveOptions {
  readonly configuration: Configuration;
  readonly link: ExchangeLink;
  readonly onLog: (line: LogLine) => void;
  readonly logFilter?: LogFilter;
  readonly onFatal: (error: Error) => void;
  readonly onStop?: (by: string) => void;
}

export interface LiveSession {
  readonly opened: OpenedSession;
  readonly clock: Clock;
  readonly startedAt: EpochMs;
  /** Ends idle connections once the session has stopped. */
  close(): void;
}

/** Opens everything; the caller starts the session. Throws KMM_KEY_*, KMM_UNREACHABLE, and what openSession throws. */
export async function openLive({ configuration, link, ...told }: LiveOptions): Promise<LiveSession> {
  const { close, ...connection } = await connect(configuration.env, link);
  const progressFile = configuration.home.progress;
  const isSimulated = isIndexSimulated(configuration, configuration.markets);
  const settings = isSimulated ? withSimulated(configuration.references, link.ws) : configuration.references;
  const references = { settings, readKey: referenceKeys(settings) };
  const opened = openSession({
    ...{ configuration, link, ...connection, progressFile, ...told, random: Math.random },
    ...(settings.indices.length > 0 && { references }),
  });
  const { clock } = connection;
  return { opened, clock, startedAt: clock.now(), close };
}
