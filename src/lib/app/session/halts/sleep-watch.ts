/**
 * Notices that this process was stopped, starved or suspended: its clock jumped between two turns, which come a second
 * apart at most. What it knew before is then as old as the gap, whatever the books say of themselves: every book and the
 * account are read anew before anything is decided (reliability.md F34).
 */
import type { EpochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import type { SessionLog } from '../session-log.ts';
import type { StreamSide } from '../stream-side.ts';

export interface SleepOptions {
  readonly clock: Clock;
  /** Exchange time per real time. */
  readonly speed: number;
  readonly log: SessionLog;
  readonly stream: Pick<StreamSide, 'distrust'>;
}

/** As long as silence may last before quotes are pulled. Real milliseconds. */
const ASLEEP_MS = 5_000;

export class SleepWatch {
  readonly #options: SleepOptions;
  #lookedAt: EpochMs;

  constructor(options: SleepOptions) {
    this.#options = options;
    this.#lookedAt = options.clock.now();
  }

  /** Turns come from now on; the start took as long as it took. */
  begin(): void {
    this.#lookedAt = this.#options.clock.now();
  }

  /** Call before anything is decided. */
  look(): void {
    const { clock, speed, log, stream } = this.#options;
    const now = clock.now();
    const sleptMs = (now - this.#lookedAt) / speed;
    this.#lookedAt = now;
    if (sleptMs <= ASLEEP_MS) return;
    const text = `this process stood still for ${Math.round(sleptMs / 1_000)} s`;
    log.say('error', `${text}: every book and the account are read again`);
    stream.distrust(text, now);
  }
}
