/** A way on which messages travel: each takes its latency, and none passes another. */
import type { Latency } from '../../core/backtest/job.ts';
import type { EpochMs } from '../../core/units.ts';
import type { RandomStream } from '../random.ts';

/** News on its way to the engine, made an event when it arrives. */
export type News = (at: EpochMs) => void;

/** Our orders moved a level: heard after the records that the exchange had played by then. */
export interface OwnLevel {
  afterRecords: number;
  readonly at: number;
  readonly tell: News;
}

/** When a message that leaves at `at` arrives; asked in order of leaving. */
export class Delay {
  readonly #latency: Latency;
  readonly #stream: RandomStream;
  #last = 0;

  constructor(latency: Latency, stream: RandomStream) {
    this.#latency = latency;
    this.#stream = stream;
  }

  arrival(at: number): EpochMs {
    const latency = this.#latency;
    const ms =
      latency.kind === 'fixed' ? latency.ms : (latency.ms[Math.floor(this.#stream.next() * latency.ms.length)] ?? 0);
    this.#last = Math.max(this.#last, at + ms);
    return this.#last as EpochMs;
  }
}

interface Parcel<Item> {
  readonly at: EpochMs;
  readonly item: Item;
}

/** First in, first out. */
export class Lane<Item> {
  readonly #delay: Delay;
  #parcels: Parcel<Item>[] = [];
  #first = 0;

  constructor(delay: Delay) {
    this.#delay = delay;
  }

  /** When the next one arrives; Infinity: nothing is under way. */
  get nextAt(): number {
    return this.#parcels[this.#first]?.at ?? Infinity;
  }

  get size(): number {
    return this.#parcels.length - this.#first;
  }

  send(at: number, item: Item): void {
    this.#parcels.push({ at: this.#delay.arrival(at), item });
  }

  /** Call when one has arrived. */
  take(): Item {
    const { item } = this.#parcels[this.#first] as Parcel<Item>;
    this.#first += 1;
    if (this.#first === this.#parcels.length || this.#first > KEPT) {
      this.#parcels = this.#parcels.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}

const KEPT = 1_024;
