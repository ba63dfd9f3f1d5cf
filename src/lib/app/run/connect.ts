/** Clock, HTTPS and WebSocket of one environment with one key: what a session and a watcher are plugged into. */

import { boundsOfArrival, ClockOffset, shifted } from '../../adapters/kalshi/clock-offset.ts';
import type { Environment } from '../../adapters/kalshi/environments.ts';
import { KalshiStream } from '../../adapters/kalshi/socket.ts';
import { subaccountWire } from '../../adapters/kalshi/subaccount-wire.ts';
import { gotWire } from '../../adapters/kalshi/wire.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { steadyWall } from '../../adapters/system/steady-wall.ts';
import type { Clock, Stream, Wire } from '../../ports.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { readSimClock } from '../exchange/sim-clock.ts';
import { loadSigner } from '../keys/signer.ts';
import { type ClockSync, SAME_CLOCK } from '../session/halts/clock-watch.ts';

export interface Connection {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly stream: Stream;
  /** Half-width of what is known of exchange time. */
  readonly clockUncertaintyMs: () => number;
  readonly clockSync: ClockSync;
  /** Of the key that signs. */
  readonly keyFingerprint: string;
  /** Exchange time per real time. */
  readonly speed: number;
  /** Ends idle connections. */
  close(): void;
}

/** Before the exchange's clock has been seen at all: as much as a signature may be off (kalshi/api.md 2). */
const UNKNOWN_CLOCK_MS = 5_000;

/** Reads the key and, in sim, the exchange's clock; opens no WebSocket yet. Throws KMM_KEY_*, KMM_UNREACHABLE. */
export async function connect(environment: Environment, link: ExchangeLink): Promise<Connection> {
  const signer = loadSigner(environment, link);
  const offset = new ClockOffset();
  const wallNow = steadyWall();
  const offsetMs = () => offset.estimate(wallNow())?.offsetMs ?? 0;
  const observeOffset = offset.observe.bind(offset);
  const isSim = environment === 'sim';
  // The simulated exchange checks signatures by the wall's time, however it is set.
  const timestampMs = isSim ? () => Date.now() : () => Math.round(wallNow() + offsetMs());
  const { clock, speed } = isSim ? await simClock(link.rest) : { clock: systemClock({ offsetMs, wallNow }), speed: 1 };
  // The embedded exchange stamps its own time and checks signatures by the wall's: there is no offset to learn.
  const shared = { environment, signer, timestampMs, wallNow, ...(isSim ? {} : { observeOffset }) };
  const bare = gotWire({ baseUrl: link.rest, ...shared });
  const wire = subaccountWire(bare, link.subaccount);
  const stream = new KalshiStream({ url: link.ws, ...shared, clock, random: Math.random });
  const clockUncertaintyMs = () => (isSim ? 0 : (offset.estimate(wallNow())?.uncertaintyMs ?? UNKNOWN_CLOCK_MS));
  const clockSync = isSim ? SAME_CLOCK : syncOf(offset, wallNow);
  const { fingerprint: keyFingerprint } = signer;
  return { clock, wire, stream, clockUncertaintyMs, clockSync, keyFingerprint, speed, close: () => bare.close() };
}

/** What is told is how far the machine's clock is off, as it is set now: whoever starts next begins with it. */
function syncOf(offset: ClockOffset, wallNow: () => number): ClockSync {
  const setBackMs = () => wallNow() - Date.now();
  return {
    verdict: () => offset.verdict(wallNow(), setBackMs()),
    estimate: () => shifted(offset.estimate(wallNow()), setBackMs()),
    heard: (sentAt) => offset.observe(boundsOfArrival(sentAt, wallNow()), wallNow()),
  };
}

/** The embedded exchange has a time of its own, which may run faster than the wall's. */
async function simClock(rest: string): Promise<{ readonly clock: Clock; readonly speed: number }> {
  const { nowMs, speed } = await readSimClock(rest);
  return { clock: systemClock({ originMs: nowMs, scale: speed }), speed };
}
