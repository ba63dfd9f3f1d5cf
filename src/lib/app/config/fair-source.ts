/**
 * Where a fair value comes from, as text: the grammar of `--fair`, of `fair.source` and of `[fair.series]`.
 *
 *   micro, mid            the book
 *   fixed:0.42            a constant
 *   average               the exact distribution of the settlement average (BTC and the other crypto series)
 *   forecast:NAME         what the model or source of this name said last
 *   blend:0.3:average     log-odds of micro and of a model, the model weighing 0.3
 *   blend:fitted:average  the same with the weight that `kmm model fit blend` learned (fitted-weight.ts puts it in its place)
 */
import { z } from 'zod';
import type { FairSource, ModelSource } from '../../core/parameters.ts';
import type { Probability } from '../../core/units.ts';

/** What the text says; ages and errors are keys of their own. */
export type FairText =
  | { readonly kind: 'micro' }
  | { readonly kind: 'mid' }
  | ModelText
  | { readonly kind: 'blend'; readonly weight: number; readonly model: ModelText };
type ModelText =
  | { readonly kind: 'fixed'; readonly probability: Probability }
  | { readonly kind: 'average' }
  | { readonly kind: 'forecast'; readonly model: string };

/** The keys beside it in `[fair]`, in core's units. */
export interface FairTerms {
  readonly standard_error: number;
  readonly reference_age_seconds_max: number;
  readonly annual_volatility_percent_min: number;
  readonly proxy_error_dollars: number;
  readonly forecast_age_seconds_max: number;
}

export function fairSource() {
  const expected =
    'must be micro, mid, average, forecast:NAME, fixed:P with P between 0 and 1, or blend:WEIGHT:MODEL such as blend:0.3:average or blend:fitted:average';
  return z
    .custom<string>((value) => typeof value === 'string', { error: expected })
    .transform((value, context): FairText => {
      const said = fairText(value.trim());
      if (said !== undefined) return said;
      context.issues.push({ code: 'custom', input: value, message: expected });
      return z.NEVER;
    });
}

export function fairOf(said: FairText, terms: FairTerms): FairSource {
  switch (said.kind) {
    case 'micro':
    case 'mid':
      return said;
    case 'blend':
      return { ...said, model: modelOf(said.model, terms) };
    default:
      return modelOf(said, terms);
  }
}

function modelOf(said: ModelText, terms: FairTerms): ModelSource {
  switch (said.kind) {
    case 'fixed':
      return { ...said, standardError: terms.standard_error };
    case 'average':
      return {
        kind: 'settlement-average',
        // Seconds of three decimals are whole milliseconds already.
        referenceAgeMsMax: terms.reference_age_seconds_max,
        annualVolatilityFloors: [terms.annual_volatility_percent_min / 10_000],
        proxySdDollars: terms.proxy_error_dollars,
      };
    case 'forecast':
      return { ...said, ageMsMax: terms.forecast_age_seconds_max * 1_000 };
    default:
      return said satisfies never;
  }
}

function fairText(value: string): FairText | undefined {
  if (value === 'micro' || value === 'mid') return { kind: value };
  const blend = /^blend:(\d*\.?\d+):(.+)$/.exec(value);
  if (blend === null) return modelText(value);
  const [weight, model] = [Number(blend[1]), modelText(blend[2] ?? '')];
  return model !== undefined && weight >= 0 && weight <= 1 ? { kind: 'blend', weight, model } : undefined;
}

function modelText(value: string): ModelText | undefined {
  if (value === 'average') return { kind: 'average' };
  const model = /^forecast:([a-z][a-z0-9-]{0,31})$/.exec(value)?.[1];
  if (model !== undefined) return { kind: 'forecast', model };
  const probability = Number(/^fixed:(\d*\.?\d+)$/.exec(value)?.[1] ?? Number.NaN);
  return probability > 0 && probability < 1 ? { kind: 'fixed', probability: probability as Probability } : undefined;
}
