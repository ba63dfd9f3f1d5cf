/**
 * Which job a worker takes next. Reading a recording costs as much as several jobs on it, and every worker reads for itself: so
 * a worker keeps to recordings that it has, then begins one that nobody has, and only then helps where most is left.
 */
import type { PlannedJob } from './plan.ts';

interface Lot {
  readonly item: number;
  /** With their places in the plan, in that order. */
  readonly jobs: readonly (readonly [place: number, job: PlannedJob])[];
  next: number;
  /** Who has read the recording. */
  readonly workers: Set<number>;
}

export class Allotment {
  readonly #lots = new Map<number, Lot>();
  /** The recording each worker was given last. */
  readonly #last = new Map<number, Lot>();
  #left: number;

  /** In the order of the plan. */
  constructor(jobs: readonly PlannedJob[]) {
    this.#left = jobs.length;
    const placed = jobs.map((job, place) => [place, job] as const);
    for (const [item, list] of Map.groupBy(placed, ([, job]) => job.item)) {
      this.#lots.set(item, { item, jobs: list, next: 0, workers: new Set() });
    }
  }

  get left(): number {
    return this.#left;
  }

  /** Undefined: nothing is left. */
  take(worker: number): PlannedJob | undefined {
    return this.#give(this.#ownOrNew(worker) ?? this.#longest(), worker);
  }

  /** One more on the recording that the worker had last, whatever comes earlier in the plan. */
  takeAgain(worker: number): PlannedJob | undefined {
    return this.#give(this.#last.get(worker), worker);
  }

  /** The first in the plan, for workers that are not known. */
  takeFirst(): PlannedJob | undefined {
    return this.#give(first([...this.#lots.values()]), undefined);
  }

  #give(lot: Lot | undefined, worker: number | undefined): PlannedJob | undefined {
    const given = lot?.jobs[lot.next];
    if (lot === undefined || given === undefined) return undefined;
    lot.next++;
    this.#left--;
    if (lot.next === lot.jobs.length) this.#lots.delete(lot.item);
    if (worker !== undefined) {
      lot.workers.add(worker);
      this.#last.set(worker, lot);
    }
    return given[1];
  }

  #ownOrNew(worker: number): Lot | undefined {
    return first([...this.#lots.values()].filter(({ workers }) => workers.size === 0 || workers.has(worker)));
  }

  #longest(): Lot | undefined {
    const leftOf = (lot: Lot | undefined) => (lot === undefined ? 0 : lot.jobs.length - lot.next);
    let longest: Lot | undefined;
    for (const lot of this.#lots.values()) if (leftOf(lot) > leftOf(longest)) longest = lot;
    return longest;
  }
}

function first(lots: readonly Lot[]): Lot | undefined {
  const placeOf = (lot: Lot) => lot.jobs[lot.next]?.[0] ?? Number.POSITIVE_INFINITY;
  let found: Lot | undefined;
  for (const lot of lots) if (found === undefined || placeOf(lot) < placeOf(found)) found = lot;
  return found;
}
