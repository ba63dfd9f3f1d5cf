/**
 * Keeps a session inside the arming of production: looks at the journal's row four times a second, warns before its end,
 * and halts at it. An arming that was taken back, is for another key or for less than this session began with, has ended.
 */
import type { Environment } from '../../../adapters/kalshi/environments.ts';
import type { Arming } from '../../../adapters/store/arming.ts';
import type { JournalFile } from '../../../adapters/store/journal.ts';
import type { EngineEvent } from '../../../core/events.ts';
import { HALT_EVERYTHING, type Halts } from '../../../core/risk/halts.ts';
import type { EpochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import { armingRefusal, NEVER_ARMED } from '../../keys/arming.ts';
import type { SessionLog } from '../session-log.ts';

export interface ArmingWatchOptions {
  readonly journal: JournalFile;
  readonly clock: Clock;
  readonly halts: Halts;
  readonly log: SessionLog;
  readonly emit: (event: EngineEvent) => void;
  readonly environment: Environment;
  /** As the session was started. Production alone is armed; a session there without it only takes away. */
  readonly arming?: Arming;
}

const LOOK_MS = 250;
const WARN_MS = 600_000;

export class ArmingWatch {
  readonly #options: ArmingWatchOptions;
  #current: Arming | undefined;
  /** The end that was warned of. */
  #warned: EpochMs | undefined;

  constructor(options: ArmingWatchOptions) {
    this.#options = options;
    this.#current = options.arming;
  }

  /** True outside production. To the millisecond: what comes after the end is not sent. */
  readonly isArmed = (): boolean => this.#options.environment !== 'prod' || this.#refusal() === undefined;

  /** When it ends, as last read; undefined outside production. */
  get until(): EpochMs | undefined {
    return this.#current?.until;
  }

  /** The returned function ends it. */
  start(): () => void {
    if (this.#options.environment !== 'prod') return () => {};
    this.#look();
    return this.#options.clock.every(LOOK_MS, () => this.#look());
  }

  #look(): void {
    const { clock, halts, emit, log } = this.#options;
    this.#current = this.#read();
    const at = clock.now();
    const reason = this.#refusal();
    if (reason !== undefined) {
      if (halts.has('ARM_EXPIRED', HALT_EVERYTHING)) return;
      emit({
        type: 'halt_changed',
        ...{ at, isOn: true, halt: { name: 'ARM_EXPIRED', scope: HALT_EVERYTHING, since: at, reason } },
      });
      return;
    }
    const until = this.#current?.until;
    if (until === undefined || until - at > WARN_MS || until === this.#warned) return;
    this.#warned = until;
    const minutes = Math.max(1, Math.round((until - at) / 60_000));
    log.say('warn', `production is armed for ${minutes} more minutes, then everything is cancelled: kmm auth arm prod`);
  }

  /** A journal that cannot be read arms nothing. */
  #read(): Arming | undefined {
    try {
      return this.#options.journal.armings.current();
    } catch {
      return undefined;
    }
  }

  #refusal(): string | undefined {
    const { clock, arming } = this.#options;
    if (arming === undefined) return NEVER_ARMED;
    const current = this.#current;
    const reason = armingRefusal(current, clock.now(), arming);
    if (reason !== undefined || current === undefined) return reason;
    return current.exposure < arming.exposure ? 'production was armed anew with less: start again' : undefined;
  }
}
