/** What every question of a probe is asked with. */
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import type { KalshiControls } from '../../adapters/kalshi/rest-controls.ts';
import type { KalshiPortfolio } from '../../adapters/kalshi/rest-portfolio.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Clock, Wire, WireReply } from '../../ports.ts';
import { wait } from '../session/orders/cancel-ours.ts';
import type { ProbeMarket } from './probe-market.ts';
import type { ProbeStream } from './probe-stream.ts';
import type { ProbeWrites } from './probe-writes.ts';

export interface ProbeContext {
  readonly clock: Clock;
  /** Paced. */
  readonly wire: Wire;
  readonly rest: KalshiRest;
  readonly portfolio: KalshiPortfolio;
  readonly controls: KalshiControls;
  readonly writes: ProbeWrites;
  readonly stream: ProbeStream;
  readonly market: ProbeMarket;
  /** Exchange time per real time. */
  readonly speed: number;
  /** Real time for which a read that lags is waited for. */
  readonly lagMsMax: number;
  /** Why no contract was bought, where that was asked for. */
  readonly noFill?: string;
  /** Asks for the balance with a stamp that is so far from the exchange's time. */
  readonly askAt: (offsetMs: number) => Promise<WireReply>;
}

/** A minute of the exchange, or the longest lease where its time flies. */
export function leaseEnd({ clock, speed }: Pick<ProbeContext, 'clock' | 'speed'>, seconds = 60): EpochMs {
  const ms = Math.min(seconds * 1_000 * speed, LEASE_MS_MAX);
  return epochMs(Math.floor((clock.now() + ms) / 1_000) * 1_000);
}

const LEASE_MS_MAX = 600_000;
/** Real time between two looks. */
const LOOK_MS = 50;

/** Looks until `isSo`, or until `msMax` of real time are over. Gives the real milliseconds that it took; undefined: it never came. */
export async function msUntil(
  { clock, speed }: Pick<ProbeContext, 'clock' | 'speed'>,
  isSo: () => Promise<boolean>,
  msMax: number,
): Promise<number | undefined> {
  const since = clock.monotonicMs();
  for (;;) {
    if (await isSo()) return Math.round(clock.monotonicMs() - since);
    if (clock.monotonicMs() - since > msMax) return undefined;
    await wait(clock, LOOK_MS * speed);
  }
}
