/** Which fault comes when: drawn from a seed, so that a run can be had again. */
import type { RandomStream } from '../../src/lib/sim/random.ts';
import type { Fault, FaultKind } from './fault-proxy.ts';

export interface Planned {
  /** After the start, ms. */
  readonly at: number;
  readonly fault: Fault;
}

/** Every kind in each round, in another order, so that none is left to chance. */
export function planOf(random: RandomStream, durationMs: number): readonly Planned[] {
  const plan: Planned[] = [];
  let at = FIRST_MS;
  while (at < durationMs) {
    for (const kind of shuffled(KINDS, random)) {
      plan.push({ at: Math.round(at), fault: faultOf(kind, random) });
      at += GAP_MS.least + random.next() * GAP_MS.more;
    }
  }
  return plan.filter((one) => one.at < durationMs);
}

const KINDS: readonly FaultKind[] = [
  'drop_links',
  'silence_links',
  'lose_frame',
  'double_frame',
  'end_subscription',
  'delay_frames',
  'too_many_requests',
  'lose_answers',
];

/** The session quotes before anything happens to it. */
const FIRST_MS = 5_000;
const GAP_MS = { least: 2_000, more: 8_000 };
/** How long each lasts: from hardly noticed to longer than any limit it touches. */
const LASTS_MS: Partial<Record<FaultKind, { readonly least: number; readonly more: number }>> = {
  silence_links: { least: 20_000, more: 0 },
  delay_frames: { least: 500, more: 6_000 },
  too_many_requests: { least: 500, more: 5_000 },
  lose_answers: { least: 200, more: 1_500 },
};

function faultOf(kind: FaultKind, random: RandomStream): Fault {
  const lasts = LASTS_MS[kind];
  if (lasts === undefined) return { kind } as Fault;
  return { kind, ms: Math.round(lasts.least + random.next() * lasts.more) } as Fault;
}

function shuffled<Item>(items: readonly Item[], random: RandomStream): Item[] {
  const left = [...items];
  const order: Item[] = [];
  while (left.length > 0) order.push(...left.splice(Math.floor(random.next() * left.length), 1));
  return order;
}
