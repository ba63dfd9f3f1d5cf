/** The recordings and the moments that models of the settlement average are fitted and scored on, from what a person names. */
import { SIM_PRESET } from '../config/config-schema.ts';
import { KmmError } from '../errors/errors.ts';
import type { AskRequest } from './ask-recordings.ts';

export interface NamedRecordings {
  readonly data: readonly string[];
  readonly spot: string;
  readonly outcomes: string;
  readonly market: readonly string[];
  readonly horizons: readonly number[];
  readonly isProxy: boolean;
  readonly bookAgeSecondsMax: number;
}

const HORIZON_SECONDS_MAX = 86_400;
const HORIZONS_MAX = 50;

/** As a session would be with the preset of `[fair]`. */
export function askRequestOf(named: NamedRecordings): AskRequest {
  const { data, spot, outcomes, market, horizons, isProxy, bookAgeSecondsMax } = named;
  const { reference_age_seconds_max, annual_volatility_percent_min, proxy_error_dollars } = SIM_PRESET.fair;
  return {
    ...{ files: data, spot, outcomes, markets: market, horizons, isProxy },
    bookAgeMsMax: bookAgeSecondsMax * 1_000,
    terms: {
      referenceAgeMsMax: reference_age_seconds_max * 1_000,
      annualVolatilityFloors: [annual_volatility_percent_min / 100],
      proxySdDollars: proxy_error_dollars,
    },
  };
}

/** "600,300,10" as whole seconds, the longest first. Throws KMM_USAGE. */
export function horizonsOf(text: string, maximum = HORIZON_SECONDS_MAX): readonly number[] {
  const parts = text.split(',').map((part) => part.trim());
  const bad = parts.find((part) => !/^\d{1,6}$/.test(part) || Number(part) < 1 || Number(part) > maximum);
  if (bad !== undefined || parts.length > HORIZONS_MAX) {
    const said = bad === undefined ? `${parts.length} horizons` : `--horizons ${bad}`;
    throw new KmmError('KMM_USAGE', `${said}: up to ${HORIZONS_MAX} whole seconds before the close, 1 to ${maximum}`);
  }
  return [...new Set(parts.map(Number))].sort((a, b) => b - a);
}
