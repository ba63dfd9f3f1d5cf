/** The table `[honesty]`: when a model is believed, and what is done about one that is not (E-4, A-FR2.5). */
import { z } from 'zod';
import type { StandingRules } from '../../core/honesty/standing.ts';
import type { HonestyParameters } from '../../core/parameters.ts';
import { type BasisPoints, type Centicontracts, type EpochMs, epochMs } from '../../core/units.ts';
import { decimal, flag, instant } from './config-leaves.ts';

/** By what a session works out the standings that it tells its engine. */
export interface HonestySettings {
  /** In (0, 1). */
  readonly calibrationErrorMax: number;
  readonly historyMs: number;
  /** By the name of a model: what it said before is not held against it. */
  readonly since: Readonly<Record<string, EpochMs>>;
}

export function honestySchema() {
  return z.strictObject({
    is_enforced: flag(),
    calibration_error_percent_max: decimal<BasisPoints>({ unit: 'per cent', decimals: 2, min: 0.5, max: 50 }),
    history_days: decimal({ unit: 'days', decimals: 0, min: 1, max: 3_660 }),
    probe_contracts: decimal<Centicontracts>({ unit: 'contracts', decimals: 2, min: 0, max: 1_000 }),
    since: z.record(modelText(), instant()),
  });
}

/** A name that `modelName` can give. */
function modelText() {
  const model = '(fixed|average|index|forecast:[a-z][a-z0-9-]{0,31})';
  return z.string().regex(new RegExp(`^(micro|mid|(blend:)?${model})$`), {
    error: 'must be a model: micro, mid, fixed, average, index, forecast:NAME or blend: before one of the last four',
  });
}

export const HONESTY_PRESET = {
  is_enforced: true,
  calibration_error_percent_max: 5,
  history_days: 90,
  probe_contracts: 1,
  since: {},
} as const;

type HonestyValues = z.output<ReturnType<typeof honestySchema>>;

export function honestyOf({ is_enforced, probe_contracts }: HonestyValues): HonestyParameters {
  return { isEnforced: is_enforced, probeSize: probe_contracts };
}

export function honestySettingsOf(values: HonestyValues): HonestySettings {
  return {
    calibrationErrorMax: values.calibration_error_percent_max / 10_000,
    historyMs: values.history_days * DAY_MS,
    since: values.since,
  };
}

const DAY_MS = 86_400_000;

/** The rules as they are now. */
export function standingRules({ calibrationErrorMax, historyMs, since }: HonestySettings, now: EpochMs): StandingRules {
  return { calibrationErrorMax, from: epochMs(now - historyMs), since };
}
