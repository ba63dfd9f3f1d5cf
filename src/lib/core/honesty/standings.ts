/**
 * How far each model is believed in each series, as it was told last, and what that means for each market. Worked out when
 * something is told, not when a market is decided. Nothing told: it is believed.
 */
import { sourceOf } from '../fair-value/fair-value.ts';
import { modelName } from '../fair-value/model-name.ts';
import type { MarketState } from '../market-state.ts';
import type { MarketTable } from '../market-table.ts';
import type { Notes } from '../notes.ts';
import type { StandingsTold } from '../outside-events.ts';
import type { Parameters } from '../parameters.ts';
import type { EpochMs } from '../units.ts';
import { type Belief, beliefOf } from './belief.ts';
import type { Standing } from './standing.ts';

interface Surroundings {
  readonly markets: MarketTable;
  readonly notes: Notes;
  readonly parameters: Pick<Parameters, 'fair' | 'fairBySeries' | 'honesty'>;
}

export class Standings {
  readonly #around: Surroundings;
  readonly #beliefs = new Map<string, Map<string, Belief>>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  apply({ standings, at }: StandingsTold): void {
    for (const standing of standings) this.#take(standing, at);
    this.look();
  }

  /** Of every market anew: another model may price it now, or another word stand. */
  look(): void {
    for (const state of this.#around.markets.all()) this.met(state);
  }

  met(state: MarketState): void {
    const { markets, parameters } = this.#around;
    const { market } = state;
    const isEnforced = parameters.honesty?.isEnforced ?? true;
    const of = isEnforced ? this.#beliefs.get(modelName(sourceOf(parameters, market))) : undefined;
    const belief = of?.get(market.seriesTicker);
    if (belief === state.belief) return;
    state.belief = belief;
    markets.touch(state);
  }

  #take(standing: Standing, at: EpochMs): void {
    const { model, series } = standing;
    const known = this.#beliefs.get(model) ?? new Map<string, Belief>();
    this.#beliefs.set(model, known);
    const [before, belief] = [known.get(series), beliefOf(standing)];
    if (belief === undefined) known.delete(series);
    else known.set(series, belief);
    this.#say(standing, before, belief, at);
  }

  /** What is new of it, for people: a size that grew or shrank a little is not. */
  #say({ model, series }: Standing, before: Belief | undefined, belief: Belief | undefined, at: EpochMs): void {
    const { notes, parameters } = this.#around;
    const only = (parameters.honesty?.isEnforced ?? true) ? '' : ' (honesty.is_enforced is off: nothing is done)';
    const isBenched = belief?.benched !== undefined;
    if (isBenched && before?.benched === undefined) notes.say(at, 'warn', `benched, ${belief.benched.reason}${only}`);
    if (!isBenched && before?.benched !== undefined)
      notes.say(at, 'info', `${model} in ${series} is no longer benched`);
    for (const [bin, cut] of (belief?.cuts ?? []).entries()) {
      const known = before?.cuts[bin];
      if (cut === undefined || (known !== undefined && known.isOff === cut.isOff)) continue;
      const what = cut.isOff ? 'is not quoted' : 'is quoted in smaller sizes';
      notes.say(at, cut.isOff ? 'warn' : 'info', `${model} in ${series} ${what} ${cut.why}${only}`);
    }
    const isFree = before?.cuts.some((cut, bin) => cut !== undefined && belief?.cuts[bin] === undefined) ?? false;
    if (isFree) notes.say(at, 'info', `${model} in ${series} is believed again where it was not`);
  }
}
