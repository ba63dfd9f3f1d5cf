/**
 * Whether a signal told the next move: at fixed steps it is read, and what it called is held against the mid some time later. A
 * market is one observation, however many calls it had (math.md 18).
 */

import { type Ratio, ratioOf } from '../fill-model/clustered.ts';
import { EVENTS_MIN } from '../promotion/gates.ts';
import { epochMs } from '../units.ts';
import { BOOK_SIGNALS, callOf, type SignalName, SignalReader } from './book-signals.ts';
import { doubledMid, spreadOf, type Top } from './signals.ts';

export interface SeenTop {
  readonly at: number;
  /** Undefined: no book with two sides from here on. */
  readonly top?: Top;
}

export interface SignalTest {
  readonly name: SignalName;
  readonly threshold: number;
  readonly horizonMs: number;
  readonly stepMs: number;
}

export interface SignalScore {
  /** With a call. */
  readonly markets: number;
  /** Looks with a value, and what was called of them. */
  readonly samples: number;
  readonly up: number;
  readonly down: number;
  /** Of the calls after which the mid moved, so many moved as called; and of all calls, so many saw no move. */
  readonly right: Ratio | null;
  readonly unmoved: number;
  /** Cents that the mid moved in the direction of the call, a call. */
  readonly moveCents: Ratio | null;
  /** What crossing to take it costs before fees: half the spread at the call, cents. */
  readonly halfSpreadCents: number | null;
  /** 30 markets or more. */
  readonly isVerdict: boolean;
}

interface Tally {
  samples: number;
  up: number;
  down: number;
  right: number;
  wrong: number;
  moved: number;
  halfSpreads: number;
}

/** @param markets tops of each market in the order of time */
export function scoreSignal(markets: readonly (readonly SeenTop[])[], test: SignalTest): SignalScore {
  const tallies = markets.map((tops) => tallyOf(tops, test));
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const calls = sum(({ up, down }) => up + down);
  const called = tallies.filter(({ up, down }) => up + down > 0);
  const [right, wrong] = [sum((one) => one.right), sum((one) => one.wrong)];
  return {
    ...{
      markets: called.length,
      samples: sum((one) => one.samples),
      up: sum((one) => one.up),
      down: sum((one) => one.down),
    },
    right: ratioOf(tallies.map((one) => ({ over: one.right, under: one.right + one.wrong }))) ?? null,
    unmoved: calls - right - wrong,
    moveCents: ratioOf(tallies.map(({ moved, up, down }) => ({ over: moved, under: up + down }))) ?? null,
    halfSpreadCents: calls === 0 ? null : sum((one) => one.halfSpreads) / calls,
    isVerdict: called.length >= EVENTS_MIN,
  };
}

const CENT = 100;

function tallyOf(tops: readonly SeenTop[], { name, threshold, horizonMs, stepMs }: SignalTest): Tally {
  const tally: Tally = { samples: 0, up: 0, down: 0, right: 0, wrong: 0, moved: 0, halfSpreads: 0 };
  const reader = new SignalReader(name);
  const [first, last] = [tops[0], tops.at(-1)];
  if (first === undefined || last === undefined) return tally;
  let [next, later] = [0, 0];
  let value: number | undefined;
  for (let at = Math.ceil(first.at / stepMs) * stepMs; at + horizonMs <= last.at; at += stepMs) {
    for (; next < tops.length && (tops[next] as SeenTop).at <= at; next += 1) {
      const seen = tops[next] as SeenTop;
      value = reader.take(seen.top, epochMs(Math.trunc(seen.at)));
    }
    while (later < tops.length && (tops[later] as SeenTop).at <= at + horizonMs) later += 1;
    const [now, then] = [tops[next - 1]?.top, tops[later - 1]?.top];
    if (value === undefined || now === undefined || then === undefined) continue;
    tally.samples += 1;
    const call = callOf(BOOK_SIGNALS[name], value, threshold);
    if (call === 0) continue;
    if (call > 0) tally.up += 1;
    else tally.down += 1;
    const move = (call * (doubledMid(then) - doubledMid(now))) / 2 / CENT;
    if (move > 0) tally.right += 1;
    else if (move < 0) tally.wrong += 1;
    tally.moved += move;
    tally.halfSpreads += spreadOf(now) / 2 / CENT;
  }
  return tally;
}
