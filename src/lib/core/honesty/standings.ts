/** How far each model is believed in each series, as it was told last. Nothing told: it is believed. */
import { modelName } from '../fair-value/model-name.ts';
import type { StandingsTold } from '../outside-events.ts';
import type { FairSource } from '../parameters.ts';
import type { Standing } from './standing.ts';

export class Standings {
  readonly #byModel = new Map<string, Map<string, Standing>>();

  apply({ standings }: StandingsTold): void {
    for (const standing of standings) {
      const { model, series } = standing;
      let known = this.#byModel.get(model);
      if (known === undefined) {
        known = new Map();
        this.#byModel.set(model, known);
      }
      known.set(series, standing);
    }
  }

  /** Undefined: nothing has been said of it. */
  of(source: FairSource, series: string): Standing | undefined {
    return this.#byModel.get(modelName(source))?.get(series);
  }
}
