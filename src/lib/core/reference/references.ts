/**
 * What is known of each index that markets settle on: its last value, how old that is, how much it moves, and the settlement
 * average in the making.
 *
 * A value is taken in when it is a positive number, is not older than the one before it, does not come from the future, and
 * does not jump further than an index moves. A jump that the next values confirm was a move. What is not taken in is counted
 * and named: whoever prices says that it waits.
 */
import type { ReferencePrice } from '../events.ts';
import type { ModelRefusal } from '../fair-value/types.ts';
import type { ReferenceLost } from '../index-events.ts';
import { refused } from '../refused.ts';
import type { EpochMs } from '../units.ts';
import { type MinuteClose, MinuteCloses } from './minute-closes.ts';
import { weighed } from './volatility.ts';
import { WindowPrints } from './window-prints.ts';

export interface Reference {
  readonly index: string;
  readonly value: number;
  /** The value's own time, the exchange's; ours where it states none. */
  readonly valueAt: EpochMs;
  readonly receivedAt: EpochMs;
  /** Variance a second of returns (log), jump-robust; absent until enough was seen. */
  readonly variance: number | undefined;
  /** Effective number of seconds behind it. */
  readonly weight: number;
  readonly window: ReferencePrice['window'];
  /** The prints behind it, as far as they were heard one by one. */
  readonly prints?: WindowPrints;
  /** The last values of the newest minutes, the oldest first. */
  readonly minutes: readonly MinuteClose[];
  /** The last value that was not taken in, until one is. */
  readonly doubt: string | undefined;
}

/** Half of an estimate is older than this. */
export const HALF_LIFE_S = 120;
/** So many seconds must have been seen before it moves anybody's quotes. */
export const SECONDS_MIN = 30;
/** One value after a silence says no more than so many seconds of values would. */
const SECONDS_OF_ONE_MAX = 5;
/** A second's return counts as at most so many deviations: what is beyond it is a jump, and is paid for elsewhere. */
const CUT_DEVIATIONS = 4;
/** Mean of min(z², 16) of a standard normal, so that cutting does not lower the estimate. */
const CUT_MEAN = 0.99981;
/** A jump of more than this share of the value is doubted, whatever it moves otherwise. */
const JUMP_SHARE = 0.02;
/** A doubted value is believed when so many in a row agree with it. */
const CONFIRMATIONS = 2;
/** Further in our future than a clock may be off. */
const FUTURE_MS = 2_000;

interface State {
  value: number;
  valueAt: EpochMs;
  receivedAt: EpochMs;
  variance: number;
  weight: number;
  window: ReferencePrice['window'];
  doubt: string | undefined;
  /** A value that was doubted, and how often it was confirmed since. */
  doubted: number;
  confirmations: number;
  readonly closes: MinuteCloses;
  readonly prints: WindowPrints;
  /** As others see it now; undefined: nobody has asked since it changed. */
  shown?: Reference | undefined;
}

export class References {
  readonly #byIndex = new Map<string, State>();
  /** Of indices without a value: why there is none, where somebody has said. */
  readonly #unheard = new Map<string, string>();
  #rejected = 0;

  /** Values that were not taken in. */
  get rejected(): number {
    return this.#rejected;
  }

  /** The same object until something is heard: all markets of the index are priced with it. */
  get(index: string): Reference | undefined {
    const state = this.#byIndex.get(index);
    if (state === undefined) return undefined;
    state.shown ??= shownOf(index, state);
    return state.shown;
  }

