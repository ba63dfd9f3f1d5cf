/**
 * What is to be told of a model that is not right any more (operator.md section 6, A-FR2.5, E-4). One key a model and series
 * and kind of trouble; it ends when a later settlement says otherwise.
 */
import type { JudgedModel } from '../honesty/judged.ts';
import { EVENTS_MIN } from '../promotion/gates.ts';
import type { Condition } from './condition.ts';

/** A-FR2.5. */
const ERROR_MAX = 0.05;
const NEXT = 'kmm report calibration';

export function ofModel({ standing, errorByChance }: Omit<JudgedModel, 'brier'>, errorMax = ERROR_MAX): Condition[] {
  const { model, series, events, drift, calibrationError, bins, benched } = standing;
  const name = `${model} in ${series}`;
  const key = `${model} ${series}`;
  const conditions: Condition[] = [];
  if (benched !== null) {
    const text = `${name} is benched: ${benched}; nothing is shown that adds to a position, what is held is still reduced: ${NEXT}`;
    conditions.push({ key: `benched ${key}`, priority: 'medium', text });
  }
  if (drift !== 'none') {
    const what = drift === 'up' ? 'more comes true than it says' : 'less comes true than it says';
    conditions.push({
      key: `drift ${key}`,
      priority: 'medium',
      text: `${name} drifts: ${what}: ${NEXT}`,
      stage: drift,
    });
  }
  const isOff = calibrationError !== null && calibrationError > Math.max(errorMax, errorByChance ?? 1);
  if (events >= EVENTS_MIN && isOff) {
    const off = bins.filter((bin) => bin.isOff).length;
    const sizes = off === 0 ? 'none of its bins is off' : `${off} of its ${bins.length} bins are not quoted`;
    const figures = `${percent(calibrationError)} over ${events} events, above ${percent(errorMax)}`;
    conditions.push({
      ...{ key: `calibration ${key}`, priority: 'medium', stage: String(off) },
      text: `${name}: calibration error ${figures} and above the ${percent(errorByChance ?? 0)} that chance makes; ${sizes}: ${NEXT}`,
    });
  }
  return conditions;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
