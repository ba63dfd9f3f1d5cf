/**
 * What models and outside sources expect of markets: the newest word of each, by what it is about (a market, an event or a
 * whole series). It is data like a price: it arrives as an event, grows old, and may be a refusal.
 */
import type { ForecastMade } from '../events.ts';
import type { Market } from '../market.ts';
import type { EpochMs } from '../units.ts';

export type Forecast = Omit<ForecastMade, 'type'>;

/** The code of a refusal by a source that named it before. */
export const WITHDRAWN = 'source_withdrawn';

/** Dated further ahead than clocks differ. */
const FUTURE_MS = 2_000;

export class Forecasts {
  readonly #byModel = new Map<string, Map<string, Forecast>>();
  #rejected = 0;

  /** Forecasts that were not taken in: older than what is known, or from the future. */
  get rejected(): number {
    return this.#rejected;
  }

  /** True when it was taken in. */
  apply(event: ForecastMade): boolean {
    const { model, about, madeAt, at, says } = event;
    let said = this.#byModel.get(model);
    if (said === undefined) {
      said = new Map();
      this.#byModel.set(model, said);
    }
    const known = said.get(about);
    // A refusal stands on no data: it is always heard, and what comes after it need not be newer.
    const isOlder = known !== undefined && known.says.kind !== 'refused' && madeAt < known.madeAt;
    if (says.kind !== 'refused' && (madeAt > at + FUTURE_MS || isOlder)) {
      this.#rejected += 1;
      return false;
    }
    said.set(about, event);
    return true;
  }

  /** What it is about is over, or by this model alone. */
  forget(about: string, model?: string): void {
    for (const [name, said] of this.#byModel) if (model === undefined || name === model) said.delete(about);
  }

  /** What this model said last of the market: of itself, else of its event, else of its series. */
  of(model: string, { ticker, eventTicker, seriesTicker }: Market): Forecast | undefined {
    const said = this.#byModel.get(model);
    return said?.get(ticker) ?? said?.get(eventTicker) ?? said?.get(seriesTicker);
  }
}

/** Its source does not speak of it any more. */
export function isWithdrawn({ says }: Pick<Forecast, 'says'>): boolean {
  return says.kind === 'refused' && says.code === WITHDRAWN;
}

/** True when the forecast is about this market. */
export function isAbout(about: string, { ticker, eventTicker, seriesTicker }: Market): boolean {
  return about === ticker || about === eventTicker || about === seriesTicker;
}

/** How old what it stands on is, ms. */
export function forecastAge({ madeAt }: Pick<Forecast, 'madeAt'>, now: EpochMs): number {
  return now - madeAt;
}
