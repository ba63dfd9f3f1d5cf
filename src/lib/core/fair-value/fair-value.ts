/** The fair value of a market from the configured source, or the reason why there is none. */

import { type LevelsResult, type Top, topOf } from '../book/signals.ts';
import type { Market } from '../market.ts';
import type { FairSource, Parameters } from '../parameters.ts';
import type { Forecast } from '../reference/forecasts.ts';
import type { Reference } from '../reference/references.ts';
import type { EpochMs } from '../units.ts';
import { averageFairValue } from './average-market.ts';
import { blended } from './blend.ts';
import { fixedFairValue } from './fixed.ts';
import { forecastFairValue } from './forecast.ts';
import { type IndexInput, indexFairValue } from './index-ladder/index-market.ts';
import { micropriceFairValue } from './microprice.ts';
import { midFairValue } from './mid.ts';
import type { ProxyBasis } from './proxy-basis.ts';
import type { FairValue, FairValueResult, ModelRefusal } from './types.ts';

/** What is known of a market besides its own book. */
export interface Outside {
  /** Of the index that it settles on, where it settles on one; or why nothing is known of it. */
  readonly reference?: Reference | ModelRefusal;
  /** How far that reference was off the index, as far as strikes have told. */
  readonly proxy?: ProxyBasis;
  /** What this model said last of it. */
  readonly forecast?: (model: string, market: Market) => Forecast | undefined;
  /** Parameters of an index, or why there are none. */
  readonly calibration?: IndexInput['calibration'];
}

export interface FairValueInput {
  /** The book's best few levels without our own orders, or why they are not known. */
  readonly others: LevelsResult;
  readonly at: EpochMs;
  readonly market: Market;
  readonly outside?: Outside | undefined;
  /** The next news that moves the market before it closes. */
  readonly newsAt?: EpochMs | undefined;
}

export function fairValue(source: FairSource, input: FairValueInput): FairValueResult {
  switch (source.kind) {
    case 'mid':
      return fromBook(input, midFairValue);
    case 'micro':
      return fromBook(input, micropriceFairValue);
    case 'fixed':
      return fixedFairValue(source, input.at);
    case 'settlement-average':
      return averageFairValue({
        ...input,
        ...{ reference: input.outside?.reference, proxy: input.outside?.proxy, terms: source },
      });
    case 'index-ladder': {
      const { reference, calibration = () => undefined } = input.outside ?? {};
      return indexFairValue({ ...input, reference, calibration, terms: source });
    }
    case 'forecast': {
      const forecast = input.outside?.forecast?.(source.model, input.market);
      return forecastFairValue({ ...source, forecast, market: input.market, at: input.at });
    }
    case 'blend': {
      const market = fromBook(input, micropriceFairValue);
      if (market.kind === 'refused') return market;
      const model = fairValue(source.model, input);
      return model.kind === 'refused' ? model : blended(market.value, model.value, source.weight);
    }
    default:
      return source satisfies never;
  }
}

/** Which source prices this market: its series' own, else the usual one. */
export function sourceOf({ fair, fairBySeries = {} }: Pick<Parameters, 'fair' | 'fairBySeries'>, market: Market) {
  return fairBySeries[market.seriesTicker] ?? fair;
}

function fromBook({ others, at }: FairValueInput, model: (top: Top, at: EpochMs) => FairValue): FairValueResult {
  if (others.kind === 'refused') return others;
  const found = topOf(others.levels);
  return found.kind === 'refused' ? found : { kind: 'value', value: model(found.top, at) };
}