  /** The same, or why there is none. */
  heard(index: string): Reference | ModelRefusal {
    return this.get(index) ?? refused('reference_unknown', this.#unheard.get(index) ?? unheardText(index));
  }

  /** True when the value was taken in. */
  apply(event: ReferencePrice): boolean {
    const { index, value, at, exchangeAt = at, window } = event;
    const state = this.#byIndex.get(index);
    const fault = faultOf(event, state);
    if (state !== undefined) state.shown = undefined;
    if (fault !== undefined) {
      this.#rejected += 1;
      if (state === undefined) this.#unheard.set(index, fault);
      else state.doubt = fault;
      return false;
    }
    if (state === undefined) {
      const begun = { value, valueAt: exchangeAt, receivedAt: at, variance: 0, weight: 0, window, doubt: undefined };
      const closes = new MinuteCloses();
      closes.add(value, exchangeAt);
      const prints = new WindowPrints();
      if (window !== undefined) prints.add(value, window);
      this.#unheard.delete(index);
      this.#byIndex.set(index, { ...begun, doubted: Number.NaN, confirmations: 0, closes, prints });
      return true;
    }
    if (isJump(state, value)) {
      this.#rejected += 1;
      const isConfirmed = Math.abs(value / state.doubted - 1) <= JUMP_SHARE;
      state.confirmations = isConfirmed ? state.confirmations + 1 : 0;
      state.doubted = value;
      state.doubt = `${index} jumped from ${state.value} to ${value}: not believed before it is confirmed`;
      if (state.confirmations < CONFIRMATIONS) return false;
      // The level moved. How much it moves otherwise is not told by the step.
      state.value = value;
      state.valueAt = exchangeAt;
    }
    learn(state, value, exchangeAt);
    state.closes.add(value, exchangeAt);
    if (window !== undefined) state.prints.add(value, window);
    state.receivedAt = at;
    state.window = window;
    state.doubt = undefined;
    state.doubted = Number.NaN;
    state.confirmations = 0;
    return true;
  }

  /** Whoever watches the sources says that none of them can be believed; until a value is taken in again. */
  lose({ index, reason }: ReferenceLost): void {
    const state = this.#byIndex.get(index);
    if (state === undefined) {
      this.#unheard.set(index, reason);
      return;
    }
    state.doubt = reason;
    state.shown = undefined;
  }
}

function shownOf(index: string, state: State): Reference {
  const variance = state.weight >= SECONDS_MIN ? state.variance : undefined;
  const { value, valueAt, receivedAt, weight, window, prints, doubt, closes } = state;
  return { index, value, valueAt, receivedAt, variance, weight, window, prints, minutes: closes.all, doubt };
}

/** The reference of an index, or why nobody may price with it. */
export function usable(
  reference: Reference | ModelRefusal | undefined,
  index: string,
  now: EpochMs,
  ageMsMax: number,
): Reference | ModelRefusal {
  if (reference === undefined) return refused('reference_unknown', unheardText(index));
  if (isRefusal(reference)) return reference;
  if (reference.doubt !== undefined) return refused('reference_doubted', reference.doubt);
  const age = now - reference.receivedAt;
  if (age > ageMsMax) return refused('reference_stale', `the last value of ${index} is ${age} ms old`);
  return reference;
}

export function isRefusal(result: Reference | ModelRefusal): result is ModelRefusal {
  return 'kind' in result;
}

function unheardText(index: string): string {
  return `no value of ${index} has been heard`;
}

function faultOf({ index, value, at, exchangeAt = at }: ReferencePrice, state: State | undefined): string | undefined {
  if (!(value > 0 && value < Infinity)) return `${index} was stated as ${value}, which is no level`;
  if (exchangeAt > at + FUTURE_MS) return `a value of ${index} is dated ${exchangeAt - at} ms ahead of our clock`;
  if (state !== undefined && exchangeAt < state.valueAt) return `a value of ${index} is older than the one before it`;
  return undefined;
}

function isJump(state: State, value: number): boolean {
  return Math.abs(value / state.value - 1) > JUMP_SHARE;
}

/** Exponentially weighted, bias-corrected while young. Several values within one instant are one. */
function learn(state: State, value: number, valueAt: EpochMs): void {
  const seconds = (valueAt - state.valueAt) / 1_000;
  if (seconds <= 0) {
    state.value = value;
    return;
  }
  const change = Math.log(value / state.value);
  const rate = (change * change) / seconds;
  const cut = state.weight >= SECONDS_MIN ? Math.min(rate, CUT_DEVIATIONS ** 2 * state.variance) / CUT_MEAN : rate;
  const kept = 2 ** (-seconds / HALF_LIFE_S);
  Object.assign(state, weighed(state, cut, kept, Math.min(seconds, SECONDS_OF_ONE_MAX)));
  state.value = value;
  state.valueAt = valueAt;
}
