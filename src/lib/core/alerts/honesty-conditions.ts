/**
 * What is to be told of a model that is not right any more (operator.md section 6, A-FR2.5, E-4). One key a model and series
 * and kind of trouble; it ends when a later settlement says otherwise.
 */
import { EVENTS_MIN } from '../promotion/gates.ts';
import type { Standing } from '../honesty/standing.ts';
import type { Condition } from './condition.ts';

/** More is worth an alert (A-FR2.5). */
const ERROR_MAX = 0.05;

export function ofStanding({ model, series, events, drift, calibrationError, bins, benched }: Standing): Condition[] {
  const key = `${model} ${series}`;
  const next = 'kmm report calibration';
  const conditions: Condition[] = [];
  if (benched !== null) {
    const text = `${model} in ${series} is benched: ${benched}; nothing that adds to a position is shown, what is held is still reduced: ${next}`;
    conditions.push({ key: `benched ${key}`, priority: 'medium', text });
  }
  if (drift !== 'none') {
    const what = drift === 'up' ? 'more comes true than it says' : 'less comes true than it says';
    conditions.push({ key: `drift ${key}`, priority: 'medium', text: `${model} in ${series} drifts: ${what}: ${next}`, stage: drift });
  }
  if (events >= EVENTS_MIN && calibrationError !== null && calibrationError > ERROR_MAX) {
    const off = bins.filter(({ isOff }) => isOff).length;
    const sizes = off === 0 ? 'sizes stay as they are' : `${off} of its ${bins.length} bins are not quoted`;
    const text = `${model} in ${series}: calibration error ${(calibrationError * 100).toFixed(1)} % over ${events} events, above 5 %; ${sizes}: ${next}`;
    conditions.push({ key: `calibration ${key}`, priority: 'medium', text, stage: String(off) });
  }
  return conditions;
}
