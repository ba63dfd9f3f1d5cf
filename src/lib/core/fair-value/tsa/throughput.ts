/**
 * How many pass the checkpoints on days that are not published yet: a discounted ridge regression of the logarithm on the
 * calendar (`calendar.ts`), on which the level of the last days sits. Day by day, so that what it said of any past week can
 * be seen with what was known then.
 */
import { solve, zeros } from '../../fill-model/matrix.ts';
import { FEATURES, type Feature, type TravelCalendar } from './calendar.ts';

export interface DayCount {
  /** As `easternDay` counts. */
  readonly day: number;
  /** Passengers, above zero. */
  readonly count: number;
}

// Chosen on the weeks of March 2024 to December 2025, by the error of the weekly average (docs/models.md).
/** Days after which an old day counts half, and after which a residual does in the level. */
const MEMORY_DAYS = 730;
const LEVEL_HALF_DAYS = 5;
/** Days of data with which a feature is believed half. */
const RIDGE_DAYS = 0.1;
/** A day that is off by more than this (log) is an event of its own and moves the level no further. */
const SHOCK = 0.08;
/** Further back the level sees nothing. */
const LEVEL_DAYS_MAX = 30;

export class Throughput {
  readonly #calendar: TravelCalendar;
  readonly #origin: number;
  /** The typical day, which the ridge pulls towards: logarithms are taken of counts in it, so the unit falls out. */
  readonly #scale: number;
  readonly #gram = zeros(FEATURES);
  readonly #moments = new Array<number>(FEATURES).fill(0);
  readonly #recent: DayCount[] = [];

  constructor(first: DayCount, calendar: TravelCalendar) {
    this.#calendar = calendar;
    this.#origin = first.day;
    this.#scale = Math.log(first.count);
  }

  /** In rising order of days. */
  take({ day, count }: DayCount): void {
    // The new weigh more and the old are left alone: that is the same, and a day costs what its features cost.
    const weight = this.#weight(day);
    const features = this.#calendar.featuresOf(day, this.#origin);
    for (const one of features) {
      const row = this.#gram[one.index] as number[];
      for (const other of features) row[other.index] = (row[other.index] as number) + weight * one.value * other.value;
      this.#moments[one.index] =
        (this.#moments[one.index] as number) + weight * one.value * (Math.log(count) - this.#scale);
    }
    this.#recent.push({ day, count });
    if (this.#recent.length > LEVEL_DAYS_MAX) this.#recent.shift();
  }

  /** Expected counts of these days; undefined while the regression cannot be solved. */
  expect(days: readonly number[]): readonly number[] | undefined {
    const last = this.#recent.at(-1);
    if (last === undefined) return undefined;
    const ridge = RIDGE_DAYS * this.#weight(last.day);
    const penalised = this.#gram.map((row, index) => {
      if (index === 0) return row;
      return row.map((value, column) => (column === index ? value + ridge : value));
    });
    const weights = solve(penalised, this.#moments);
    if (weights === undefined) return undefined;
    const level = this.#level(weights, last.day);
    return days.map((day) =>
      Math.exp(this.#scale + level + dot(this.#calendar.featuresOf(day, this.#origin), weights)),
    );
  }

  /** Weighted mean of how far the last days were from the regression. */
  #level(weights: readonly number[], last: number): number {
    let [sum, whole] = [0, 0];
    for (const { day, count } of this.#recent) {
      const weight = 0.5 ** ((last - day) / LEVEL_HALF_DAYS);
      const off = Math.log(count) - this.#scale - dot(this.#calendar.featuresOf(day, this.#origin), weights);
      sum += weight * Math.min(SHOCK, Math.max(-SHOCK, off));
      whole += weight;
    }
    return sum / whole;
  }

  #weight(day: number): number {
    return 2 ** ((day - this.#origin) / MEMORY_DAYS);
  }
}

function dot(features: readonly Feature[], weights: readonly number[]): number {
  return features.reduce((sum, { index, value }) => sum + value * (weights[index] as number), 0);
}
