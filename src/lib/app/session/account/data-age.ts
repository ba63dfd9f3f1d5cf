/**
 * How old the exchange's account data is, asked for before each reading of it: `user_data_timestamp` says up to when it is
 * complete (kalshi/api.md 6.2, reliability.md V4). A lag that is longer than what we reckon with is said aloud.
 */
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import { type Asked, READ_LAG_MS, READ_LAG_MS_MAX } from '../../../core/orders/read-lag.ts';
import type { EpochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';

export interface DataAgeOptions {
  readonly rest: Pick<KalshiRest, 'userDataTimestamp'>;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

export class DataAge {
  readonly #options: DataAgeOptions;
  #asOf: EpochMs | undefined;
  #isLong = false;

  constructor(options: DataAgeOptions) {
    this.#options = options;
  }

  /** Call right before a reading, and give its events what comes of it. */
  async ask(): Promise<Asked> {
    const { rest, clock } = this.#options;
    const told = await rest.userDataTimestamp();
    const askedAt = clock.now();
    if (told.ok) this.#hear(told.value, askedAt);
    // What was complete a moment ago still is.
    const isRecent = this.#asOf !== undefined && askedAt - this.#asOf <= READ_LAG_MS_MAX;
    const asOf = told.ok ? told.value : isRecent ? this.#asOf : undefined;
    return { askedAt, ...(asOf !== undefined && { asOf }) };
  }

  #hear(asOf: EpochMs, now: EpochMs): void {
    this.#asOf = asOf;
    const isLong = now - asOf > READ_LAG_MS;
    if (isLong === this.#isLong) return;
    this.#isLong = isLong;
    const seconds = ((now - asOf) / 1_000).toFixed(1);
    if (isLong)
      this.#options.warn(`the exchange's account data is ${seconds} s old: what is missing from it proves less`);
    else this.#options.warn("the exchange's account data is fresh again");
  }
}
