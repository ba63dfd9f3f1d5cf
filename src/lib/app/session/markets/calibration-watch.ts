/**
 * Tells the engine the parameters of the indices, where any market is priced with them: at the start, and whenever a new week's
 * file, or another text of the same, lies in the folder. A file that is damaged or of another version is told as a refusal.
 */
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import type { EpochMs } from '../../../core/units.ts';
import { findCalibrations, pricesIndices, readCalibration } from '../../model/index-calibrations.ts';
import type { SessionLog } from '../session-log.ts';

export interface CalibrationWatchOptions {
  readonly calib: string;
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
    const { calib, engine, emit, log } = this.#options;
    if (now < this.#nextAt || !pricesIndices(engine.config.parameters)) return;
    this.#nextAt = now + LOOK_MS;
    for (const found of findCalibrations(calib)) {
      const { index, product, stamp } = found;
      const key = `${index}, ${product}`;
      if (this.#told.get(key) === stamp) continue;
      this.#told.set(key, stamp);
      const says = readCalibration(found);
      emit({ type: 'index_calibrated', at: now, index, product, says });
      if (says.kind === 'refused') {
        if (says.code !== 'parameters_unknown') log.say('warn', `${key} is not priced: ${says.reason}`);
      } else log.say('info', `parameters of ${key}: ${found.path}`);
    }
  }
}
