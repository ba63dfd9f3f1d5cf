/** `kmm run --shadow --speed max`: recorder, variants and embedded exchange in one process on virtual time. */
import { virtualLink } from '../../adapters/sim-server/link.ts';
import { ServedVenue } from '../../adapters/sim-server/served-venue.ts';
import { VirtualClock } from '../../adapters/sim-server/virtual-clock.ts';
import { epochMs } from '../../core/units.ts';
import type { Stream, Wire } from '../../ports.ts';
import { openSimWorld, SIM_CASH, type SimWorldOptions } from '../sim/sim-world.ts';
import { type ShadowEnd, type ShadowOptions, shadowOver } from './shadow-live.ts';

interface VirtualEnds {
  readonly wire: Wire;
  readonly stream: Stream;
}

export interface ShadowVirtualOptions extends Omit<ShadowOptions, 'link' | 'names'> {
  /** Of the series of a recording that is the world's background; undefined: a generated world. */
  readonly names: (series: readonly string[] | undefined) => readonly string[];
  readonly world: SimWorldOptions;
  /** Absent: to the end of the recording that is the world's background. */
  readonly forSeconds?: number;
  readonly signal: AbortSignal;
  /** Stands before the exchange. */
  readonly hands?: (link: VirtualEnds) => VirtualEnds;
  /** Called every virtual second. */
  readonly onSecond?: (served: ServedVenue) => void;
}

const LATENCY_MS = 8;
const SLICE_MS = 1_000;
/** After a recording has ended: for results, which come after the close, and their payment. */
const AFTER_END_MS = 90_000;

/** Throws as the start of a recording does. */
export async function shadowVirtual(options: ShadowVirtualOptions): Promise<ShadowEnd> {
  const { world, names, forSeconds, signal, hands = (own: VirtualEnds) => own, onSecond, ...shadow } = options;
  const { venue, startAt, endAt, series, notes } = await openSimWorld(world);
  for (const text of notes) options.onNote(text);
  const served = new ServedVenue(venue);
  const clock = new VirtualClock(startAt);
  const keyId = 'shadow';
  venue.openAccount(keyId, SIM_CASH);
  const ends = hands(virtualLink({ served, accountId: keyId, clock, latencyMs: LATENCY_MS }));
  const link = { rest: 'virtual', ws: 'virtual', keyId, keyFile: '' };
  const started = shadowOver({ ...shadow, names: names(series), link }, { clock, ...ends, close: () => {} });
  const { over, stop } = await clock.runUntilSettled(started, served);
  let fault: Error | undefined;
  void over.then((error) => {
    fault = error;
  });
  const beganAt = clock.now();
  const until =
    forSeconds === undefined ? epochMs((endAt ?? beganAt) + AFTER_END_MS) : epochMs(beganAt + forSeconds * 1_000);
  while (clock.now() < until && fault === undefined && !signal.aborted) {
    await clock.run(epochMs(Math.min(until, clock.now() + SLICE_MS)), served);
    onSecond?.(served);
  }
  const ending = forSeconds === undefined ? 'the end of the recording' : '--for';
  const end = await clock.runUntilSettled(stop(signal.aborted ? 'SIGINT' : ending), served);
  if (fault !== undefined) throw fault;
  return end;
}
