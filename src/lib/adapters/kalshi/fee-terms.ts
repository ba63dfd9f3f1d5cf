/**
 * The fee terms of a market, from the four places that the exchange keeps them in (kalshi/api.md 8.1, 8.5): override of the
 * event, record of the series, scheduled changes of either, waiver of the market. Type and multiplier are overridden each by
 * itself. Refuses a multiplier that is no short decimal.
 */
import type { FeeRule, FeeTerms } from '../../core/market.ts';
import { type EpochMs, parseScaled } from '../../core/units.ts';
import type { EventFeeChange, SeriesFeeChange } from './catalogue-schema.ts';
import type { RestEvent, RestMarket, RestSeries } from './market-schema.ts';
import { present } from './present.ts';

/** What is scheduled, of any series and event. */
export interface FeeChanges {
  readonly ofSeries: readonly SeriesFeeChange[];
  readonly ofEvents: readonly EventFeeChange[];
}

export const NO_FEE_CHANGES: FeeChanges = { ofSeries: [], ofEvents: [] };

type Override = Partial<FeeRule>;

/** One step of the schedule: what the series has from then on, or what the event overrides. */
type Step = { readonly at: EpochMs } & ({ readonly series: FeeRule } | { readonly override: Override });

/** Undefined: one of its multipliers cannot be held exactly. */
export function feeTerms(
  market: Pick<RestMarket, 'feesWaivedUntil'>,
  series: RestSeries,
  event: RestEvent,
  changes: FeeChanges = NO_FEE_CHANGES,
): FeeTerms | undefined {
  const steps = stepsOf(series, event, changes);
  const record = ruleOf(series.feeType, series.feeMultiplier);
  const override = overrideOf(event.feeTypeOverride, event.feeMultiplierOverride);
  if (steps === undefined || record === undefined || override === undefined) return undefined;

  const inForce: { series: FeeRule; override: Override } = { series: record, override };
  let rule: FeeRule = { ...record, ...override };
  const first = rule;
  const scheduled: (FeeRule & { readonly at: EpochMs })[] = [];
  for (const step of steps) {
    if ('series' in step) inForce.series = step.series;
    else inForce.override = step.override;
    const next: FeeRule = { ...inForce.series, ...inForce.override };
    if (isSame(next, rule)) continue;
    rule = next;
    scheduled.push({ ...next, at: step.at });
  }
  return present({
    ...first,
    waivedUntil: market.feesWaivedUntil,
    changes: scheduled.length === 0 ? undefined : scheduled,
  });
}

function stepsOf(series: RestSeries, event: RestEvent, changes: FeeChanges): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (const { seriesTicker, feeType, feeMultiplier, at } of changes.ofSeries) {
    if (seriesTicker !== series.ticker) continue;
    const rule = ruleOf(feeType, feeMultiplier);
    if (rule === undefined) return undefined;
    steps.push({ at, series: rule });
  }
  for (const { eventTicker, feeType, feeMultiplier, at } of changes.ofEvents) {
    if (eventTicker !== event.ticker) continue;
    const override = overrideOf(feeType, feeMultiplier);
    if (override === undefined) return undefined;
    steps.push({ at, override });
  }
  return steps.sort((a, b) => a.at - b.at);
}

function ruleOf(type: string, number: number): FeeRule | undefined {
  const multiplier = fractionOf(number);
  return multiplier === undefined ? undefined : { type, multiplier };
}

function overrideOf(type: string | undefined, number: number | undefined): Override | undefined {
  const multiplier = number === undefined ? undefined : fractionOf(number);
  if (number !== undefined && multiplier === undefined) return undefined;
  return present({ type, multiplier });
}

const DECIMALS = 6;

/** The multiplier comes as a JSON number (0.5); its shortest decimal text is what the exchange meant. */
function fractionOf(multiplier: number): FeeRule['multiplier'] | undefined {
  const scaled = parseScaled(String(multiplier), DECIMALS);
  if (scaled === undefined || scaled < 0) return undefined;
  const divisor = greatestCommonDivisor(scaled, 10 ** DECIMALS);
  return { numerator: scaled / divisor, denominator: 10 ** DECIMALS / divisor };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function isSame(a: FeeRule, b: FeeRule): boolean {
  const { numerator, denominator } = a.multiplier;
  return a.type === b.type && numerator === b.multiplier.numerator && denominator === b.multiplier.denominator;
}
