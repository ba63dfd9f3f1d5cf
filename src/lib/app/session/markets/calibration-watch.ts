/**
 * Tells the engine the parameters of the indices, where any market is priced with them: at the start, and whenever a new week's
 * file, or another text of the same, lies in the folder. A file that is damaged or of another version is told as a refusal. Where
 * the index is the embedded exchange's own and nothing was fitted, its law is told, each day anew.
 */
import { easternDay } from '../../../core/eastern.ts';
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import type { EpochMs } from '../../../core/units.ts';
import { simulatedCalibration } from '../../../sim/index-law.ts';
import { findCalibrations, pricesIndices, readCalibration } from '../../model/index-calibrations.ts';
import type { SessionLog } from '../session-log.ts';

export interface CalibrationWatchOptions {
  readonly calib: string;
  /** The embedded exchange simulates SPX, and it is heard from there. Default: no. */
  readonly isSimulated?: boolean;
  readonly engine: Pick<Engine, 'config'>;
  readonly log: Pick<SessionLog, 'say'>;
  readonly emit: (event: EngineEvent) => void;
}

const LOOK_MS = 60_000;

export class CalibrationWatch {
  readonly #options: CalibrationWatchOptions;
  readonly #told = new Map<string, string>();
  #nextAt = 0;

  constructor(options: CalibrationWatchOptions) {
    this.#options = options;
  }

  tick(now: EpochMs): void {
    const { calib, engine, emit, log, isSimulated = false } = this.#options;
    if (now < this.#nextAt || !pricesIndices(engine.config.parameters)) return;
    this.#nextAt = now + LOOK_MS;
    for (const found of findCalibrations(calib)) {
      const { index, product, path } = found;
      const key = `${index}, ${product}`;
      const isOwn = isSimulated && index === 'SPX' && path === undefined;
      const stamp = isOwn ? `simulated ${easternDay(now)}` : found.stamp;
      if (this.#told.get(key) === stamp) continue;
      this.#told.set(key, stamp);
      const says = isOwn ? simulatedCalibration(now) : readCalibration(found);
      emit({ type: 'index_calibrated', at: now, index, product, says });
      if (says.kind === 'refused') {
        if (says.code !== 'parameters_unknown') log.say('warn', `${key} is not priced: ${says.reason}`);
      } else log.say('info', `parameters of ${key}: ${path ?? "the simulation's own"}`);
    }
  }
}
