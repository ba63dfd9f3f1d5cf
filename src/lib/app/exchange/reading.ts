/** A connection for looking only: REST at a reader's pace, far below the smallest tier, so that trading never waits for it. */

import { DEFAULT_COSTS } from '../../adapters/kalshi/endpoint-costs.ts';
import { PacedWire } from '../../adapters/kalshi/paced-wire.ts';
import { BASIC_TIER, RateLimiter } from '../../adapters/kalshi/rate-limit.ts';
import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { KalshiCatalogue } from '../../adapters/kalshi/rest-catalogue.ts';
import type { Wire } from '../../ports.ts';
import type { EnvironmentName } from '../config/home.ts';
import { type Connection, connect } from '../run/connect.ts';
import type { ExchangeLink } from './link.ts';

export interface Reading extends Pick<Connection, 'clock' | 'stream'> {
  /** Paced. */
  readonly wire: Wire;
  readonly rest: KalshiRest;
  readonly catalogue: KalshiCatalogue;
  /** Ends idle connections; a stream that was opened is closed by its opener. */
  close(): void;
}

/** Throws KMM_KEY_*, KMM_UNREACHABLE. */
export async function openReading(environment: EnvironmentName, link: ExchangeLink): Promise<Reading> {
  const connection = await connect(environment, link);
  return readingOver(connection, connection.wire);
}

/** The same over a connection that is there; `wire`: its own, or something before it. */
export function readingOver(
  { clock, stream, close }: Pick<Connection, 'clock' | 'stream' | 'close'>,
  wire: Wire,
): Reading {
  const limiter = new RateLimiter(READER_LIMITS);
  const paced = new PacedWire({ wire, limiter, costs: () => DEFAULT_COSTS, clock, random: Math.random });
  return { clock, stream, wire: paced, rest: new KalshiRest(paced), catalogue: new KalshiCatalogue(paced), close };
}

/** Half of what the smallest tier may read. */
const READER_LIMITS = { ...BASIC_TIER, read: { capacity: 100, refillPerSecond: 100 } };
