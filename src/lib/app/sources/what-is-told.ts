/**
 * From what a source answers to what the engine is told. Pure.
 *
 * Only what changed is told. What a source named before and names no more is refused, and so is everything that it is about
 * when it has nothing to say: a price that nobody stands behind any more is not quoted by.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ForecastMade, Says } from '../../core/events.ts';
import { WITHDRAWN } from '../../core/reference/forecasts.ts';
import type { SourceProblem } from '../../core/reference/source-problem.ts';
import type { EpochMs } from '../../core/units.ts';
import type { MarketLook, SourceForecast } from '../../ports.ts';

/** The last word of a source by what it is about, with the age of the newest data that it ever stood on. */
export type Told = Map<string, { readonly forecast: SourceForecast; readonly newestAt: EpochMs | undefined }>;

/** Changes `told`. */
export function answered(
  model: string,
  told: Told,
  answer: readonly SourceForecast[],
  at: EpochMs,
): readonly ForecastMade[] {
  const events: ForecastMade[] = [];
  const named = new Set(answer.map(({ about }) => about));
  for (const forecast of answer) {
    const newestAt = told.get(forecast.about)?.newestAt;
    const isOlder = newestAt !== undefined && forecast.madeAt < newestAt && forecast.says.kind !== 'refused';
    events.push(...tell(model, told, isOlder ? older(model, forecast.about, at) : forecast, at));
  }
  for (const about of told.keys()) {
    if (named.has(about)) continue;
    const says = refusal(WITHDRAWN, `${model} says nothing of ${about} any more`);
    events.push(...tell(model, told, { about, madeAt: at, says, reasons: [] }, at));
    told.delete(about);
  }
  return events;
}

/** Everything that it is about is refused for this reason. Changes `told`. */
export function failed(
  model: string,
  told: Told,
  { code, message }: Pick<SourceProblem, 'code' | 'message'>,
  markets: readonly MarketLook[],
  at: EpochMs,
): readonly ForecastMade[] {
  const says = refusal(code, `${model}: ${message}`);
  const about = new Set([...told.keys(), ...markets.map(({ market }) => market.seriesTicker)]);
  return [...about].flatMap((one) => tell(model, told, { about: one, madeAt: at, says, reasons: [] }, at));
}

function tell(model: string, told: Told, forecast: SourceForecast, at: EpochMs): readonly ForecastMade[] {
  const known = told.get(forecast.about);
  const isRefusal = forecast.says.kind === 'refused';
  const newestAt = isRefusal ? known?.newestAt : forecast.madeAt;
  told.set(forecast.about, { forecast, newestAt });
  if (known !== undefined && isSame(known.forecast, forecast)) return [];
  return [{ type: 'forecast', at, model, ...forecast }];
}

/** The same refusal in other words, a second later, is no news. */
function isSame(a: SourceForecast, b: SourceForecast): boolean {
  if (a.says.kind === 'refused' && b.says.kind === 'refused') return a.says.code === b.says.code;
  return isDeepStrictEqual(a, b);
}

function older(model: string, about: string, at: EpochMs): SourceForecast {
  const says = refusal('source_older', `what ${model} says of ${about} was made before what it said last`);
  return { about, madeAt: at, says, reasons: [] };
}

function refusal(code: string, reason: string): Says {
  return { kind: 'refused', code, reason };
}
