/**
 * Looks at how far our clock is from the exchange's: says so from one second on, halts from five on, and lets go once it
 * has been inside that limit for a minute. So it does when the exchange refuses what we sign for its time. Signatures and leases depend on it (reliability.md, halt CLOCK).
 *
 * Counts its own calls, one a second: a clock that is being set must not decide how long it has been good.
 */

import type { OffsetEstimate, OffsetVerdict } from '../../../adapters/kalshi/clock-offset.ts';
import type { EngineEvent } from '../../../core/events.ts';
import { HALT_EVERYTHING } from '../../../core/risk/halts.ts';
import type { EpochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import { KmmError } from '../../errors/errors.ts';
import type { SessionLog } from '../session-log.ts';
import type { Stamps } from './stamps.ts';

/** What is known of the offset between the exchange's clock and ours, at this moment. */
export interface ClockSync {
  verdict(): OffsetVerdict;
  estimate(): OffsetEstimate | undefined;
  /** A frame of the stream that the exchange sent at `sentAt` has arrived. */
  heard(sentAt: EpochMs): void;
}

export interface ClockWatchOptions {
  readonly sync: ClockSync;
  readonly stamps: Pick<Stamps, 'refusedInRow'>;
  readonly clock: Clock;
  readonly log: SessionLog;
  readonly emit: (event: EngineEvent) => void;
}

const GOOD_SECONDS = 60;

export class ClockWatch {
  readonly #options: ClockWatchOptions;
  /** Seconds inside the limit, while the halt is on. */
  #goodFor: number | undefined;
  #hasWarned = false;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
  }

  /** Throws KMM_CLOCK. */
  assertGood(): void {
    if (this.#verdict() === 'refuse') throw new KmmError('KMM_CLOCK', this.#inWords());
  }

  /** Call once a second. */
  tick(): void {
    const verdict = this.#verdict();
    if (verdict === 'warn' && !this.#hasWarned) this.#options.log.say('warn', this.#inWords());
    this.#hasWarned = verdict === 'warn' || verdict === 'refuse';
    if (verdict === 'refuse') this.#refuse();
    else if (this.#goodFor !== undefined) this.#recover(this.#goodFor + 1);
  }

  #verdict(): OffsetVerdict {
    const { sync, stamps } = this.#options;
    return stamps.refusedInRow === undefined ? sync.verdict() : 'refuse';
  }

  #refuse(): void {
    const isNew = this.#goodFor === undefined;
    this.#goodFor = 0;
    if (isNew) this.#halt(this.#inWords(), true);
  }

  #recover(goodFor: number): void {
    const isOver = goodFor >= GOOD_SECONDS;
    this.#goodFor = isOver ? undefined : goodFor;
    if (isOver) this.#halt('the clock has been good for a minute', false);
  }

  #halt(reason: string, isOn: boolean): void {
    const { clock, emit } = this.#options;
    const at = clock.now();
    emit({ type: 'halt_changed', at, halt: { name: 'CLOCK', scope: HALT_EVERYTHING, since: at, reason }, isOn });
  }

  #inWords(): string {
    const { refusedInRow } = this.#options.stamps;
    if (refusedInRow !== undefined) {
      return `the exchange has refused what we sign for its time, ${refusedInRow} times in a row: the clock of this machine is off`;
    }
    const { offsetMs, uncertaintyMs } = this.#options.sync.estimate() ?? { offsetMs: 0, uncertaintyMs: 0 };
    const seconds = (ms: number) => (Math.abs(ms) / 1_000).toFixed(1);
    const direction = offsetMs > 0 ? 'behind' : 'ahead of';
    return `the clock of this machine is ${seconds(offsetMs)} s ${direction} the exchange's, give or take ${seconds(uncertaintyMs)} s`;
  }
}

/** Where the exchange's time is ours: the embedded exchange. */
export const SAME_CLOCK: ClockSync = {
  verdict: () => 'good',
  estimate: () => ({ offsetMs: 0, uncertaintyMs: 0 }),
  heard: () => {},
};
