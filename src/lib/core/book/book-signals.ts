/**
 * What the top of a book is read as (B-5.2, math.md 10): a value, and from a threshold on a call of where the price goes next.
 * A call is no forecast by itself: what it was worth is for signal-score.ts to say.
 */

import type { EpochMs } from '../units.ts';
import { imbalance, type OrderFlow, orderFlowFrom, spreadOf, type Top, weightedMid, withTop } from './signals.ts';

export type SignalName = 'imbalance' | 'weighted_mid' | 'order_flow';
/** 1: up. */
export type Call = -1 | 0 | 1;

export interface SignalKind {
  readonly means: string;
  /** Where it says nothing. */
  readonly neutral: number;
  /** Calls up from here on, and down from as far on the other side of neutral. */
  readonly threshold: number;
}

export const BOOK_SIGNALS: Readonly<Record<SignalName, SignalKind>> = {
  imbalance: { means: 'bid size over both, at the top', neutral: 0.5, threshold: 0.7 },
  weighted_mid: {
    means: 'cents that the mid weighted by the sizes opposite lies above the mid',
    neutral: 0,
    threshold: 0.5,
  },
  order_flow: {
    means: 'what came to the bid and left the ask within ten seconds, over the mean size of both sides at the top',
    neutral: 0,
    threshold: 1,
  },
};

export function callOf({ neutral }: SignalKind, value: number, threshold: number): Call {
  const reach = threshold - neutral;
  if (value - neutral >= reach) return 1;
  return neutral - value >= reach ? -1 : 0;
}

/** Tops of one market in, values out; remembers what order flow needs. */
export class SignalReader {
  readonly #name: SignalName;
  #flow: OrderFlow | undefined;
  /** Order flow since it began, by time. */
  #past: { readonly at: EpochMs; readonly sum: number }[] = [];

  constructor(name: SignalName) {
    this.#name = name;
  }

  /** `top` is the next one of the market; undefined: no book with two sides, and what came before it says nothing any more. */
  take(top: Top | undefined, at: EpochMs): number | undefined {
    if (top === undefined) {
      this.#flow = undefined;
      this.#past = [];
      return undefined;
    }
    switch (this.#name) {
      case 'imbalance':
        return imbalance(top);
      case 'weighted_mid':
        return (weightedMid(top) - top.bid - spreadOf(top) / 2) / CENT;
      case 'order_flow':
        return this.#flowed(top, at);
      default:
        return this.#name satisfies never;
    }
  }

  #flowed(top: Top, at: EpochMs): number | undefined {
    this.#flow = this.#flow === undefined ? orderFlowFrom(top) : withTop(this.#flow, top);
    this.#past.push({ at, sum: this.#flow.imbalance });
    while (this.#past.length > 1 && (this.#past[1]?.at ?? at) <= at - WINDOW_MS) this.#past.shift();
    const since = this.#past[0];
    if (since === undefined || since.at > at - WINDOW_MS) return undefined;
    return (2 * (this.#flow.imbalance - since.sum)) / (top.bidSize + top.askSize);
  }
}

const CENT = 100;
const WINDOW_MS = 10_000;
